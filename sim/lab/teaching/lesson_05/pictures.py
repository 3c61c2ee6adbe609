"""The figures of lesson 5: alike with oneself and with strangers, whose share, and ways out."""

from collections.abc import Mapping
from statistics import fmean

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from sim.lab import plots
from sim.lab.drawing.beside import Dot, name_dots
from sim.lab.drawing.colours import colour_of
from sim.lab.teaching.lesson_05.lives import CAUSES
from sim.lab.teaching.lesson_05.shares import SAYS, Blame, Kin

WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
COLOURS = {"self": "#009E73", "algorithm": "#0072B2", "supply": "#E69F00", "all": "#333333"}
ALONG = 200  # points along a line that no name may lie on
WAYS = {"on": "#CC79A7", "forget": "#7A5BC7", "popular": "#E69F00", "random": "#6b6b6b"}


def _bare(height: float):
    figure, axis = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, axis


def kin(found: Mapping[tuple[str, str], Kin], lang: str = "en") -> Figure:
    """Pairs of one viewer against pairs of two, a dot a recommender: above the line is a bubble."""
    plots.use(lang)
    figure, axis = _bare(3.9)
    most = 1.15 * max(max(one.mine) for one in found.values())
    axis.plot([0, most], [0, most], color="#999999", lw=1, ls=":")
    said = axis.text(0.9 * most, 0.98 * most, SAYS.word("pictures", "line", lang), size=8.5,
                     ha="right", va="top", color="#666666")  # fmt: skip
    dots, marks = [], [(x, x) for x in np.linspace(0, most, ALONG).tolist()]
    for (agent, feedback), one in found.items():
        if feedback != "slight":
            continue
        x, y, colour = fmean(one.ours), fmean(one.mine), colour_of(agent)
        sns.scatterplot(x=one.ours, y=one.mine, s=22, color=colour, alpha=0.5, ax=axis)
        sns.scatterplot(x=[x], y=[y], s=110, color=colour, ax=axis)
        dots.append(Dot(x, y, agent, colour))
        marks += [(x, y), *zip(one.ours, one.mine, strict=True)]
    axis.set(xlim=(0, most), ylim=(0, most), xlabel=SAYS.word("pictures", "ours", lang),
             ylabel=SAYS.word("pictures", "mine", lang))  # fmt: skip
    axis.set_title(SAYS.word("pictures", "kin", lang))
    sns.despine(ax=axis)
    figure.draw_without_rendering()  # a text has its box only then
    name_dots(figure, axis, dots, np.array(marks), [said.get_window_extent()])
    return figure


def blamed(found: Blame, lang: str = "en") -> Figure:
    """Each cause's share of the bubble: a bar, its 95 % interval, a dot a seed."""
    plots.use(lang)
    figure, axis = _bare(3.7)
    rows = [*CAUSES, "all"]
    for row, cause in enumerate(rows):
        share, colour = found.shares[cause], COLOURS[cause]
        axis.barh(row, share["mean"], height=0.55, color=colour, alpha=0.85)
        if share["ci95"] is not None and None not in share["ci95"]:
            axis.plot(share["ci95"], [row, row], color="#222222", lw=1.4)
        axis.scatter(share["by_seed"], [row + 0.38] * len(share["by_seed"]), s=14, color=colour)
        axis.text(0, row - 0.32, f"{SAYS.word('causes', cause, lang)}: {share['mean']:.1f}", size=9,
                  va="bottom")  # fmt: skip
    axis.axvline(0, color="#888888", lw=1)
    axis.set(ylim=(len(rows) - 0.4, -0.75), yticks=[], xlabel=SAYS.word("pictures", "bubble", lang))
    axis.set_title(SAYS.word("pictures", "blamed", lang, len(found.shares["all"]["by_seed"])))
    axis.grid(axis="y", visible=False)
    sns.despine(ax=axis, left=True)
    return figure


def out(found: Mapping[str, list[float]], lang: str = "en") -> Figure:
    """The bubble of each three days under each way: before the clone, just after, later."""
    plots.use(lang)
    figure, axis = _bare(3.0)
    for way, values in found.items():
        axis.plot([0, 1, 2], values, color=WAYS[way], lw=2.2, marker="o", ms=6)
        above = values[-1] >= max(each[-1] for each in found.values())
        axis.annotate(SAYS.word("ways", way, lang), (2, values[-1]), (9, 5 if above else -5),
                      textcoords="offset points", va="center", size=9.5,
                      color=WAYS[way])  # fmt: skip
    axis.axvline(0.5, color="#888888", ls=":", lw=1.2)
    axis.axhline(0, color="#888888", lw=0.8)
    names = [SAYS.word("pictures", key, lang) for key in ("was", "soon", "later")]
    axis.set_xticks([0, 1, 2], names)
    axis.set(xlim=(-0.2, 2.9), ylabel=SAYS.word("pictures", "gap", lang))
    axis.set_title(SAYS.word("pictures", "out", lang))
    axis.grid(axis="x", visible=False)
    sns.despine(ax=axis)
    return figure
