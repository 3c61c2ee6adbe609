"""Phones drawn in a notebook: what somebody was shown, as cards that can be swiped.

Plain HTML and CSS: no script, no network, so a saved notebook still tells the story.
"""

from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from sim.lab.drawing.intervals import chosen
from sim.lab.teaching.captions import caption, tags, topic_names
from sim.lab.teaching.tables import agents_of
from sim.lab.teaching.words import EVERY, Book
from sim.measure.metrics import check_lang

TEXT = {
    "watched": ("watched {:.0f} of {:.0f} s", "看了 {:.0f} / {:.0f} 秒"),
    "liked": ("liked", "点了赞"),
    "viewer": ("Viewer {}", "观众 {}"),
    "by": ("shown by {}", "由 {} 推荐"),
    "simulated": ("simulated", "模拟内容"),
}
PHONE = (
    "width:{width}px;height:{height}px;overflow-y:auto;scroll-snap-type:y mandatory;"
    "border:6px solid #333;border-radius:22px;background:#111;box-sizing:border-box;"
    "scrollbar-width:thin;scrollbar-color:#777 #111"
)
NOTE = (
    "position:sticky;top:0;height:0;overflow:visible;z-index:1;text-align:right;"
    "padding:0 10px;font-size:11px;line-height:22px;color:#fffc"
)
CARD = (
    "scroll-snap-align:start;box-sizing:border-box;padding:14px;color:#fff;overflow:hidden;"
    "display:flex;flex-direction:column;justify-content:flex-end;min-height:{height}px;"
    "background:linear-gradient(160deg,hsl({hue},45%,38%),hsl({hue},55%,16%))"
)


ROW = "<div style='display:flex;flex-wrap:wrap;gap:14px'>{}</div>"


def _head(text: str) -> str:
    return f"<div style='font-weight:600;margin:4px'>{escape(text)}</div>"


def _say(key: str, lang: str, *args: Any) -> str:
    return TEXT[key][lang == "zh"].format(*args)


def hue(topic: int) -> int:
    """The colour of a topic's cards."""
    return topic * 137 % 360


def swiped(
    cards: list[dict[str, Any]], swipes: list[int], lang: str = "en", book: Book = EVERY
) -> str:
    """A deck as a phone that can be read: its cards, what is noted on them, and what was swiped, in
    the words of a lesson's book."""
    marks = [book.word("deck", f"swiped_{way}", lang) for way in ("away", "on")]
    rows = [
        _face(number, card["topic"], card["text"], card["tags"], card["hue"],
              _small(*card.get("notes", []), marks[swipe]), 150)
        for number, (card, swipe) in enumerate(zip(cards, swipes, strict=True))
    ]  # fmt: skip
    return _frame("".join(rows), lang, 250, 400)


def to_come(shown: dict[str, tuple[list[int], list[int]]], lang: str = "en") -> HTML:
    """A row of phones, one per recommender, with (ids, topics) of the videos that it would show."""
    each = []
    for agent, (videos, topics) in shown.items():
        texts, marks = caption(videos, topics, None, lang), tags(videos, topics, None, lang)
        names = topic_names(lang)
        cards = [
            _face(k, names[topic], texts[k], " ".join(marks[k]), hue(topic), "", 128)
            for k, topic in enumerate(topics)
        ]
        phone = _frame("".join(cards), lang, 215, 270)
        each.append(f"<div>{_head(_say('by', lang, agent))}{phone}</div>")
    return HTML(ROW.format("".join(each)))


def beside(run: Any, viewers: list[int], lang: str = "en", last: int = 6) -> HTML:
    """For each viewer a row of phones, one per agent: the last cards, and what was watched."""
    check_lang(lang)
    agents = agents_of(run)
    rows = []
    for number, viewer in enumerate(viewers, 1):
        phones = []
        for agent in agents:
            shown = _of(run.events, viewer, agent).tail(last)
            head = _head(_say("by", lang, agent))
            phones.append(f"<div>{head}{_phone(shown, lang, 215, 270, 128)}</div>")
        title = escape(_say("viewer", lang, number))
        rows.append(f"<h4 style='margin:12px 0 4px'>{title}</h4>{ROW.format(''.join(phones))}")
    return HTML("".join(rows))


def seen_by_all(run: Any, count: int = 3, least: int = 6) -> list[int]:
    """The first viewers who were shown at least `least` videos by every agent."""
    shown = (
        chosen(run.events).groupby(["viewer", "agent"], observed=True).size().unstack(fill_value=0)
    )
    return [int(v) for v in shown.index[(shown >= least).all(axis=1)][:count]]


def _of(events: pd.DataFrame, viewer: int, agent: str) -> pd.DataFrame:
    mine = chosen(events[(events["viewer"] == viewer) & (events["agent"] == agent)])
    return mine.sort_values(["day", "step", "slot"])


def _phone(shown: pd.DataFrame, lang: str, width: int, height: int, card: int, told=True) -> str:
    words = caption(shown["video"], shown["category"], None, lang)
    marks = tags(shown["video"], shown["category"], None, lang)
    cards = [
        _card(number, row, words[number], marks[number], lang, card, told)
        for number, row in enumerate(shown.itertuples())
    ]
    return _frame("".join(cards), lang, width, height)


def _frame(cards: str, lang: str, width: int, height: int) -> str:
    note = f"<div style='{NOTE}'>{escape(_say('simulated', lang))}</div>"
    return f"<div style='{PHONE.format(width=width, height=height)}'>{note}{cards}</div>"


def _card(number: int, row: Any, words: str, marks: list[str], lang: str, height, told) -> str:
    names = topic_names(lang)
    topic = min(int(row.category), len(names) - 1)
    foot = _watched(row, lang) if told else ""
    return _face(number, names[topic], words, " ".join(marks), hue(topic), foot, height)


def _watched(row: Any, lang: str) -> str:
    share = min(1.0, row.watch_s / row.duration_s)
    text = _say("watched", lang, row.watch_s, row.duration_s)
    text += " · " + _say("liked", lang) if row.like else ""
    bar = f"<div style='height:4px;width:{100 * share:.0f}%;background:#fff'></div>"
    return (
        f"<div style='background:#ffffff55;margin-top:6px'>{bar}</div><small>{escape(text)}</small>"
    )


def _small(*lines: str) -> str:
    return "".join(f"<small>{escape(line)}</small>" for line in lines)


def _face(number: int, topic: str, words: str, marks: str, colour: int, foot: str, height) -> str:
    head = f"<small>{number + 1} · {escape(topic)}</small>"
    body = f"<b style='margin:6px 0'>{escape(words)}</b><small>{escape(marks)}</small>"
    return f"<div style='{CARD.format(height=height, hue=colour)}'>{head}{body}{foot}</div>"
