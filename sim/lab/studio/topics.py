"""Topics and personas by name, as people read and write them."""

import tomllib
from functools import cache
from pathlib import Path

from sim.presets.errors import BadInput, did_you_mean

FILE = Path(__file__).parents[1] / "assets" / "topics.toml"


@cache
def names() -> tuple[tuple[str, str], ...]:
    """(English, Chinese) of each topic, by number."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["topic"]
    return tuple((topic["en"], topic["zh"]) for topic in told)


def topic_name(topic: int, lang: str = "en") -> str:
    """A topic's name; its number where it has none."""
    known = names()
    return known[topic][lang == "zh"] if 0 <= topic < len(known) else str(topic)


def topic_of(word: object, topics: int) -> int:
    """The number of a topic that is named, in either language, or numbered. Raises BadInput."""
    if isinstance(word, str) and word.strip().isdigit():
        word = int(word)
    if isinstance(word, int) and not isinstance(word, bool):
        if not 0 <= word < topics:
            raise BadInput(f"topics are numbered 0 to {topics - 1}", word, "Or give its name.")
        return word
    known = {name.casefold(): i for i, pair in enumerate(names()[:topics]) for name in pair}
    if isinstance(word, str) and word.strip().casefold() in known:
        return known[word.strip().casefold()]
    raise did_you_mean(word, [pair[0] for pair in names()[:topics]], "topic")
