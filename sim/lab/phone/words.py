"""What the phone says, in English and Chinese."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "assets" / "phone.toml"


@cache
def book() -> dict[str, dict[str, list[str]]]:
    """{part: {key: [English, Chinese]}}."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def say(key: str, lang: str, **values: Any) -> str:
    """A sentence that Python fills."""
    return book()["say"][key][lang == "zh"].format(**values)


def page(lang: str) -> dict[str, str]:
    """All that the page's own script says, with its gaps."""
    return {key: pair[lang == "zh"] for key, pair in book()["page"].items()}
