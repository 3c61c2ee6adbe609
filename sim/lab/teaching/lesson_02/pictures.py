"""The figures of lesson 2: who gets the impressions, one video's fates, and what luck made."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.lab import plots
from sim.lab.drawing.colours import colour_of
from sim.lab.teaching.captions import topic_names
from sim.lab.teaching.lesson_02.betting import SAYS, top_share
from sim.lab.teaching.lesson_02.variance import bounds, luck, times
from sim.lab.teaching.lesson_02.worlds import Fates
from sim.measure import exposure

WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
PARTS = {"worth": "#009E73", "rest": "#A6D8C6", "dice": "#C9C9C9", "snowball": "#E69F00"}
NAMED = 9  # per cent: a part narrower than this has no room for its number


def _bare(height: float, columns: int = 1, **more) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        1, columns, figsize=(WIDTH, height), layout="constrained", squeeze=False, **more
    )
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, list(axes[0])


def lorenz(found: Fates, lang: str = "en") -> Figure:
    """Share of impressions against share of videos: a thin line a world, a thick one their mean."""
    plots.use(lang)
    figure, (axis,) = _bare(3.7)
    axis.plot([0, 100], [0, 100], color="#999999", lw=1, ls=":")
    x = np.linspace(0, 100, len(found.video) + 1)
    order = sorted(found.agents, key=lambda agent: -top_share(found, agent))
    for place, agent in enumerate(order):
        curves = 100 * torch.stack([exposure.lorenz(row) for row in found.views[agent]]).numpy()
        for curve in curves:
            axis.plot(x, curve, color=colour_of(agent), lw=0.6, alpha=0.25)
        axis.plot(x, curves.mean(0), color=colour_of(agent), lw=2.4)
        text = SAYS.word("pictures", "top", lang, agent, top_share(found, agent))
        axis.text(4, 84 - 8 * place, text, color=colour_of(agent), size=10)
    axis.text(4, 92, SAYS.word("pictures", "tops", lang), size=9.5, color="#444444")
    axis.set(xlim=(0, 100), ylim=(0, 100))
    axis.set(xlabel=SAYS.word("pictures", "videos", lang))
    axis.set(ylabel=SAYS.word("pictures", "share", lang))
    axis.set_title(SAYS.word("pictures", "lorenz", lang, found.worlds))
    sns.despine(ax=axis)
    return figure


def one(found: Fates, place: int, lang: str = "en") -> Figure:
    """What one video came to in every world, a dot each, under each recommender."""
    plots.use(lang)
    figure, (axis,) = _bare(0.95 + 0.62 * len(found.agents))
    views = {agent: found.views[agent][:, place].numpy() for agent in found.agents}
    table = pd.DataFrame(views).clip(lower=1).melt(var_name="agent", value_name="views")
    colours = {agent: colour_of(agent) for agent in found.agents}
    sns.stripplot(
        table, x="views", y="agent", hue="agent", palette=colours, jitter=0.24, size=6, alpha=0.75,
        linewidth=0, legend=False, ax=axis,
    )  # fmt: skip
    axis.set_xscale("log", base=2)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    for row, each in enumerate(views.values()):
        text = SAYS.word("pictures", "between", lang, int(each.min()), int(each.max()))
        axis.text(1.02, row, text, transform=axis.get_yaxis_transform(), va="center", size=9)
    topic = topic_names(lang)[int(found.topic[place])]
    better = 100 * float((found.quality < found.quality[place]).double().mean())
    axis.set_title(SAYS.word("pictures", "one", lang, topic, better, found.worlds))
    axis.set(xlabel=SAYS.word("pictures", "impressions", lang, found.days), ylabel="")
    axis.grid(axis="y", visible=False)
    sns.despine(ax=axis, left=True)
    return figure


def shares(found: Fates, lang: str = "en", head: str = "shares") -> Figure:
    """Where differences in success come from: a bar a recommender, in four parts."""
    plots.use(lang)
    figure, (axis,) = _bare(1.5 + 0.72 * len(found.agents))
    for row, agent in enumerate(found.agents):
        _bar(axis, found, agent, row, lang)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in PARTS.values()]
    names = [SAYS.word("pictures", part, lang) for part in PARTS]
    figure.legend(handles, names, ncols=2, frameon=False, fontsize=8.5, handlelength=1,
                  loc="outside lower center")  # fmt: skip
    axis.set(xlim=(0, 100), ylim=(len(found.agents) - 0.45, -0.75))
    axis.set_yticks(range(len(found.agents)), found.agents)
    axis.set_xlabel(SAYS.word("pictures", "variance", lang))
    axis.set_title(SAYS.word("pictures", head, lang, found.worlds))
    axis.grid(False)
    sns.despine(ax=axis, left=True)
    return figure


def _bar(axis: Axes, found: Fates, agent: str, row: int, lang: str) -> None:
    parts, left = luck(found, agent), 0.0
    for part, colour in PARTS.items():
        wide = getattr(parts, part)
        axis.barh(row, wide, left=left, color=colour, height=0.5)
        if wide >= NAMED:
            axis.text(left + wide / 2, row, f"{wide:.0f}", ha="center", va="center", size=9.5)
        left += wide
    low, high = bounds(found, agent)
    text = SAYS.word("pictures", "luck", lang, parts.luck, low, high, times(found, agent))
    axis.text(0, row - 0.36, text, size=8.8, color="#333333", va="bottom")


def quality(found: Fates, lang: str = "en") -> Figure:
    """Where each video ends against how good it is: the median over worlds, and the middle eight
    tenths of them as a line."""
    plots.use(lang)
    figure, axes = _bare(2.6, len(found.agents), sharey=True)
    good = 100 * found.quality.argsort().argsort() / (len(found.quality) - 1)
    for axis, agent in zip(axes, found.agents, strict=True):
        ends = found.rank(agent)
        low, mid, high = torch.quantile(ends, torch.tensor([0.1, 0.5, 0.9]).double(), dim=0)
        axis.vlines(good, low, high, color=colour_of(agent), lw=1, alpha=0.35)
        sns.scatterplot(x=good, y=mid, s=16, color=colour_of(agent), linewidth=0, ax=axis)
        axis.set_title(agent, color=colour_of(agent), size=10)
        axis.set(
            xlabel="", xlim=(-4, 104), ylim=(-4, 104), xticks=[0, 50, 100], yticks=[0, 50, 100]
        )
        axis.set_aspect("equal")
        sns.despine(ax=axis)
    axes[0].set_ylabel(SAYS.word("pictures", "ends", lang))
    figure.supxlabel(SAYS.word("pictures", "good", lang), size=9.5)
    figure.suptitle(SAYS.word("pictures", "quality", lang), x=0.02, ha="left", size=11)
    return figure
