"""What a lesson says beside its notebook: its questions, and the words around them."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.measure.metrics import check_lang

ASSETS = Path(__file__).parents[1] / "assets"


@cache
def book(lesson: str = "lesson_00") -> dict[str, Any]:
    """Everything a lesson says, [English, Chinese]."""
    return tomllib.loads((ASSETS / f"{lesson}.toml").read_text(encoding="utf-8"))


def word(part: str, key: str, lang: str, *args: Any) -> str:
    """One sentence of a lesson in one language."""
    return book()[part][key][check_lang(lang) == "zh"].format(*args)


def words(part: str, lang: str) -> dict[str, str]:
    """All sentences of a part, with their gaps."""
    return {key: pair[check_lang(lang) == "zh"] for key, pair in book()[part].items()}


def questions(part: str, lang: str, fill: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The questions of a form, as the form takes them."""
    side = check_lang(lang) == "zh"
    asked = []
    for row in book()[part]:
        one: dict[str, Any] = {"key": row["key"], "text": row["text"][side].format(*fill)}
        if "options" in row:
            one["options"] = [[name, _label(label, side)] for name, label in row["options"]]
        else:
            one |= {"unit": row["unit"][side], "low": row["bounds"][0], "high": row["bounds"][1]}
        asked.append(one)
    return asked


def scripted_answers(part: str) -> dict[str, Any]:
    """What the stand-in for a reader answers."""
    return {row["key"]: row["script"] for row in book()[part]}


def answer_word(part: str, key: str, answer: Any, lang: str) -> Any:
    """An answer as the learner's language writes it."""
    row = next(row for row in book()[part] if row["key"] == key)
    labels = {name: _label(label, lang == "zh") for name, label in row.get("options", [])}
    return labels.get(answer, answer)


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
