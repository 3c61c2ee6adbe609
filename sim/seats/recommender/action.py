"""From an action, places among the candidates, to a slate of videos; or an error that helps."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.seats.recommender.slate_check import BadSlate

AGENT = "the agent in the recommender's seat"


def as_places(
    action: Any, shape: tuple[int, ...], device: torch.device, day: int, slots: int
) -> Tensor:
    """The action as int64 of this shape, on the device.

    Raises BadSlate for a wrong shape, dtype or device, and for NaN.
    """

    def wrong(rule: str, got: object, cure: str) -> BadSlate:
        return BadSlate(AGENT, day, "all", rule, got, cure)

    if isinstance(action, Tensor):
        places = action
        if places.device != device:
            cure = f"Move it: action.to({str(device)!r})."
            raise wrong(f"an action lies on {device}", str(places.device), cure)
    else:
        try:
            places = torch.as_tensor(np.asarray(action), device=device)
        except Exception as error:  # whatever a thing that is no array raises
            cure = f"Give an integer array of shape {shape} ({error})."
            raise wrong("an action is an array of numbers", type(action).__name__, cure) from None
    if places.is_nested or places.layout != torch.strided:
        got = "nested" if places.is_nested else places.layout
        raise wrong("an action is a dense array", got, "Use to_dense(), or to_padded_tensor().")
    if places.is_floating_point() and bool(places.isnan().any()):
        raise wrong("an action holds no NaN", "NaN", "Look for a division by 0 in the scores.")
    if places.is_floating_point() or places.is_complex() or places.dtype == torch.bool:
        cure = "Give places among the candidates: action.astype('int64'), or .long()."
        raise wrong("an action's dtype is an integer", str(places.dtype), cure)
    if places.shape != shape:
        cure = f"Give {slots} places a viewer, shape {shape}."
        raise wrong(f"an action has shape {shape}", tuple(places.shape), cure)
    return places.long()


def slate(
    places: Int[Tensor, "seats slots"],
    offered: Int[Tensor, "seats candidates"],
    awake: Bool[Tensor, " seats"],
    viewer: Int[Tensor, " seats"],
    day: Int[Tensor, " seats"],
) -> Int[Tensor, "seats slots"]:
    """The chosen ids; 0 for seats asleep, whose rows are not looked at.

    Raises BadSlate for a place out of range, chosen twice, or without a candidate. Where fewer
    than `slots` are offered all of them must be shown, and what is left empty is moved to the end.
    """
    count, slots = offered.shape[1], places.shape[1]
    outside = ((places < 0) | (places >= count)).any(1)
    order = places.sort(dim=1).values
    twice = (order[:, 1:] == order[:, :-1]).any(1)
    ids = offered.gather(1, places.clamp(0, count - 1))
    empty = (ids > 0).sum(1) < (offered > 0).sum(1).clamp(max=slots)
    bad = (outside | twice | empty) & awake
    if bool(bad.any()):
        i = int(bad.nonzero()[0])
        faults = bool(outside[i]), bool(twice[i])
        who = int(viewer[i]), int(day[i])
        raise _explained(places[i].tolist(), offered[i].tolist(), faults, *who)
    if bool((ids == 0).any()):
        ids = ids.gather(1, (ids == 0).to(torch.uint8).argsort(dim=1, stable=True))
    return ids * awake[:, None]


def _explained(
    row: list[int], offered: list[int], faults: tuple[bool, bool], viewer: int, day: int
) -> BadSlate:
    count, (outside, twice) = len(offered), faults
    if outside:
        rule, got = f"a place lies in 0..{count - 1}", [p for p in row if not 0 <= p < count]
        cure = f"Choose among the {count} candidates; an action holds places, not video ids."
    elif twice:
        rule, got = "a slate repeats no video", sorted({p for p in row if row.count(p) > 1})
        cure = "Choose distinct places: the top k of the scores. Or make the env with repair=True."
    else:
        rule, got = "a place holds a candidate", [p for p in row if offered[p] == 0]
        cure = "Choose only where candidate_mask is 1. Or make the env with repair=True."
    return BadSlate(AGENT, day, viewer, rule, got, cure)


def repaired(
    places: Int[Tensor, "seats slots"], offered: Int[Tensor, "seats candidates"]
) -> Int[Tensor, "seats slots"]:
    """The places with doubles and empty ones dropped, filled up by the first others offered."""
    count, slots = offered.shape[1], places.shape[1]
    rank = slots + torch.arange(count, device=places.device).repeat(len(places), 1)
    for k in reversed(range(slots)):  # the first mention counts, so it is written last
        inside = (places[:, k] >= 0) & (places[:, k] < count)
        at = places[:, k].clamp(0, count - 1)[:, None]
        rank = torch.where(inside[:, None], rank.scatter(1, at, k), rank)
    rank = rank + (offered == 0) * (slots + count)
    return rank.topk(slots, dim=1, largest=False).indices
