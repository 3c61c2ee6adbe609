"""What a slate must be, whoever asks: the platform, which refuses, and the check of an agent."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.base import row_of, rows_at
from sim.world.state.messages import Observation, Slate

ABOVE = 1e-4  # ln P may pass 0 by rounding
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Faults:
    """Where a slate breaks a rule, rule by rule."""

    absent: Bool[Tensor, "awake slots"]  # the catalogue does not hold such a video
    unfit: Bool[Tensor, "awake slots"]  # it does, but may not show it today
    double: Bool[Tensor, "awake slots"]  # the same slate shows it before
    again: Bool[Tensor, "awake slots"]  # the viewer was shown it on an earlier page
    gap: Bool[Tensor, "awake slots"]  # an empty place (0) before one that is not
    odd: Bool[Tensor, "awake slots"]  # logp is no logarithm of a probability

    def any(self) -> Bool[Tensor, ""]:
        """Whether there is one; nothing here waits for the device."""
        one, *others = (vars(self)[name] for name in self.__annotations__)
        found = _any(one)
        for other in others:
            found = found | _any(other)
        return found


def faults(slate: Slate, seen: Observation, repeats: bool = False) -> Faults:
    """What is wrong with a slate whose `form` is right; a few gathers of (awake, slots).

    Each id is that of a video that the catalogue holds and may show today, none stands twice, none
    was shown to this viewer before (unless the agent `repeats`); 0 is an empty place, at the end
    only. logp is None, or at most 0 and finite; NaN at all places says that it is unknown.
    """
    ids, catalog = slate.ids, seen.catalog
    used, row = ids != 0, row_of(ids, catalog.capacity)
    there = (ids > 0) & (rows_at(catalog.id, row) == ids)
    fit = there & rows_at(catalog.eligible, row)
    none = torch.zeros_like(used)
    again = none if repeats else fit & seen.shown(ids.where(fit, 0))
    odd = none if slate.logp is None else odd_chance(slate.logp, used)
    return Faults(used & ~there, there & ~fit, _doubled(ids), again, _gap(used), odd)


def _any(mask: Bool[Tensor, "awake slots"]) -> Bool[Tensor, ""]:
    """`mask.any()`, which a CPU takes truth value by truth value: twenty times sooner there."""
    flat = mask if mask.is_contiguous() else mask.t().contiguous()
    return flat.view(torch.uint8).amax() > 0 if mask.numel() else mask.any()


def _plain(x: Tensor) -> Any:
    """The same numbers under numpy, which compares five times faster, where a CPU holds them."""
    return np.asarray(x) if x.device.type == "cpu" else x  # a view: nothing is copied or waited for


def _doubled(ids: Int[Tensor, "awake slots"]) -> Bool[Tensor, "awake slots"]:
    """At the second place and later ones. Slots are few: against each shift, not sorted."""
    place = _plain(ids.t().contiguous())
    used = place != 0
    found = used & False
    for shift in range(1, len(place)):
        found[shift:] |= place[shift:] == place[:-shift]
    return torch.as_tensor(found & used).t()


def _gap(used: Bool[Tensor, "awake slots"]) -> Bool[Tensor, "awake slots"]:
    place = used.t().contiguous()
    found = torch.zeros_like(place)
    found[:-1] = place[1:] & ~place[:-1]
    return found.t()


def odd_chance(
    logp: Float[Tensor, "awake slots"], used: Bool[Tensor, "awake slots"]
) -> Bool[Tensor, "awake slots"]:
    """Where a propensity cannot be one. All NaN says "unknown"; NaN here and there is a mistake."""
    value, place = _plain(logp.detach().float()), _plain(used)
    missing = (value != value) & place
    some = missing.any() & (~missing & place).any()
    odd = place & ((value > ABOVE) | (value == -torch.inf) | (missing & some))
    return torch.as_tensor(odd)


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
