"""The check of lesson 9: what a rare harm does to a good machine, a day's work, a wrong removal."""

from dataclasses import dataclass
from typing import ClassVar

from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, Examined
from sim.lab.teaching.words import Book

MACHINES = ((950, 10), (980, 5), (900, 20), (990, 2))  # right of 1,000; harmful of 1,000
CASES = 20 * 0.33 * 3600 / 40  # thousands of uploads, hours for each, seconds an hour and a case
WRONG = 100 * 6 / 150


def precision(right: float, harmful: float) -> float:
    """Of 100 videos that a machine takes down, the harmful ones; it judges `right` of 1,000 rightly
    and `harmful` of 1,000 uploads are harmful (Bayes' rule)."""
    hit, miss = right * harmful, (1000 - right) * (1000 - harmful)
    return 100 * hit / (hit + miss)


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked; which machine it is about depends on the learner's own salt."""

    book: ClassVar[Book] = Book("lesson_09")
    machine: tuple[int, int]

    @property
    def truth(self) -> dict[str, float]:
        return {"precision": precision(*self.machine), "minutes": CASES, "wrongful": WRONG}

    def hint(self, key: str, value: float, lang: str) -> str:
        return self.book.word("verdicts", getattr(self, f"_{key}")(value), lang)

    def _precision(self, value: float) -> str:
        if abs(value - self.machine[0] / 10) <= DECIMAL:
            return "accuracy"
        return "other" if abs(value - 100 + precision(*self.machine)) <= DECIMAL else "base"

    def _minutes(self, value: float) -> str:
        return "hours"

    def _wrongful(self, value: float) -> str:
        return "missed"


def examine(name: str, lang: str = "en") -> Examined:
    """Hand out the check, blank."""
    sealed = sealing.opened(name, lang)
    which = int(sealed.salt, 16) % len(MACHINES) if sealed else 0
    exam = Exam(MACHINES[which])
    return checking.hand_out(exam, name, lang, list(exam.machine), machine=exam.machine)
