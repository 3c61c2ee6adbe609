"""From an action to what creators decide: a few levels a lever, or a number for each."""

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from jaxtyping import Float, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.given import given
from sim.world.state import LEVERS, MENUS, Choice, Dashboard, choice_from

_WIDTHS = {name: len(levels) if name in MENUS else 1 for name, levels in LEVERS.items()}


def action_space(kind: str) -> spaces.Space:
    """A level of each lever, by LEVERS; or numbers from -1 to 1: where between its least and its
    most each lever stands, and for menus a score of each entry, of which the highest counts."""
    if kind == "discrete":
        return spaces.MultiDiscrete([len(levels) for levels in LEVERS.values()])
    return spaces.Box(-1.0, 1.0, (sum(_WIDTHS.values()),), np.float32)


def checked(action: Any, shape: tuple[int, ...], kind: str, device: torch.device) -> Tensor:
    """The action as a tensor of this shape. Raises BadInput for what cannot be one."""
    told = given(action, shape, kind, "One row a seat.", device)
    return told if kind == "box" else _levels(told)


def _levels(told: Int[Tensor, "... levers"]) -> Int[Tensor, "... levers"]:
    most = torch.tensor([len(levels) for levels in LEVERS.values()], device=told.device)
    bad = ((told < 0) | (told >= most)).reshape(-1, len(most)).any(0)
    if bool(bad.any()):
        at = int(bad.nonzero()[0])
        name, levels = list(LEVERS.items())[at]
        got = told.reshape(-1, len(most))[:, at].tolist()
        wrong = [level for level in got if not 0 <= level < len(levels)]
        cure = f"Place {at} of an action is {name}; its levels stand in LEVERS."
        raise BadInput(f"{name} is a level from 0 to {len(levels) - 1}", wrong, cure)
    return told


def choice_of(action: Tensor, kind: str, seen: Dashboard) -> Choice:
    """What (seats, n) actions mean for the accounts that see `seen`."""
    numbers = _of_levels(action) if kind == "discrete" else _of_box(action)
    return choice_from(numbers, seen.menu())


def _of_levels(action: Int[Tensor, "seats levers"]) -> dict[str, Tensor]:
    return {
        name: torch.tensor(levels, dtype=torch.float32, device=action.device)[action[:, i]]
        for i, (name, levels) in enumerate(LEVERS.items())
    }


def _of_box(action: Float[Tensor, "seats n"]) -> dict[str, Tensor]:
    found = {}
    parts = action.split(list(_WIDTHS.values()), dim=1)
    for (name, levels), part in zip(LEVERS.items(), parts, strict=True):
        if name in MENUS:
            found[name] = part.argmax(1).float()
        else:
            found[name] = levels[0] + (levels[-1] - levels[0]) * (part[:, 0] + 1) / 2
    found["count"] = found["count"].round()
    return found
