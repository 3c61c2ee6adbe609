"""The check of lesson 1: how rare likes are, how much of the feed is about favourites, and how many
swipes a belief needs."""

from dataclasses import dataclass
from typing import ClassVar

from sim.lab.phone.following import SWIPES
from sim.lab.phone.lesson_01.experiment import Runs
from sim.lab.phone.lesson_01.tables import numbers
from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, Examined
from sim.lab.teaching.words import Book

NOISES = (6, 7, 8, 9, 11, 12)  # error variances of one swipe, over the spread of tastes
SURE = 0.8  # the share of what was seen that is to be believed


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked about a run under bayes; `noise` differs from learner to learner."""

    book: ClassVar[Book] = Book("lesson_01")
    found: tuple[int, int, int, int]  # as tables.numbers
    noise: int

    @property
    def truth(self) -> dict[str, float]:
        videos, likes, _, late = self.found
        return {
            "likes": 100 * likes / videos,
            "late": 100 * late / (videos / 2),
            "swipes": self.noise * SURE / (1 - SURE),
        }

    def hint(self, key: str, value: float, lang: str) -> str:
        return self.book.word("verdicts", self._hint(key, value), lang)

    def _hint(self, key: str, value: float) -> str:
        videos, likes, early, _ = self.found
        right = self.truth[key]
        if key == "swipes":
            return "half" if abs(value - self.noise) < 0.5 else "weight"
        if abs(value - right / 100) < 0.006:
            return "share"
        if key == "likes":
            persona = likes * SWIPES / videos
            return "each" if abs(value - persona) <= DECIMAL else "divide_likes"
        if abs(value - right / 2) <= DECIMAL:
            return "twenty"
        return "early" if abs(value - 200 * early / videos) <= DECIMAL else "divide_late"


def examine(runs: Runs, name: str, lang: str = "en") -> Examined:
    """Hand out the check. Which noise is asked about depends on the learner's own salt."""
    sealed = sealing.opened(name, lang)
    noise = NOISES[int(sealed.salt, 16) % len(NOISES) if sealed else 0]
    exam = Exam(numbers(runs, "bayes"), noise)
    return checking.hand_out(exam, name, lang, [noise], noise=noise)
