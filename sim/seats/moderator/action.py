"""From an action to a policy: a level of each handle, or a number for each."""

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from jaxtyping import Float, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.given import given
from sim.world.state import HANDLES, Policy, policy_with


def action_space(kind: str) -> spaces.Space:
    """A level of each handle, by HANDLES; or numbers from -1 to 1: where between its first and its
    last level each handle stands."""
    if kind == "discrete":
        return spaces.MultiDiscrete([len(levels) for levels in HANDLES.values()])
    return spaces.Box(-1.0, 1.0, (len(HANDLES),), np.float32)


def checked(action: Any, kind: str, device: torch.device) -> Tensor:
    """The action as a tensor. Raises BadInput for what cannot be one."""
    told = given(action, (len(HANDLES),), kind, "One a handle.", device)
    return told if kind == "box" else _levels(told)


def _levels(told: Int[Tensor, " handles"]) -> Int[Tensor, " handles"]:
    for (name, levels), level in zip(HANDLES.items(), told.tolist(), strict=True):
        if not 0 <= level < len(levels):
            cure = "The handles and their levels stand in HANDLES."
            raise BadInput(f"{name} is a level from 0 to {len(levels) - 1}", level, cure)
    return told


def policy_of(action: Tensor, kind: str, usual: Policy) -> Policy:
    """What an action means; what no handle touches is as usual."""
    of = _at if kind == "discrete" else _between
    parts = zip(HANDLES.items(), action, strict=True)
    return policy_with(usual, **{name: of(levels, x) for (name, levels), x in parts})


def _at(levels: tuple[float, ...], level: Tensor) -> float:
    return levels[int(level)]


def _between(levels: tuple[float, ...], x: Float[Tensor, ""]) -> float:
    """Between two levels, linearly; strikes are whole."""
    place = (float(x) + 1) / 2 * (len(levels) - 1)
    low = min(int(place), len(levels) - 2)
    return levels[low] + (place - low) * (levels[low + 1] - levels[low])
