"""What people read on a video: its topic's name, a caption and hashtags, in English or Chinese.

The world knows numbers only. The words follow from a video's permanent id, so the same video says
the same thing in every run, and the Chinese caption is the English one's translation.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

from sim.measure.metrics import check_lang

TOPICS = Path(__file__).parents[1] / "assets" / "topics.toml"
MASK = (1 << 64) - 1
GAP = re.compile(r"\{([^{}]+)\}")
STOP = re.compile(r"(?<=[.?!] )[a-z]")
NUMBER = re.compile(r"(\d+)-(\d+)(?:/(\d+))?")  # low-high/step


@cache
def _topics() -> dict[str, Any]:
    return tomllib.loads(TOPICS.read_text(encoding="utf-8"))


def topic_names(lang: str = "en") -> list[str]:
    """Names of the 47 topics by index; the last is unknown."""
    check_lang(lang)
    return [topic[lang] for topic in _topics()["topic"]]


def caption(video_ids: Iterable[int], topic, topic2=None, lang: str = "en") -> list[str]:
    """A caption for each video. `topic2` changes nothing here: a second topic is a hashtag."""
    check_lang(lang)
    return [_caption(int(v), _topic(t), lang) for v, t in zip(video_ids, topic, strict=True)]


def tags(video_ids: Iterable[int], topic, topic2=None, lang: str = "en") -> list[list[str]]:
    """One or two hashtags of the topic, and one of the second topic where it is another."""
    check_lang(lang)
    topic = list(topic)
    second = topic if topic2 is None else topic2
    rows = zip(video_ids, topic, second, strict=True)
    return [_tags(int(v), _topic(t), _topic(s), lang) for v, t, s in rows]


def _topic(index) -> dict[str, Any]:
    """A world may have more topics than there are names: those are unknown."""
    known = _topics()["topic"]
    return known[int(index)] if 0 <= int(index) < len(known) else known[-1]


def _caption(video: int, topic: dict[str, Any], lang: str) -> str:
    side = lang == "zh"
    text = _filled(template(video, topic)[side], video, side)
    end = _filled(_pick(_topics()["slots"]["end"], video, 1)[side], video, side, shift=40)
    text = text[0].upper() + text[1:]
    if not side:  # a name may begin a second sentence
        text = STOP.sub(lambda found: found[0].upper(), text)
    if not end:
        return text
    stop = "" if text[-1] in ".?!。？！" else "。" if side else "."
    return f"{text}{stop}{'' if side else ' '}{end}"


def template(video: int, topic: dict[str, Any]) -> list[str]:
    """What a video of a topic says before its gaps are filled, [English, Chinese]."""
    return _pick(topic["say"], video, 2)


def _filled(text: str, video: int, side: bool, shift: int = 10) -> str:
    """Numbers, choices and names in place of the gaps: the n-th number and the n-th choice of a
    text are the same in both languages, and so is a name from one list."""
    numbers, choices = count(shift), count(shift + 10)

    def gap(found: re.Match) -> str:
        what = found[1]
        if span := NUMBER.fullmatch(what):
            low, high, step = (int(x or 1) for x in span.groups())
            number = low + step * (_draw(video, next(numbers)) % ((high - low) // step + 1))
            return f"{number:,}" if number > 9999 and not side else str(number)
        if "|" in what:
            return _pick(what.split("|"), video, next(choices))
        names = _topics()["slots"][what]
        return _pick(names, video, 100 + crc32(what.encode()))[side]

    return GAP.sub(gap, text)


def _tags(video: int, topic: dict[str, Any], second: dict[str, Any], lang: str) -> list[str]:
    side = lang == "zh"
    own = [pair[side] for pair in topic["tags"]]
    if _draw(video, 6) % 2:
        own = own[::-1][:1]
    other = [] if second is topic else [_pick(second["tags"], video, 7)[side]]
    return [f"#{tag}" for tag in own + other]


def _pick(choices: list, video: int, stream: int):
    return choices[_draw(video, stream) % len(choices)]


def _draw(video: int, stream: int) -> int:
    """splitmix64's finaliser over id and stream: whole numbers without a pattern."""
    x = (video * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03) & MASK
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & MASK
    return (x ^ x >> 31) >> 16
