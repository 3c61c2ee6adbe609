"""What a slate must be, whoever asks: the platform, which refuses, and the check of an agent."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.base import row_of
from sim.world.state.messages import Observation, Slate

ABOVE = 1e-4  # ln P may pass 0 by rounding
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


class Faults:
    """Where a slate breaks a rule, rule by rule: masks (awake, slots)."""

    absent: Tensor  # the catalogue does not hold such a video
    unfit: Tensor  # it does, but may not show it today
    double: Tensor  # the same slate shows it before
    again: Tensor  # the viewer was shown it on an earlier page
    gap: Tensor  # an empty place (0) before one that is not
    odd: Tensor  # logp is no logarithm of a probability

    def __init__(self, ids: Int[Tensor, "awake slots"]):
        """None yet. Held slot by slot, in which shifting by a slot is cheap."""
        rules = tuple(Faults.__annotations__)
        shape = (len(rules), *ids.shape[::-1])
        self.every = torch.zeros(shape, dtype=torch.bool, device=ids.device)
        vars(self).update(zip(rules, self.every.transpose(1, 2).unbind(), strict=True))

    def any(self) -> Any:
        """Whether there is one; nothing here waits for the device."""
        return _plain(self.every).any()


def faults(slate: Slate, seen: Observation, repeats: bool = False) -> Faults:
    """What is wrong with a slate whose `form` is right; a few gathers of (awake, slots).

    Each id is that of a video that the catalogue holds and may show today, none stands twice, none
    was shown to this viewer before (unless the agent `repeats`); 0 is an empty place, at the end
    only. logp is None, or at most 0 and finite; NaN at all places says that it is unknown.
    """
    found, catalog = Faults(slate.ids), seen.catalog
    absent, unfit, double, again, gap, odd = _plain(found.every)
    by_slot = slate.ids.t().contiguous()
    ids, row = _plain(by_slot), _plain(row_of(by_slot, catalog.capacity))
    used = ids != 0
    there = (_plain(catalog.id)[row] == ids) & (ids > 0)
    fit = there & _plain(catalog.eligible)[row]
    absent[:] = used & ~there
    unfit[:] = there & ~fit
    for shift in range(1, len(ids)):  # slots are few: against each shift, not sorted
        double[shift:] |= ids[shift:] == ids[:-shift]
    double &= used
    if not repeats:
        again[:] = fit & _plain(seen.shown(slate.ids)).T
    gap[:-1] = used[1:] & ~used[:-1]
    if slate.logp is not None:
        odd[:] = _odd(_plain(slate.logp.detach().float()).T, used)
    return found


def _plain(x: Tensor) -> Any:
    """The same numbers under numpy, which calls in a fifth of the time, where a CPU holds them."""
    return np.asarray(x) if x.device.type == "cpu" else x  # a view: nothing is copied or waited for


def odd_chance(
    logp: Float[Tensor, "awake slots"], used: Bool[Tensor, "awake slots"]
) -> Bool[Tensor, "awake slots"]:
    """Where a propensity cannot be one. All NaN says "unknown"; NaN here and there is a mistake."""
    return torch.as_tensor(_odd(_plain(logp.detach().float()), _plain(used)))


def _odd(value: Any, used: Any) -> Any:
    missing = (value != value) & used
    some = missing.any() & (~missing & used).any()
    return used & ((value > ABOVE) | (value == -torch.inf) | (missing & some))


def form(slate: Any, seen: Observation, slots: int) -> tuple[str, object, str] | None:
    """The first rule of form that an answer breaks: the rule, what was got, the cure.

    ids are int64, logp None or floats; both dense, (awake, slots), on the page's device.
    """
    if not isinstance(slate, Slate):
        return "act returns a Slate", type(slate).__name__, "Return Slate(ids, logp)."
    shape, device = (len(seen.viewer), slots), seen.viewer.device
    for name, value in (("ids", slate.ids), ("logp", slate.logp)):
        if not (value is None and name == "logp"):
            wrong = _misshapen(name, value, shape, device)
            if wrong:
                return wrong
    if slate.ids.dtype != torch.int64:
        return "ids are int64", slate.ids.dtype, "Use ids.long()."
    if slate.logp is not None and slate.logp.dtype not in _FLOATS:
        return "logp is of floats", slate.logp.dtype, "Use logp.float(), or None if unknown."
    return None


def _misshapen(
    name: str, value: Any, shape: tuple[int, int], device: torch.device
) -> tuple[str, object, str] | None:
    if not isinstance(value, Tensor):
        return f"{name} is a tensor", type(value).__name__, "Use torch.as_tensor."
    if type(value) not in (Tensor, torch.nn.Parameter):
        return f"{name} is a plain tensor", type(value).__name__, "Use as_subclass(torch.Tensor)."
    if value.is_nested or value.layout != torch.strided:
        got = "nested" if value.is_nested else value.layout
        return f"{name} is a dense tensor", got, "Use to_dense(), or to_padded_tensor()."
    if tuple(value.shape) != shape:
        cure = "One row per viewer of the observation, one column per slot; pad ids with 0."
        return f"{name} has shape (awake, slots) = {shape}", tuple(value.shape), cure
    if value.device != device:
        cure = "Make tensors on the device that reset was given."
        return f"{name} is on {device}", value.device, cure
    return None
