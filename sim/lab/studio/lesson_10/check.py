"""The check of lesson 10: luck's share, a star among many, views that make a living."""

from dataclasses import dataclass
from typing import ClassVar

from sim.lab.studio.lesson_10.planning import SAYS
from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, Examined
from sim.lab.teaching.words import Book

# variance within plans and between them, in thousands; stars of 100, people; RMB for 1,000 views
SETS = (
    (90, 10, 5, 20, 0.55), (60, 20, 4, 25, 0.5), (72, 8, 3, 30, 0.6), (45, 30, 2, 50, 0.4),
)  # fmt: skip
MONTHLY, DAYS = 3000, 30


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked; which numbers it is about depends on the learner's own salt."""

    book: ClassVar[Book] = SAYS
    within_plans: float
    between: float
    stars: float  # of 100 futures
    people: int
    paid: float  # RMB for 1,000 views

    @property
    def truth(self) -> dict[str, float]:
        return {
            "luck": 100 * self.within_plans / (self.within_plans + self.between),
            "stars": 100 - self._nobody,
            "views": MONTHLY / DAYS / self.paid,
        }

    @property
    def _nobody(self) -> float:
        return 100 * (1 - self.stars / 100) ** self.people

    def hint(self, key: str, value: float, lang: str) -> str:
        usual = {"luck": "whole", "stars": "each", "views": "divide"}[key]
        found = (n for n, wrong in self._wrong(key).items() if abs(value - wrong) <= DECIMAL)
        return self.book.word("verdicts", next(found, usual), lang)

    def _wrong(self, key: str) -> dict[str, float]:
        """What comes out where a step is missed."""
        w, b = self.within_plans, self.between
        return {
            "luck": {"rest": 100 * b / (w + b), "ratio": 100 * b / w},
            "stars": {"none": self._nobody, "one": self.stars,
                      "sum": min(100, self.stars * self.people)},
            "views": {"month": MONTHLY / self.paid, "single": 1000 * MONTHLY / DAYS / self.paid},
        }[key]  # fmt: skip


def examine(name: str, lang: str = "en") -> Examined:
    """Hand out the check, blank."""
    sealed = sealing.opened(name, lang)
    numbers = SETS[int(sealed.salt, 16) % len(SETS) if sealed else 0]
    return checking.hand_out(Exam(*numbers), name, lang, list(numbers), numbers=numbers)
