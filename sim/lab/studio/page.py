"""The page of a creator's studio: the answer, the numbers, and the figures that creators know."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.lab.pages import render
from sim.lab.screen.tables import Table
from sim.lab.studio import charts, words
from sim.lab.studio.charts import GREY, Line
from sim.lab.studio.lives import Life
from sim.lab.studio.topics import topic_name
from sim.lab.studio.words import say
from sim.measure.metrics import measure
from sim.seats.creator.standing import BRAND
from sim.world.state import SOURCES, STREAMS

LEAST = 20  # impressions of a post, from which a retention curve is one
SMOOTH = 7  # days


def html(
    lives: Sequence[Life],
    base: Life | None,
    table: Table,
    about: dict[str, Any],
    how: Sequence[tuple[str, str, bool]],
    limits: Sequence[str],
    lang: str = "en",
) -> str:
    """`lives` are those asked about, of one seed; the first is drawn, beside `base`."""
    life = lives[0]
    return render(
        "studio.html",
        lang,
        title=say("title", lang, **about),
        answer=answer(life, base, lang),
        table=table,
        cards=[card for card in _cards(life, base, lang) if card],
        heads={name: say(name, lang) for name in ("overview", "how", "limits")},
        how=how,
        limits=limits,
    )


def answer(life: Life, base: Life | None, lang: str) -> str:
    """One sentence: what became of the account."""
    values = {
        "agent": life.label, "days": life.days, "first": _first(life),
        "last": f"{life.followers[-1]:,.0f}", "shown": f"{life.of('impressions').mean():,.0f}",
    }  # fmt: skip
    if base is None:
        told = say("answer_alone", lang, **values)
    else:
        shown = f"{base.of('impressions').mean():,.0f}"
        other = {"base": base.label, "other": f"{base.followers[-1]:,.0f}", "less": shown}
        told = say("answer", lang, **values, **other)
    return told + (say(life.ended, lang, day=life.days) if life.ended else "")


def _first(life: Life) -> str:
    before = life.followers[0] - life.of("gained")[0] + life.of("lost")[0]
    return f"{before:,.0f}"


def _cards(life: Life, base: Life | None, lang: str) -> list[dict[str, str]]:
    other = base.label if base else ""
    drawn = {
        "growth": _growth(life, base),
        "reach": _reach(life, lang),
        "retention": _retention(life, lang),
        "income": _income(life, lang),
        "audience": _audience(life, base, lang),
        "brand": _brand(life, lang),
        "energy": _energy(life, lang),
    }
    return [
        {"title": say(key, lang), "picture": picture,
         "text": say(f"{key}_more", lang, base=other, least=LEAST)}
        for key, picture in drawn.items()
    ]  # fmt: skip


def _growth(life: Life, base: Life | None) -> str:
    colours = charts.inks([each.label for each in (life, base) if each])
    told = [Line(life.label, life.followers.tolist(), colours[life.label])]
    if base is not None:
        told.append(Line(base.label, base.followers.tolist(), colours[base.label], dashed=True))
    return charts.lines(told)


def _reach(life: Life, lang: str) -> str:
    names = [words.word(words.SOURCES, name, lang) for name in SOURCES]
    return charts.areas(names, smooth(life.sources))


def _retention(life: Life, lang: str) -> str:
    """Of the posts that enough people were shown, the one most and the one least finished."""
    posts = [post for post in life.videos if post["impressions"] >= LEAST]
    if not posts:
        posts = [post for post in life.videos if post["impressions"] > 0]
    if not posts:
        return ""
    ranked = sorted(posts, key=lambda post: post["finishes"] / post["impressions"])
    told = [_curve("best", ranked[-1], charts.COLOURS[2], lang)]
    if len(ranked) > 1:
        told.append(_curve("worst", ranked[0], charts.COLOURS[1], lang))
    across = [100 * k / 10 for k in range(11)]
    return charts.lines(told, across, top=100, unit="%", across=say("of_video", lang))


def _curve(key: str, post: dict[str, Any], colour: str, lang: str) -> Line:
    finish = f"{100 * post['finishes'] / post['impressions']:.0f}%"
    form = words.word(words.FORMATS, post["format"], lang)
    what = f"{topic_name(post['topic'], lang)}, {form}, {post['duration']:.0f} s"
    if lang == "zh":
        what = f"{topic_name(post['topic'], lang)}·{form}·{post['duration']:.0f} 秒"
    name = say(key, lang, what=what, finish=finish)
    return Line(name, [100.0, *(100 * x for x in post["retention"])], colour)


def _income(life: Life, lang: str) -> str:
    if not life.income.sum() > 0:
        return f"<p>{say('no_income', lang)}</p>"
    names = [words.word(words.STREAMS, name, lang) for name in STREAMS]
    return charts.areas(names, smooth(life.income))


def _audience(life: Life, base: Life | None, lang: str) -> str:
    mine, theirs = shares(life), shares(base) if base else None
    rows = []
    for i, name in enumerate(words.AUDIENCE):
        other = None if theirs is None else float(theirs[i])
        rows.append((name[lang == "zh"], float(mine[i]), other))
    return charts.bars(rows)


def shares(life: Life) -> np.ndarray:
    """Each public group's share of all impressions."""
    return life.audience.sum(0) / max(1.0, life.sources.sum())


def _brand(life: Life, lang: str) -> str:
    if not life.brand.any():
        return f"<p>{say('no_brand', lang)}</p>"
    told = [
        Line(measure(name).name(lang), life.brand[:, i].tolist(), charts.COLOURS[i])
        for i, name in enumerate(BRAND)
    ]
    whole = measure("brand_equity").name(lang)
    return charts.lines([*told, Line(whole, life.brand_equity.tolist(), GREY, dashed=True)])


def _energy(life: Life, lang: str) -> str:
    told = [
        Line(say("energy_line", lang), life.energy.tolist(), charts.COLOURS[2]),
        Line(say("hours_line", lang), (life.hours / 24).tolist(), charts.COLOURS[4]),
    ]
    return charts.lines(told, top=1.0)


def smooth(table: np.ndarray) -> np.ndarray:
    """Means of the days so far, a week at most; (days, n)."""
    total = np.cumsum(np.vstack([np.zeros_like(table[:1]), table]), axis=0)
    first = np.maximum(np.arange(1, len(total)) - SMOOTH, 0)
    days = np.arange(1, len(total)) - first
    return (total[1:] - total[first]) / days[:, None]
