"""Why did my video stop spreading? Its impressions by source, and what holds it back now."""

from dataclasses import dataclass

import torch
from torch import Tensor

from sim.lab.explain.words import say
from sim.lab.studio.words import SOURCES as NAMES
from sim.seats.clock import Clock
from sim.world import catalog
from sim.world.state import COUNTS, SOURCES, World, row_of
from sim.world.state.moderation import STATES, has

LEAST = 20  # views below which the recommender has hardly tried a video; assumed

HELD = ("removed", "limited", "gated", "labelled", "waiting")  # states that hold a video back


@dataclass(frozen=True)
class Spread:
    video: int
    age: int  # days
    by_source: dict[str, list[int]]  # impressions by day
    long_rate: float  # share of views that were long
    usual: float  # of videos of its age
    state: tuple[str, ...]  # of moderation
    because: tuple[str, ...]  # keys of words: what holds it back now

    def text(self, lang: str = "en") -> str:
        days = [sum(day) for day in zip(*self.by_source.values(), strict=True)]
        total = sum(days)
        last = days[-2] if len(days) > 1 else 0
        told = {"video": self.video, "age": self.age, "total": total, "today": last}
        lines = [say("spread", lang, **told)]
        for source, each in self.by_source.items():
            if n := sum(each):
                name = NAMES[source][lang == "zh"]
                lines.append("  " + say("source", lang, name=name, n=n, share=f"{n / total:.0%}"))
        rates = {"rate": f"{self.long_rate:.0%}", "usual": f"{self.usual:.0%}"}
        lines.append(say("holds", lang, **rates))
        lines.append(say("because", lang))
        return "\n".join([*lines, *("  " + say(key, lang) for key in self.because)])


def spread(clock: Clock, video: int, exposure: Tensor | None, notes: object) -> Spread:
    world = clock.world
    at = int(row_of(torch.tensor(video), len(world.videos.id)))
    age = int(world.day - world.videos.uploaded[at])
    table = torch.zeros(1, len(SOURCES)).long() if exposure is None else exposure
    own, usual, views = _holding(world, at)
    state = _state(world, at)
    reasons: list[str] = [name for name in HELD if name in state]
    if bool(world.videos.removed[at]) and "removed" not in state:
        reasons.append("removed")
    old = not bool(catalog.eligible(world.videos, world.day, clock.rules.params.catalog)[at])
    if old and "removed" not in reasons:
        reasons.append("old")
    if views < LEAST:
        reasons.append("untried")
    elif own < usual:
        reasons.append("worse")
    return Spread(
        video, age, {name: table[:, i].tolist() for i, name in enumerate(SOURCES)},
        own, usual, state, tuple(reasons) or ("fades",),
    )  # fmt: skip


def _holding(world: World, at: int) -> tuple[float, float, int]:
    """The share of its views that were long, that of videos of its age, and its views."""
    counts = world.videos.counts.double()
    views, longs = (counts[:, COUNTS.index(n)] for n in ("views", "long_views"))
    same = (world.videos.uploaded == world.videos.uploaded[at]) & (world.videos.id > 0)
    usual = float(longs[same].sum() / views[same].sum().clamp(min=1))
    return float(longs[at] / views[at].clamp(min=1)), usual, int(views[at])


def _state(world: World, at: int) -> tuple[str, ...]:
    held = world.moderation
    if held is None:
        return ()
    return tuple(name for name in STATES if bool(has(held.state[at], name)))
