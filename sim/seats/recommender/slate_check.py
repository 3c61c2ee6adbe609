"""What a recommender may answer: a slate that breaks a rule is refused by name, never repaired."""

from typing import Any, NoReturn

import torch
from torch import Tensor

from sim.world.state import Observation, Slate, row_of, rows_at

_ABOVE = 1e-4  # ln P may pass 0 by rounding
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


class BadSlate(ValueError):
    """A slate that breaks a rule: who gave it, when, to whom, the rule, the value, the cure."""

    def __init__(
        self,
        agent: str,
        day: int,
        viewer: int | str,
        rule: str,
        got: object,
        cure: str,
        slot: int | None = None,
    ):
        place = f"viewer {viewer}" + ("" if slot is None else f", slot {slot}")
        super().__init__(f"agent {agent!r}, day {day}, {place}: {rule}; got {got}. {cure}")
        self.agent, self.day, self.viewer, self.rule, self.slot = agent, day, viewer, rule, slot


def check_slate(
    slate: Slate, observation: Observation, slots: int, agent: str, day: int, repeats: bool = False
) -> None:
    """Raise BadSlate where `slate` breaks a rule; a few gathers of (awake, slots).

    Ids: int64 on the page's device, (awake, slots), each a video that the catalogue holds and may
    show today, none twice in a slate, none that this viewer saw before (unless the agent says
    `repeats = True`); 0 is an empty place, at the end only. logp: None, or floats of the same
    shape, each at most 0 or NaN for unknown; NaN for some places only is refused.
    """
    who = _Judge(agent, day, observation)
    _form(slate, observation, slots, who)
    ids, catalog = slate.ids, observation.catalog
    used = ids != 0
    row = row_of(ids, catalog.capacity)
    there = (ids > 0) & (rows_at(catalog.id, row) == ids)
    fit = there & rows_at(catalog.eligible, row)
    again = torch.zeros_like(used) if repeats else fit & observation.shown(ids.where(fit, 0))
    gap = used[:, 1:] & ~used[:, :-1]
    bad = (used & ~fit).any() | _doubled(ids, used) | again.any() | gap.any()
    if slate.logp is not None:
        bad = bad | _odd(slate.logp, used).any()
    if bad:  # the one wait for the device
        _explain(slate, used, there, fit, again, who)


def _doubled(ids: Tensor, used: Tensor) -> Tensor:
    """Whether a slate holds a video twice; (). Slots are few: against each shift, not sorted."""
    answer = torch.zeros_like(used[:0]).any()
    for shift in range(1, ids.shape[1]):
        answer = answer | ((ids[:, shift:] == ids[:, :-shift]) & used[:, shift:]).any()
    return answer


class _Judge:
    """Says whose slate it is, in every refusal."""

    def __init__(self, agent: str, day: int, observation: Observation):
        self.agent, self.day, self.observation = agent, day, observation

    def refuse(self, rule: str, got: object, cure: str, at: Tensor | None = None) -> NoReturn:
        if at is None:
            raise BadSlate(self.agent, self.day, "all", rule, got, cure)
        viewer = int(self.observation.viewer[at[0]])
        raise BadSlate(self.agent, self.day, viewer, rule, got, cure, int(at[1]))


def _form(slate: Any, observation: Observation, slots: int, who: _Judge) -> None:
    if not isinstance(slate, Slate):
        who.refuse("act returns a Slate", type(slate).__name__, "Return Slate(ids, logp).")
    shape, device = (len(observation.viewer), slots), observation.viewer.device
    for name, value in (("ids", slate.ids), ("logp", slate.logp)):
        if value is None and name == "logp":
            continue
        if not isinstance(value, Tensor):
            who.refuse(f"{name} is a tensor", type(value).__name__, "Use torch.as_tensor.")
        if value.is_nested or value.layout != torch.strided:
            got = "nested" if value.is_nested else value.layout
            who.refuse(f"{name} is a dense tensor", got, "Use to_dense(), or to_padded_tensor().")
        if tuple(value.shape) != shape:
            cure = "One row per viewer of the observation, one column per slot; pad ids with 0."
            who.refuse(f"{name} has shape (awake, slots) = {shape}", tuple(value.shape), cure)
        if value.device != device:
            cure = "Make tensors on the device that reset was given."
            who.refuse(f"{name} is on {device}", value.device, cure)
    if slate.ids.dtype != torch.int64:
        who.refuse("ids are int64", slate.ids.dtype, "Use ids.long().")
    if slate.logp is not None and slate.logp.dtype not in _FLOATS:
        who.refuse("logp is of floats", slate.logp.dtype, "Use logp.float(), or None if unknown.")


def _odd(logp: Tensor, used: Tensor) -> Tensor:
    """Where a propensity cannot be one. All NaN says "unknown"; NaN here and there is a mistake."""
    missing = logp.isnan() & used
    some = missing.any() & (~missing & used).any()
    return used & ((logp > _ABOVE) | (logp == -torch.inf) | (missing & some))


def _explain(slate: Slate, used, there, fit, again, who: _Judge) -> NoReturn:
    """The first broken rule, in the order in which a person would look."""
    ids, catalog = slate.ids, who.observation.catalog
    value: Any
    if (at := _first(used & ~there)) is not None:
        value = int(ids[at[0], at[1]])
        newest = int(catalog.id.max())
        if value < 0 or value > newest:
            cure = "Take ids from observation.catalog.id, not rows; 0 is an empty place."
            who.refuse(f"ids are between 1 and {newest}", value, cure, at)
        holder = int(catalog.id[row_of(value, catalog.capacity)])
        cure = "Take ids from observation.catalog.id of this page, and drop those of rows that "
        cure += "on_catalog says were reborn."
        got = f"{value}, whose row now holds {holder or 'nothing'}"
        who.refuse("the catalogue still holds the video", got, cure, at)
    if (at := _first(used & ~fit)) is not None:
        value = int(ids[at[0], at[1]])
        age = int(catalog.age[row_of(value, catalog.capacity)])
        got = f"{value}, removed or expired ({age} days old)"
        cure = "Choose where observation.catalog.eligible."
        who.refuse("the video may be shown today", got, cure, at)
    earlier = (ids[:, :, None] == ids[:, None, :]).tril(-1).any(2) & used
    if (at := _first(earlier)) is not None:
        cure = "Draw without replacement, or leave the place 0."
        who.refuse("no video twice in a slate", int(ids[at[0], at[1]]), cure, at)
    if (at := _first(again)) is not None:
        cure = "Drop what observation.shown(ids) marks, or declare repeats = True."
        value = int(ids[at[0], at[1]])
        who.refuse("no video that the viewer was shown before", value, cure, at)
    if (at := _first(used[:, 1:] & ~used[:, :-1])) is not None:
        cure = "Move the videos to the front: viewers swipe in order."
        who.refuse("empty places (0) stand at the end of a slate", ids[at[0]].tolist(), cure, at)
    assert slate.logp is not None
    at = _first(_odd(slate.logp, used))
    assert at is not None
    cure = "Give ln P(item | items before it) everywhere, or None where it is unknown."
    value = f"{float(slate.logp[at[0], at[1]]):.4g}"
    who.refuse("logp is at most 0 and finite, or NaN for all", value, cure, at)


def _first(mask: Tensor) -> Tensor | None:
    at = mask.nonzero()
    return at[0] if len(at) else None
