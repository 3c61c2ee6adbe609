"""The figures of lesson 9: one message each, in the notebook's language."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from sim.lab import plots
from sim.lab.teaching.words import Book

SAYS = Book("lesson_09")
WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
INK, BLUE, ORANGE = "#444444", "#0072b2", "#d55e00"  # of a palette for the colour-blind


def _bare(height: float) -> tuple[Figure, Axes]:
    figure, axis = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, axis


def frontier(
    found: pd.DataFrame,
    names: Mapping[str, str],
    lang: str = "en",
    yours: pd.DataFrame | None = None,
) -> Figure:
    """Harmful views against wrongful removals: a line's worlds as small dots, their mean named."""
    plots.use(lang)
    figure, axis = _bare(3.6)
    means = found.groupby("policy", sort=False)[["wrongful", "harmful_views"]].mean()
    axis.plot(means["wrongful"], means["harmful_views"], color=INK, lw=1, zorder=1)
    _dots(axis, found, INK)
    for policy, (x, y) in zip(means.index, means.to_numpy(), strict=True):
        _named(axis, names[policy], x, y, INK)
    if yours is not None:
        _dots(axis, yours, ORANGE)
        x, y = yours[["wrongful", "harmful_views"]].mean()
        axis.plot([x], [y], "D", color=ORANGE, ms=8)
        _named(axis, SAYS.word("pictures", "yours", lang), x, y, ORANGE, (10, 16))
    axis.set(
        xlabel=SAYS.word("pictures", "wrongful", lang),
        ylabel=SAYS.word("pictures", "harmful", lang),
    )
    axis.margins(x=0.15, y=0.12)
    axis.set_ylim(bottom=0)
    return _signed(figure, axis, "frontier", lang)


def _dots(axis: Axes, found: pd.DataFrame, colour: str) -> None:
    sns.scatterplot(
        x=found["wrongful"], y=found["harmful_views"], s=16, color=colour, alpha=0.5, ax=axis
    )


def _named(axis: Axes, name: str, x: float, y: float, colour: str, off=(6, 4)) -> None:
    axis.plot([x], [y], "o", color=colour, ms=5)
    label = axis.annotate(name, (x, y), off, textcoords="offset points", color=colour, size=9)
    label.set_path_effects([withStroke(linewidth=3, foreground="white")])  # over worlds' dots


def hours(found: pd.DataFrame, lang: str = "en") -> Figure:
    """What is left of harmful views where people alone act, by their hours; each line is a world,
    and the age of the queue stands under the hours."""
    plots.use(lang)
    figure, axis = _bare(3.0)
    wide = found.pivot(index="policy", columns="seed", values="harmful_views")
    wide = wide.loc[list(dict.fromkeys(found["policy"]))]
    axis.plot(wide.to_numpy(), "-o", color=INK, alpha=0.4, ms=4, lw=1)
    axis.plot(wide.mean(axis=1).to_numpy(), "-o", color=BLUE, lw=2.5, ms=7)
    ages = found.groupby("policy", sort=False)["queue_age"].mean()
    marks = [f"{h}\n{SAYS.word('pictures', 'aged', lang, age)}" for h, age in ages.items()]
    axis.set_xticks(range(len(marks)), marks)
    axis.set(
        xlabel=SAYS.word("pictures", "staff", lang), ylabel=SAYS.word("pictures", "harmful", lang)
    )
    axis.set_ylim(bottom=0)
    return _signed(figure, axis, "hours", lang)


def weeks(moving: pd.DataFrame, still: pd.DataFrame, lang: str = "en") -> Figure:
    """What a fixed line catches, week by week, with makers who adapt and with makers who do not."""
    plots.use(lang)
    figure, axis = _bare(3.0)
    for found, key, colour in ((still, "still", INK), (moving, "moves", ORANGE)):
        means = found.groupby("week")["caught"].mean()
        sns.scatterplot(x=found["week"], y=found["caught"], s=16, color=colour, alpha=0.5, ax=axis)
        axis.plot(means.index, means, color=colour, lw=2)
        axis.annotate(
            SAYS.word("pictures", key, lang), (means.index[-1], means.iloc[-1]), (8, 0),
            textcoords="offset points", color=colour, va="center", size=9,
        )  # fmt: skip
    last = int(moving["week"].max())
    axis.set(
        xlabel=SAYS.word("pictures", "week", lang), ylabel=SAYS.word("pictures", "caught", lang),
        xticks=range(1, last + 1), ylim=(0, 105),
    )  # fmt: skip
    axis.set_xlim(0.8, last + 0.45 * last)
    return _signed(figure, axis, "weeks", lang)


def _signed(figure: Figure, axis: Axes, title: str, lang: str) -> Figure:
    axis.set_title(SAYS.word("pictures", title, lang), loc="left", size=11)
    axis.text(
        1, 1.02, SAYS.word("pictures", "seed", lang), ha="right", size=8, color="#777777",
        transform=axis.transAxes,
    )  # fmt: skip
    sns.despine(ax=axis)
    return figure


def names(lines: Mapping[str, float], lang: str = "en") -> dict[str, str]:
    """What a frontier calls its policies: none, or the line."""
    return {
        name: SAYS.word("pictures", *(("none", lang) if line >= 1 else ("line", lang, name)))
        for name, line in lines.items()
    }
