"""The check at the end of a lesson: numbers that the learner works out, and what is wrong with one
that is wrong.

Nothing is filled in, no cell computes the answers in the learner's sight, and a wrong number is
answered with what went wrong and not with the right one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.lab.teaching import asking
from sim.lab.teaching.playing import Asked, form
from sim.lab.teaching.words import Book, complete

DECIMAL, HUNDREDTH = 0.051, 0.011  # how far a number may be off that was asked for to one, to two


class Exam:
    """What a lesson asks. Each has a book, the `truth`, and a `hint` for what is not right."""

    book: ClassVar[Book]

    @property
    def truth(self) -> dict[str, float]:
        """The right numbers, by question."""
        raise NotImplementedError

    def within(self, key: str) -> float:
        """How far an answer may be off."""
        return DECIMAL

    def places(self, key: str) -> int:
        """Decimals that are asked for."""
        return 2 if self.within(key) == HUNDREDTH else 1

    def hint(self, key: str, value: float, lang: str) -> str:
        """What probably went wrong."""
        raise NotImplementedError

    def right(self, key: str, value: Any) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and abs(value - self.truth[key]) <= self.within(key)

    def verdicts(self, answers: Mapping[str, Any], lang: str) -> list[tuple[bool, str]]:
        """For each question whether it is right, and the sentence that says so."""
        told = []
        for key in self.truth:
            name, value = self.book.word("verdicts", key, lang), answers.get(key)
            if self.right(key, value):
                told.append((True, self.book.word("verdicts", "right", lang, name)))
            else:
                hint = self.hint(key, value, lang) if isinstance(value, int | float) else ""
                told.append((False, self.book.word("verdicts", "wrong", lang, name, hint)))
        return told


@dataclass
class Examined:
    """The form of a check; `verdict` waits for it."""

    exam: Exam
    lang: str
    asked: Asked

    def verdict(self) -> None:
        """Says of every number whether it is right; stops kindly where one is not."""
        told = self.exam.verdicts(self.asked.answers(), self.lang)
        for _, sentence in told:
            print(sentence)
        if not all(right for right, _ in told):
            asking.wait(self.lang, self.exam.book.word("verdicts", "again", self.lang))


def hand_out(exam: Exam, name: str, lang: str, fill: Sequence[Any] = (), **kept: Any) -> Examined:
    """The form of the check, blank. What is handed in is kept under this name, with `kept`."""
    book = exam.book
    asked_for = book.questions("check", lang, fill)

    def receive(answers: dict[str, Any]) -> str:
        if not complete(asked_for, answers):
            return book.word("form", "todo_send", lang)
        asking.keep(f"{name}.check.json", {"answers": answers, **kept})
        return book.word("form", "received", lang)

    script = {key: round(value, exam.places(key)) for key, value in exam.truth.items()}
    asked = form(book, "check", lang, "todo_send", receive, fill=fill, script=script)
    return Examined(exam, lang, asked)
