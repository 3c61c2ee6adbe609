"""What a recommender may answer: a slate that breaks a rule is refused by name, never repaired.

The rules themselves stand in sim/world/state/slates.py.
"""

from typing import Any, NoReturn

import numpy as np
from torch import Tensor

from sim.world.state import Observation, Slate, lender, row_of
from sim.world.state.slates import ABOVE, Faults, faults, form


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
    slate: Any, observation: Observation, slots: int, agent: str, day: int, repeats: bool = False
) -> None:
    """Raise BadSlate where `slate` breaks a rule of `form` or of `faults`."""
    who = _Judge(agent, day, observation)
    wrong = form(slate, observation, slots)
    if wrong:
        who.refuse(*wrong)
    if plainly_good(slate, observation, repeats):
        return
    found = faults(slate, observation, repeats)
    if found.any():  # the one wait for the device
        _explain(slate, found, who)


def plainly_good(slate: Slate, seen: Observation, repeats: bool = False) -> bool:
    """Whether a slate whose `form` is right is full and breaks no rule, by a few cheap questions;
    where this says no, `faults` has to look. Most slates are so, and small pages are all calls."""
    if slate.ids.device.type != "cpu" or not slate.ids.numel():
        return False
    catalog, ids = lender(seen.catalog), slate.ids.numpy()
    row = row_of(ids, catalog.capacity)
    if not ((catalog.id.numpy().take(row) == ids) & catalog.eligible.numpy().take(row)).all():
        return False  # an empty place is never eligible either
    ordered = np.sort(ids, axis=1)
    if (ordered[:, 1:] == ordered[:, :-1]).any():
        return False
    if not repeats and seen.shown(slate.ids).numpy().any():
        return False
    if slate.logp is None:
        return True
    chance = slate.logp.detach().float().numpy()  # NaN is in no range
    return bool(chance.max() <= ABOVE and chance.min() > -np.inf)


class _Judge:
    """Says whose slate it is, in every refusal."""

    def __init__(self, agent: str, day: int, observation: Observation):
        self.agent, self.day, self.observation = agent, day, observation

    def refuse(self, rule: str, got: object, cure: str, at: Tensor | None = None) -> NoReturn:
        if at is None:
            raise BadSlate(self.agent, self.day, "all", rule, got, cure)
        viewer = int(self.observation.viewer[at[0]])
        raise BadSlate(self.agent, self.day, viewer, rule, got, cure, int(at[1]))


def _explain(slate: Slate, found: Faults, who: _Judge) -> NoReturn:
    """The first broken rule, in the order in which a person would look."""
    ids, catalog = slate.ids, who.observation.catalog
    value: Any
    if (at := _first(found.absent)) is not None:
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
    if (at := _first(found.unfit)) is not None:
        value = int(ids[at[0], at[1]])
        age = int(catalog.age[row_of(value, catalog.capacity)])
        got = f"{value}, removed or expired ({age} days old)"
        cure = "Choose where observation.catalog.eligible."
        who.refuse("the video may be shown today", got, cure, at)
    if (at := _first(found.double)) is not None:
        cure = "Draw without replacement, or leave the place 0."
        who.refuse("no video twice in a slate", int(ids[at[0], at[1]]), cure, at)
    if (at := _first(found.again)) is not None:
        cure = "Drop what observation.shown(ids) marks, or declare repeats = True."
        value = int(ids[at[0], at[1]])
        who.refuse("no video that the viewer was shown before", value, cure, at)
    if (at := _first(found.gap)) is not None:
        cure = "Move the videos to the front: viewers swipe in order."
        who.refuse("empty places (0) stand at the end of a slate", ids[at[0]].tolist(), cure, at)
    at = _first(found.odd)
    assert at is not None and slate.logp is not None
    cure = "Give ln P(item | items before it) everywhere, or None where it is unknown."
    value = f"{float(slate.logp[at[0], at[1]]):.4g}"
    who.refuse("logp is at most 0 and finite, or NaN for all", value, cure, at)


def _first(mask: Tensor) -> Tensor | None:
    at = mask.nonzero()
    return at[0] if len(at) else None
