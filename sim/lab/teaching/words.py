"""What lessons say beside their notebooks: their questions, and the words around them.

`lessons.toml` holds what all of them say, `lesson_NN.toml` what one says in addition.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.measure.metrics import check_lang

ASSETS = Path(__file__).parents[1] / "assets"


@cache
def _told(lesson: str) -> dict[str, Any]:
    """Everything a lesson says, [English, Chinese]: what all say, and in each part its own."""
    own, shared = (
        tomllib.loads((ASSETS / f"{name}.toml").read_text(encoding="utf-8"))
        for name in (lesson, "lessons")
    )
    parts = {key: part for key, part in own.items() if isinstance(part, list)}
    tables = (own.keys() | shared.keys()) - parts.keys()
    return parts | {part: shared.get(part, {}) | own.get(part, {}) for part in tables}


def lessons() -> list[str]:
    """Names of the books of all lessons, by their number."""
    return sorted(path.stem for path in ASSETS.glob("lesson_[0-9][0-9].toml"))


@dataclass(frozen=True)
class Book:
    """The words of one lesson."""

    lesson: str  # lesson_00, ...

    @property
    def told(self) -> dict[str, Any]:
        return _told(self.lesson)

    def word(self, part: str, key: str, lang: str, *args: Any) -> str:
        """One sentence in one language."""
        return self.told[part][key][check_lang(lang) == "zh"].format(*args)

    def words(self, part: str, lang: str) -> dict[str, str]:
        """All sentences of a part, with their gaps."""
        return {key: pair[check_lang(lang) == "zh"] for key, pair in self.told[part].items()}

    def questions(self, part: str, lang: str, fill: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The questions of a form, as the form takes them."""
        side = check_lang(lang) == "zh"
        asked = []
        for row in self.told[part]:
            one: dict[str, Any] = {"key": row["key"], "text": row["text"][side].format(*fill)}
            if "options" in row:
                one["options"] = [[name, _label(label, side)] for name, label in row["options"]]
            else:
                low, high = row["bounds"]
                one |= {"unit": row["unit"][side], "low": low, "high": high}
            asked.append(one)
        return asked

    def scripted_answers(self, part: str) -> dict[str, Any]:
        """What the stand-in for a reader answers."""
        return {row["key"]: row["script"] for row in self.told[part]}

    def answer_word(self, part: str, key: str, answer: Any, lang: str) -> Any:
        """An answer as the learner's language writes it."""
        row = next(row for row in self.told[part] if row["key"] == key)
        labels = {name: _label(label, lang == "zh") for name, label in row.get("options", [])}
        return labels.get(answer, answer)


EVERY = Book("lessons")  # what all lessons say


def book_of(name: str) -> Book:
    """The book of the lesson whose files have this name: it begins with the lesson's number, as in
    `00_first_run.nano.seed0`. Raises ValueError where there is none."""
    lesson = f"lesson_{name[:2]}"
    if lesson not in lessons():
        raise ValueError(f"a name begins with a lesson's number, as 00_first_run; got {name!r}.")
    return Book(lesson)


def _label(label: Any, side: bool) -> str:
    return label if isinstance(label, str) else label[side]


def complete(questions: Sequence[dict[str, Any]], answers: dict[str, Any]) -> bool:
    """Whether every question has an answer that can be one."""
    return all(_fits(question, answers.get(question["key"])) for question in questions)


def _fits(question: dict[str, Any], answer: Any) -> bool:
    if "options" in question:
        return answer in [name for name, _ in question["options"]]
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return False
    return question["low"] <= answer <= question["high"]
