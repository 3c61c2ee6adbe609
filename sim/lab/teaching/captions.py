"""What people read on a video: its topic's name, a caption and hashtags, in English or Chinese.

The world knows numbers only. The words follow from a video's permanent id, so the same video says
the same thing in every run, and the Chinese caption is the English one's translation.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from sim.measure.metrics import check_lang

TOPICS = Path(__file__).parents[1] / "assets" / "topics.toml"
MASK = (1 << 64) - 1


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
    slots = _topics()["slots"]
    side = lang == "zh"
    end = _pick(slots["end"], video, 1)[side]
    text = _pick(topic["say"], video, 2)[side]
    words = {name: _pick(slots[name], video, 3)[side] for name in ("place", "who")}
    text = text.format(n=2 + _draw(video, 4) % 29, **words)
    text = text[0].upper() + text[1:]
    if not end:
        return text
    stop = "" if text[-1] in ".?!。？！" else "。" if side else "."
    return f"{text}{stop}{'' if side else ' '}{end.format(n=1 + _draw(video, 5) % 60)}"


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
