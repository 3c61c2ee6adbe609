"""Who answers: a person at the screen, or where no front end is attached a scripted reader.

A lesson that asks waits for its answer: the cell stops with a sentence, not with a traceback, and
nothing below it runs. What a learner made is kept in a folder beside the notebook.
"""

import json
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from sim.measure.metrics import check_lang

FOLDER = "mine"  # beside the notebook; git does not see it
TEXT = {
    "wait": ("Not yet: {}", "还差一步：{}"),
    "then": (
        "Then go on from here: Run > Run Selected Cell and All Below.",
        "完成后从这一格继续：菜单 Run > Run Selected Cell and All Below。",
    ),
    "script": (
        "(No screen is attached: a scripted reader answered.)",
        "（没有连接界面：由预设读者代为作答。）",
    ),
    "damaged": (
        "{} is not readable as JSON; move it away, or restore it.",
        "{} 不是可读的 JSON 文件；请移走或恢复它。",
    ),
}


def say(table: dict[str, tuple[str, str]], key: str, lang: str, *args: Any) -> str:
    """A sentence of a table, in one language."""
    return table[key][check_lang(lang) == "zh"].format(*args)


class Waiting(Exception):
    """An answer is missing. Notebooks show its sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def wait(lang: str, what: str) -> NoReturn:
    """Stop kindly until `what` is done."""
    then = say(TEXT, "then", lang)
    raise Waiting(f"{say(TEXT, 'wait', lang, what)}\n  {then}") from None


def somebody_there() -> bool:
    """Whether whoever runs this cell can be asked: front ends say so with every cell, and programs
    that run notebooks without a screen say that they cannot."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    parent = kernel.get_parent("shell") or {}
    return bool(parent.get("content", {}).get("allow_stdin", False))


def scripted(lang: str) -> None:
    """Say that a script answered, so that nobody takes its answers for a learner's."""
    print(say(TEXT, "script", lang))


def folder() -> Path:
    """Where a learner's own files lie; made where it is not there. Where the notebook's folder
    cannot be written to, a temporary one."""
    place = Path.cwd() / FOLDER
    try:
        place.mkdir(exist_ok=True)
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="lesson-"))
    return place


def keep(name: str, content: dict[str, Any]) -> Path:
    """Write a learner's file, whole or not at all."""
    place = folder() / name
    new = place.with_suffix(".new")
    new.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new.replace(place)
    return place


def kept(name: str, lang: str = "en") -> dict[str, Any] | None:
    """What was kept before, or None."""
    place = folder() / name
    if not place.exists():
        return None
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(say(TEXT, "damaged", lang, place)) from error
