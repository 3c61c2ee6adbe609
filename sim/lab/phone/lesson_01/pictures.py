"""The figures of lesson 1: one message each, in the notebook's language."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab import plots
from sim.lab.drawing.colours import GREY, colour_of
from sim.lab.drawing.labels import placed
from sim.lab.phone.belief import correlated
from sim.lab.phone.following import SWIPES, Followed
from sim.lab.phone.lesson_01.experiment import HOW, Runs, behaved
from sim.lab.phone.timeline import Timeline
from sim.lab.studio.topics import topic_name
from sim.lab.teaching.words import Book

SAYS = Book("lesson_01")
WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
LEARN = ("bayes", "mf", "ncf")
CLEAR = {"fc": "white", "ec": "none", "pad": 0.5}  # no line runs through a number
BLOCK = 20  # swipes in a point of the feed


def _bare(height: float, columns: int = 1, **more: Any) -> tuple[Figure, Any]:
    figure, axes = plt.subplots(1, columns, figsize=(WIDTH, height), layout="constrained", **more)
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, axes


def _word(key: str, lang: str, *args: Any) -> str:
    return SAYS.word("pictures", key, lang, *args)


def _curve(axis: Axes, found: Followed, agent: str, name: str, **style: Any) -> None:
    """The mean over personas, with its 95 % interval over them, and a name at its end."""
    each = found.rows.groupby("swipes")["knows"]
    mean, error = each.mean(), 1.96 * each.sem().fillna(0)
    colour = colour_of(agent)
    sns.lineplot(x=mean.index, y=mean, color=colour, ax=axis, lw=2, **style)
    axis.fill_between(mean.index, mean - error, mean + error, color=colour, alpha=0.12, lw=0)
    axis.annotate(name, (mean.index[-1], mean.iloc[-1]), (5, 0), textcoords="offset points",
                  color=colour, va="center", size=9.5, annotation_clip=False)  # fmt: skip


def _apart(axis: Axes, least: float) -> None:
    """Names at the ends of curves that would lie on each other are moved up and down."""
    names = sorted(axis.texts, key=lambda text: text.xy[1])  # type: ignore[attr-defined]
    wanted = [name.xy[1] for name in names]  # type: ignore[attr-defined]
    for name, spot in zip(names, placed(wanted, least, -np.inf, np.inf), strict=True):
        name.xy = (name.xy[0], spot)  # type: ignore[attr-defined]


def knowing(runs: Runs, lang: str = "en") -> Figure:
    """How well each recommender knows newcomers, by their swipes."""
    plots.use(lang)
    figure, axis = _bare(3.2)
    for agent in LEARN:
        _curve(axis, runs.by[agent], agent, agent)
    _apart(axis, 0.03)
    axis.axvline(SWIPES, color="#888888", ls=":", lw=1.5)
    axis.set(xlabel=_word("swipes", lang), ylabel=_word("knows", lang), ylim=(-0.02, None))
    axis.set_title(_word("knowing", lang))
    axis.set_xlim(0, axis.dataLim.x1)
    sns.despine(ax=axis)
    return figure


def feed(runs: Runs, lang: str = "en") -> Figure:
    """How much of the feed is about favourites, by twenty swipes."""
    plots.use(lang)
    figure, axis = _bare(3.0)
    last = int(runs.by["bayes"].rows["swipes"].max())
    ends = list(range(BLOCK, last + 1, BLOCK))
    for agent, found in runs.by.items():
        shares = [100 * found.share(end - BLOCK + 1, end) for end in ends]
        dash = "--" if agent == "oracle" else "-"
        sns.lineplot(x=ends, y=shares, color=colour_of(agent), marker="o", ls=dash, ax=axis, lw=2)
        axis.annotate(agent, (ends[-1], shares[-1]), (7, 0), textcoords="offset points",
                      color=colour_of(agent), va="center", size=9.5)  # fmt: skip
    _apart(axis, 3.2)
    chance, (left, right) = 100 * runs.chance, axis.get_xlim()
    axis.plot([left, ends[-1]], [chance, chance], color="#888888", ls=":", lw=1.5)  # not the names
    axis.set_xlim(left, right)
    axis.text(ends[-1], chance - 0.6, _word("chance", lang), size=8.5, color="#666666", va="top",
              ha="right")  # fmt: skip
    axis.set(xlabel=_word("swipes", lang), ylabel=_word("favourites", lang), ylim=(0, None))
    axis.set_xticks(ends, [f"{end - BLOCK + 1}-{end}" for end in ends])
    axis.set_title(_word("feed", lang))
    sns.despine(ax=axis)
    return figure


def likes(runs: Runs, lang: str = "en") -> Figure:
    """How well bayes knows newcomers with the whole log, without likes, and from reactions alone;
    a dot a persona."""
    plots.use(lang)
    figure, axis = _bare(2.6)
    found = {"whole": runs.by["bayes"], "no_likes": runs.no_likes, "reactions": runs.reactions}
    _strips(axis, {_word(key, lang): each for key, each in found.items()}, "bayes", lang)
    axis.set_title(_word("likes", lang))
    return figure


def behaviours(runs: Runs, chosen: str, lang: str = "en") -> Figure:
    """The same for personas as they are, and for the same who behave as was chosen."""
    plots.use(lang)
    figure, axis = _bare(2.1)
    names = [HOW[0], chosen] if chosen != HOW[0] else [chosen]
    told = {_word(name.replace(" ", "_"), lang): behaved(runs, name) for name in names}
    _strips(axis, told, "bayes", lang)
    axis.set_title(_word("behaviours", lang))
    return figure


def _strips(axis: Axes, found: dict[str, Followed], agent: str, lang: str) -> None:
    each = {name: one.known(SWIPES) for name, one in found.items()}
    rows = [(name, value) for name, values in each.items() for value in values]
    table = pd.DataFrame(rows, columns=["name", "value"])
    sns.stripplot(table, x="value", y="name", ax=axis, color=colour_of(agent), alpha=0.45, size=4,
                  jitter=0.22)  # fmt: skip
    for place, values in enumerate(each.values()):
        mean = float(np.mean(values))
        axis.plot([mean, mean], [place - 0.34, place + 0.34], color="#1a1a1a", lw=2.5)
        axis.text(mean, place - 0.38, f"{mean:.2f}", ha="center", va="bottom", size=9.5,
                  bbox=CLEAR)  # fmt: skip
    axis.axvline(0, color="#888888", ls=":", lw=1.5)
    axis.set(xlabel=_word("knows_at", lang, SWIPES), ylabel="")
    axis.set_ylim(len(each) - 0.5, -0.72)
    axis.grid(axis="y", visible=False)
    sns.despine(ax=axis, left=True)


def picture(runs: Runs, lang: str = "en") -> Figure:
    """What bayes thinks that one persona wants against what it truly wants, by topic, after few,
    some and all swipes: the one in the middle, than whom half are known better by topic."""
    plots.use(lang)
    found = runs.by["bayes"]
    last = int(found.rows["swipes"].max())
    known = correlated(found.thought[last], found.taste).tolist()
    persona = sorted(range(len(known)), key=known.__getitem__)[len(known) // 2]
    figure, axes = _bare(2.5, 3, sharex=True, sharey=True)
    truth = found.taste[persona]
    middle = SWIPES if last > SWIPES else SWIPES // 2
    for axis, swipes in zip(axes, (5, middle, last), strict=True):
        thought = found.thought[swipes][persona]
        sns.scatterplot(x=truth.numpy(), y=thought.numpy(), ax=axis, color=colour_of("bayes"),
                        s=24, edgecolor="white")  # fmt: skip
        r = float(correlated(thought[None], truth[None])[0])
        axis.set_title(_word("after", lang, swipes) + f"\nr = {r:.2f}", size=9.5)
        axis.axhline(0, color="#bbbbbb", lw=0.8)
        axis.axvline(0, color="#bbbbbb", lw=0.8)
        sns.despine(ax=axis)
    axes[0].set_ylabel(_word("thought", lang).replace(" (", "\n("))  # too long for the height
    figure.supxlabel(_word("truth", lang), size=9.5)
    figure.suptitle(_word("picture", lang), x=0.02, ha="left", size=11)
    return figure


def of_me(one: Timeline, lang: str = "en") -> Figure:
    """What bayes thinks that the learner wants, and how much of each topic was watched."""
    plots.use(lang)
    thought = one.beliefs() or []
    order = sorted(range(len(thought)), key=lambda t: -thought[t])
    some = order[:6] + order[-4:]
    figure, axis = _bare(3.3)
    names = [topic_name(t, lang) for t in some]
    values = [thought[t] for t in some]
    colours = [colour_of("bayes") if value > 0 else GREY for value in values]
    sns.barplot(x=values, y=names, hue=names, palette=colours, ax=axis, legend=False, width=0.65)
    for place, topic in enumerate(some):
        seen = [(c, a) for c, a in one.past if topic in (c.topic, c.topic2)]
        text = _word("never", lang)
        if seen:
            share = sum(min(1.0, a.watch / max(0.1, c.seconds)) for c, a in seen) / len(seen)
            text = _word("watched", lang, len(seen), f"{100 * share:.0f}")
        axis.annotate(text, (max(0.0, values[place]), place), (5, 0), size=8.5,
                      textcoords="offset points", va="center", color="#555555")  # fmt: skip
    low, high = min(0.0, *values), max(0.0, *values)
    axis.set(xlabel=_word("thought", lang), ylabel="", xlim=(low, high + 0.5 * (high - low)))
    axis.axvline(0, color="#888888", lw=1)
    axis.set_title(_word("of_me", lang, one.swipes))
    sns.despine(ax=axis, left=True)
    return figure
