"""The figures of lesson 0 that no report has: one message each, in the notebook's language."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from sim.lab import plots
from sim.lab.drawing.colours import colour_of
from sim.lab.teaching import tables
from sim.lab.teaching.examining import rates_of
from sim.lab.teaching.newcomer import NEXT, Made
from sim.lab.teaching.words import Book
from sim.measure.metrics import measure

LEVERED = ("watch_minutes", "satisfaction", "finish_rate", "like_rate")
SAYS = Book("lesson_00")
WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
LONG = 13  # per cent of its axis that a name of `made` takes


def _bare(height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, Any]:
    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), layout="constrained")
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, axes


def regret(run: Any, lang: str = "en") -> Figure:
    """Regretted videos of 100 shown and of 100 watched past half, under chance and ncf."""
    plots.use(lang)
    agents = ["random", "ncf"]
    rates = {agent: rates_of(*tables.three(run.events, agent)) for agent in agents}
    figure, pair = _bare(2.7, 2)
    for axis, place, key in zip(pair, (0, 1), ("per_shown", "per_watched"), strict=True):
        values = [rates[agent][place] for agent in agents]
        colours = [colour_of(agent) for agent in agents]
        sns.barplot(
            x=agents, y=values, hue=agents, palette=colours, ax=axis, width=0.6, saturation=1
        )
        for bar, value in enumerate(values):
            axis.text(bar, value, f"{value:.1f}", ha="center", va="bottom", size=10)
        axis.set(title=SAYS.word("pictures", key, lang), ylim=(0, 1.2 * max(values)), yticks=[])
        axis.grid(False)
        sns.despine(ax=axis, left=True)
    figure.suptitle(SAYS.word("pictures", "regret", lang), x=0.02, ha="left", size=11)
    return figure


def bubble(run: Any, lang: str = "en") -> Figure:
    """Topic diversity against how much of the feed is about favourites: a dot a recommender, the
    oracle too, which knows everybody."""
    plots.use(lang)
    figure, axis = _bare(3.1)
    agents = tables.agents_of(run)
    seers, names = set(run.summary["privileged"]), []
    points = {a: (100 * tables.level(run, "favourites", a), tables.level(run, "topic_entropy", a))
              for a in agents}  # fmt: skip
    left, right = min(x for x, _ in points.values()), max(x for x, _ in points.values())
    for agent, (x, y) in points.items():
        face = "white" if agent in seers else colour_of(agent)
        sns.scatterplot(x=[x], y=[y], s=90, color=face, edgecolor=colour_of(agent), lw=2, ax=axis)
        name = SAYS.word("pictures", "ceiling", lang) if agent in seers else agent
        names.append(_name(axis, name, x, y, colour_of(agent), x > (left + right) / 2))
    _apart(names)
    axis.set(
        xlabel=SAYS.word("pictures", "favourites", lang), ylabel=SAYS.word("pictures", "bits", lang)
    )
    axis.set_title(SAYS.word("pictures", "bubble", lang))
    axis.margins(x=0.12, y=0.2)
    axis.set_xlim(left=0)
    sns.despine(ax=axis)
    return figure


def _name(axis: Axes, name: str, x: float, y: float, colour: str, before: bool) -> Annotation:
    return axis.annotate(
        name, (x, y), (-9 if before else 9, 0), textcoords="offset points", color=colour,
        ha="right" if before else "left", va="center", size=9.5,
    )  # fmt: skip


def _apart(names: list[Annotation]) -> None:
    """Names that would lie on each other are moved up and down."""
    names = sorted(names, key=lambda name: name.xy[1])
    span = max(1e-9, names[-1].xy[1] - names[0].xy[1])
    for below, above in pairwise(names):
        near = above.xy[1] - below.xy[1] < 0.08 * span
        if near and below.get_horizontalalignment() == above.get_horizontalalignment():
            for name, shift in ((above, 7), (below, -7)):
                name.set_position((name.xyann[0], name.xyann[1] + shift))


def made(found: Mapping[str, Made], topics: list[int], chance: float, swipes: int, lang="en"):
    """How much of the next videos is about what the learner watched, before the swipes and after;
    a line where all videos there are would be."""
    plots.use(lang)
    figure, axis = _bare(0.9 + 0.5 * len(found))
    for place, (agent, what) in enumerate(found.items()):
        old, new = what.share(topics, "before"), what.share(topics)
        colour = colour_of(agent)
        axis.plot([old, new], [place, place], color=colour, lw=2.5)
        sns.scatterplot(x=[old], y=[place], s=70, color="white", edgecolor=colour, lw=2, ax=axis)
        sns.scatterplot(x=[new], y=[place], s=80, color=colour, ax=axis)
        beside = max(old, new) + 3
        if chance - LONG < beside < chance + 2:  # the line would run through it
            beside = chance + 2
        axis.text(beside, place, f"{old:.0f} → {new:.0f}", va="center", size=10)
    axis.axvline(chance, color="#888888", ls=":", lw=1.5)
    axis.text(chance + 1.5, -0.62, SAYS.word("pictures", "chance", lang), size=8.5, color="#666666")
    axis.set_yticks(range(len(found)), list(found))
    axis.set(xlim=(0, 112), ylim=(len(found) - 0.5, -0.9))
    axis.set_xticks(range(0, 101, 20))
    axis.set_xlabel(SAYS.word("pictures", "made_x", lang, NEXT))
    axis.set_title(SAYS.word("pictures", "made", lang, swipes))
    axis.grid(axis="y", visible=False)
    sns.despine(ax=axis, left=True)
    return figure


def lever(runs: Mapping[str, Any], agent: str, lang: str = "en") -> Figure:
    """What one recommender comes to under each objective: a panel a measure, a bar an objective."""
    plots.use(lang)
    figure, axes = _bare(5.0, 2, 2)
    for axis, metric in zip(axes.flat, LEVERED, strict=True):
        words = measure(metric)
        scale = 100 if words.percent else 1
        values = [scale * tables.level(run, metric, agent) for run in runs.values()]
        paid = [SAYS.word("paid", objective, lang) for objective in runs]
        table = pd.DataFrame({"objective": paid, "value": values})
        sns.barplot(
            table,
            x="objective",
            y="value",
            ax=axis,
            color=colour_of(agent),
            width=0.6,
            saturation=1,
        )
        for bar, value in enumerate(values):
            axis.text(bar, value, f"{value:.3g}", ha="center", va="bottom", size=9.5)
        axis.set(xlabel="", ylabel="", ylim=(0, 1.2 * max(values)), yticks=[])
        axis.set_title("\n".join(words.label(lang).split(" (")).rstrip(")"), size=9)
        axis.grid(False)
        sns.despine(ax=axis, left=True)
    figure.suptitle(SAYS.word("pictures", "lever", lang, agent), x=0.02, ha="left", size=11)
    return figure
