"""Phones drawn in a notebook: what somebody was shown, as cards that can be swiped.

Plain HTML and CSS: no script, no network, so a saved notebook still tells the story.
"""

from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from sim.lab.teaching.captions import caption, tags, topic_names
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


def _say(key: str, lang: str, *args: Any) -> str:
    return TEXT[key][lang == "zh"].format(*args)


def feed(run: Any, viewer: int, lang: str = "en", first: int = 8) -> HTML:
    """One phone with the first cards a viewer was shown, numbered from 1, nothing told of them."""
    check_lang(lang)
    shown = _of(run.events, viewer, run.events["agent"].iloc[0]).head(first)
    return HTML(_phone(shown, lang, 250, 400, 150, told=False))


def beside(run: Any, viewers: list[int], lang: str = "en", last: int = 6) -> HTML:
    """For each viewer a row of phones, one per agent: the last cards, and what was watched."""
    check_lang(lang)
    agents = list(dict.fromkeys(run.events["agent"]))[::-1]
    rows = []
    for number, viewer in enumerate(viewers, 1):
        phones = []
        for agent in agents:
            head = (
                f"<div style='font-weight:600;margin:4px'>{escape(_say('by', lang, agent))}</div>"
            )
            shown = _of(run.events, viewer, agent).tail(last)
            phones.append(f"<div>{head}{_phone(shown, lang, 215, 270, 128)}</div>")
        title = escape(_say("viewer", lang, number))
        rows.append(
            f"<h4 style='margin:12px 0 4px'>{title}</h4>"
            f"<div style='display:flex;flex-wrap:wrap;gap:14px'>{''.join(phones)}</div>"
        )
    return HTML("".join(rows))


def seen_by_all(run: Any, count: int = 3, least: int = 6) -> list[int]:
    """The first viewers who were shown at least `least` videos by every agent."""
    shown = run.events.groupby(["viewer", "agent"], observed=True).size().unstack(fill_value=0)
    return [int(v) for v in shown.index[(shown >= least).all(axis=1)][:count]]


def _of(events: pd.DataFrame, viewer: int, agent: str) -> pd.DataFrame:
    mine = events[(events["viewer"] == viewer) & (events["agent"] == agent)]
    return mine.sort_values(["day", "step", "slot"])


def _phone(shown: pd.DataFrame, lang: str, width: int, height: int, card: int, told=True) -> str:
    words = caption(shown["video"], shown["category"], None, lang)
    marks = tags(shown["video"], shown["category"], None, lang)
    cards = [
        _card(number, row, words[number], marks[number], lang, card, told)
        for number, row in enumerate(shown.itertuples())
    ]
    note = f"<div style='{NOTE}'>{escape(_say('simulated', lang))}</div>"
    return f"<div style='{PHONE.format(width=width, height=height)}'>{note}{''.join(cards)}</div>"


def _card(number: int, row: Any, words: str, marks: list[str], lang: str, height, told) -> str:
    names = topic_names(lang)
    topic = min(int(row.category), len(names) - 1)
    style = CARD.format(height=height, hue=topic * 137 % 360)
    head = f"<small>{number + 1} · {escape(names[topic])}</small>"
    body = f"<b style='margin:6px 0'>{escape(words)}</b><small>{escape(' '.join(marks))}</small>"
    foot = ""
    if told:
        share = min(1.0, row.watch_s / row.duration_s)
        text = _say("watched", lang, row.watch_s, row.duration_s)
        text += " · " + _say("liked", lang) if row.like else ""
        bar = f"<div style='height:4px;width:{100 * share:.0f}%;background:#fff'></div>"
        foot = (
            f"<div style='background:#ffffff55;margin-top:6px'>{bar}</div>"
            f"<small>{escape(text)}</small>"
        )
    return f"<div style='{style}'>{head}{body}{foot}</div>"
