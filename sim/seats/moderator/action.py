"""From an action to a policy: a level of each handle, or a number for each."""

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from jaxtyping import Float, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.world.state import HANDLES, Policy, policy_with

KINDS = ("discrete", "box")


def action_space(kind: str) -> spaces.Space:
    """A level of each handle, by HANDLES; or numbers from -1 to 1: where between its first and its
    last level each handle stands."""
    if kind == "discrete":
        return spaces.MultiDiscrete([len(levels) for levels in HANDLES.values()])
    return spaces.Box(-1.0, 1.0, (len(HANDLES),), np.float32)


def checked(action: Any, kind: str, device: torch.device) -> Tensor:
    """The action as a tensor. Raises BadInput for what cannot be one."""
    shape = (len(HANDLES),)
    try:
        given = torch.as_tensor(np.asarray(action), device=device)
    except Exception as error:  # whatever a thing that is no array raises
        rule, cure = "an action is an array of numbers", f"Give an array of shape {shape}."
        raise BadInput(rule, type(action).__name__, f"{cure} ({error})") from None
    if given.shape != shape:
        raise BadInput(f"an action has shape {shape}", tuple(given.shape), "One a handle.")
    if kind == "box":
        if not bool(given.isfinite().all()):
            cure = "Look for a division by 0 in the policy."
            raise BadInput("an action holds finite numbers", "NaN or infinity", cure)
        return given.float().clamp(-1, 1)
    if given.is_floating_point() or given.is_complex() or given.dtype == torch.bool:
        cure = "Give whole levels: action.astype('int64')."
        raise BadInput("an action of levels is of whole numbers", str(given.dtype), cure)
    return _levels(given.long())


def _levels(given: Int[Tensor, " handles"]) -> Int[Tensor, " handles"]:
    for (name, levels), level in zip(HANDLES.items(), given.tolist(), strict=True):
        if not 0 <= level < len(levels):
            cure = "The handles and their levels stand in HANDLES."
            raise BadInput(f"{name} is a level from 0 to {len(levels) - 1}", level, cure)
    return given


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
