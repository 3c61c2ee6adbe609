"""Who made the bubble: own taste, the algorithm and the supply, switched off in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
from torch import Tensor

from sim.lab.teaching.lesson_05.lives import (
    CAUSES,
    NONE,
    OFF,
    begun,
    bubble,
    lived,
    mine,
    ours,
)
from sim.lab.teaching.words import Book
from sim.lab.twins import attribute

SAYS = Book("lesson_05")
On = frozenset[str]
FEEDBACKS = ("none", "slight", "strong")


@cache
def _counts(
    chooser: str, on: On, feedback: str, world: str, days: int, first: int, seed: int, device: str
) -> Tensor:
    """What was watched from day `first` on; a world that two figures need is lived once."""
    arm = begun(chooser, {*on, "algorithm"}, feedback, world, seed, device)
    return lived(arm, days).between(first, days)


@dataclass(frozen=True)
class Blame:
    """Each cause's share of the bubble, and the bubble of each way to have causes switched on."""

    shares: Mapping[str, Mapping[str, Any]]  # as sim.lab.twins.attribute gives them
    worth: Mapping[On, Sequence[float]]  # by seed

    def largest(self) -> str:
        """The cause with the largest share."""
        return max(CAUSES, key=lambda cause: self.shares[cause]["mean"])


def blame(
    agent: str, world: str, days: int, first: int, seeds: Sequence[int], device: str = "cpu"
) -> Blame:
    """Lives every world of 2^3 for each seed: the same people and the same luck, with own taste,
    `agent` and the unequal supply on or off. Days from `first` on are counted."""
    worth: dict[On, list[float]] = {}

    def measured(on: On, seed: int) -> float:
        chooser = agent if "algorithm" in on else NONE
        counts = _counts(chooser, on - {"algorithm"}, "slight", world, days, first, seed, device)
        found = bubble(counts)
        worth.setdefault(on, []).append(found)
        return found

    return Blame(attribute(measured, CAUSES, seeds), worth)


@dataclass(frozen=True)
class Kin:
    """Of 100 pairs of videos those of one topic, by seed: two of one viewer, and of two viewers."""

    mine: list[float]
    ours: list[float]

    @property
    def bubble(self) -> list[float]:
        return [one - two for one, two in zip(self.mine, self.ours, strict=True)]


def under(
    agents: Sequence[str], feedbacks: Sequence[str], world: str, days: int, first: int,
    seeds: Sequence[int], device: str = "cpu",
) -> dict[tuple[str, str], Kin]:  # fmt: skip
    """{(recommender, feedback): pairs}: the same viewers and the same luck in all."""
    found = {}
    for agent in agents:
        for feedback in feedbacks:
            counts = [_counts(agent, frozenset(OFF), feedback, world, days, first, seed, device)
                      for seed in seeds]  # fmt: skip
            found[agent, feedback] = Kin([mine(c) for c in counts], [ours(c) for c in counts])
    return found


def pairs(found: Mapping[tuple[str, str], Kin], lang: str = "en") -> pd.DataFrame:
    """The pairs as a table; a recommender stands with its feedback where that is not the usual."""
    table = {}
    for (agent, feedback), kin in found.items():
        name = SAYS.word("feedback", feedback, lang, agent)
        table[name] = [f"{sum(x) / len(x):.1f}" for x in (kin.mine, kin.ours, kin.bubble)]
    return pd.DataFrame(table, index=[SAYS.word("pairs", k, lang) for k in ("mine", "ours", "gap")])


def switchboard(found: Blame, lang: str = "en") -> pd.DataFrame:
    """The bubble of every way to have causes on."""
    mark = {True: "●", False: "○"}
    rows = []
    for on, each in sorted(found.worth.items(), key=lambda x: (len(x[0]), sorted(x[0]))):
        marks = [mark[cause in on] for cause in CAUSES]
        rows.append([*marks, f"{sum(each) / len(each):.1f}", f"{min(each):.1f}, {max(each):.1f}"])
    heads = [SAYS.word("causes", cause, lang) for cause in CAUSES]
    heads += [SAYS.word("pairs", key, lang) for key in ("bubble", "range")]
    return pd.DataFrame(rows, columns=heads, index=range(1, len(rows) + 1))
