"""Blocks of viewers: an observation, or what looks into the world, for some of those awake."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from torch import Tensor

from sim.world.state import Observation, Truth, rows_at


def part(observation: Observation, some: slice | Tensor) -> Observation:
    """The observation of some of the viewers awake."""
    if isinstance(some, slice):
        some = slice(*some.indices(len(observation.viewer))[:2])

    def of(field: Tensor) -> Tensor:
        return rows_at(field, some) if isinstance(some, Tensor) else field[some]

    cut: dict[str, Any] = {
        f.name: of(getattr(observation, f.name))
        for f in fields(observation)
        if f.name not in ("day", "page", "catalog", "candidates", "shown")
    }
    offered = None if observation.candidates is None else of(observation.candidates)
    look: Callable[..., Tensor] = observation.shown
    whole = len(cut["viewer"]) == len(observation.viewer)
    shown = look if whole else _only(look, some)
    return replace(observation, **cut, candidates=offered, shown=shown)


def _only(look: Callable[..., Tensor], some: slice | Tensor) -> Callable[..., Tensor]:
    """`look` for some of the viewers; asked for some of those, it cuts twice."""

    def narrowed(ids: Tensor, who: slice | Tensor | None = None) -> Tensor:
        return look(ids, some) if who is None else look(ids, _within(some, who))

    return narrowed


def _within(some: slice | Tensor, who: slice | Tensor) -> slice | Tensor:
    """Places in the whole, of places `who` in the part `some`."""
    if isinstance(some, Tensor):
        return some[who]
    if isinstance(who, slice):
        return slice(some.start + who.start, min(some.stop, some.start + who.stop))
    return who + some.start


def part_of(truth: Truth, some: slice | Tensor) -> Truth:
    return Truth(appeal=_only(truth.appeal, some), satisfaction=_only(truth.satisfaction, some))
