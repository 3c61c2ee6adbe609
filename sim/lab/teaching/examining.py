"""The check of lesson 0: two rates of regret and the bits of a feed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, HUNDREDTH, Examined
from sim.lab.teaching.tables import agents_of, three
from sim.lab.teaching.words import Book
from sim.measure import bubble

FEEDS = (  # videos by topic, of 16
    (8, 4, 4), (8, 4, 2, 2), (4, 4, 4, 2, 2), (8, 2, 2, 2, 2), (8, 4, 2, 1, 1), (4, 4, 2, 2, 2, 2),
)  # fmt: skip


def entropy(counts: Any) -> float:
    """Bits of a feed with so many videos of each topic (Shannon, 1948)."""
    return float(bubble.entropy(torch.tensor([list(counts)]))[0])


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked about a run."""

    book: ClassVar[Book] = Book("lesson_00")
    rates: Mapping[str, tuple[float, float]]  # of each recommender, as rates_of
    agent: str
    feed: tuple[int, ...]

    @property
    def truth(self) -> dict[str, float]:
        shown, watched = self.rates[self.agent]
        return {"shown": shown, "watched": watched, "bits": entropy(self.feed)}

    def within(self, key: str) -> float:
        return HUNDREDTH if key == "bits" else DECIMAL

    def hint(self, key: str, value: float, lang: str) -> str:
        name, args = (self._bits if key == "bits" else self._rate)(key, value)
        return self.book.word("verdicts", name, lang, *args)

    def _rate(self, key: str, value: float) -> tuple[str, tuple[Any, ...]]:
        shown, watched = self.rates[self.agent]
        own, other = (shown, watched) if key == "shown" else (watched, shown)
        if abs(value - other) <= DECIMAL:
            return "swapped", ()
        if value < 1 and abs(100 * value - own) <= 0.6:
            return "share", ()
        for agent, (a, b) in self.rates.items():
            if agent != self.agent and abs(value - (a if key == "shown" else b)) <= DECIMAL:
                return "agent", (agent,)
        upside = own > 0 and abs(value - 10_000 / own) <= 0.005 * 10_000 / own
        return ("upside" if upside else "divide"), ()

    def _bits(self, key: str, value: float) -> tuple[str, tuple[Any, ...]]:
        many = len(self.feed)
        if value == many:
            return "count", (math.log2(many),)
        return ("equal" if abs(value - math.log2(many)) <= HUNDREDTH else "parts"), ()


def examine(run: Any, name: str, lang: str = "en", agent: str = "popular") -> Examined:
    """Hand out the check of a run that has the hidden truth in its events. Which feed is asked
    about depends on the learner's own salt, so a neighbour's number is of another one."""
    rates = {a: rates_of(*three(run.events, a)) for a in agents_of(run)}
    sealed = sealing.opened(name, lang)
    exam = Exam(rates, agent, FEEDS[int(sealed.salt, 16) % len(FEEDS) if sealed else 0])
    feed = ("、" if lang == "zh" else ", ").join(map(str, exam.feed))
    return checking.hand_out(exam, name, lang, [feed], feed=exam.feed)


def rates_of(shown: int, watched: int, regretted: int) -> tuple[float, float]:
    """Regretted of 100 shown, and of 100 watched past half."""
    return 100 * regretted / max(1, shown), 100 * regretted / max(1, watched)
