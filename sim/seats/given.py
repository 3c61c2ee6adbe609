"""What a learner hands over as an action, looked at before anything is done with it."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from sim.presets.errors import BadInput


def given(
    action: Any, shape: tuple[int, ...], kind: str, each: str, device: torch.device
) -> Tensor:
    """The action as a tensor of this shape: whole numbers for levels, which are not compared with
    what there is, or numbers from -1 to 1. `each` says what the places are. Raises BadInput for
    what cannot be one."""
    try:
        told = torch.as_tensor(np.asarray(action), device=device)
    except Exception as error:  # whatever a thing that is no array raises
        rule, cure = "an action is an array of numbers", f"Give an array of shape {shape}."
        raise BadInput(rule, type(action).__name__, f"{cure} ({error})") from None
    if told.shape != shape:
        raise BadInput(f"an action has shape {shape}", tuple(told.shape), each)
    if kind == "box":
        if not bool(told.isfinite().all()):
            cure = "Look for a division by 0 in the policy."
            raise BadInput("an action holds finite numbers", "NaN or infinity", cure)
        return told.float().clamp(-1, 1)
    if told.is_floating_point() or told.is_complex() or told.dtype == torch.bool:
        cure = "Give whole levels: action.astype('int64')."
        raise BadInput("an action of levels is of whole numbers", str(told.dtype), cure)
    return told.long()
