"""The figures of lesson 9: one message each, in the notebook's language."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab import plots
from sim.lab.drawing.beside import Dot, Points, name_dots
from sim.lab.teaching.words import Book

SAYS = Book("lesson_09")
WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
INK, BLUE, ORANGE = "#444444", "#0072b2", "#d55e00"  # of a palette for the colour-blind
AXES = ["wrongful", "harmful_views"]
ALONG = 200  # points along each piece of a line that no name may lie on


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
    means = found.groupby("policy", sort=False)[AXES].mean()
    axis.plot(means["wrongful"], means["harmful_views"], "-o", color=INK, lw=1, ms=5, zorder=1)
    dots = [Dot(x, y, names[policy], INK) for policy, (x, y) in means.iterrows()]
    shown = [found] if yours is None else [found, yours]
    for worlds, colour in zip(shown, (INK, ORANGE), strict=False):
        _dots(axis, worlds, colour)
    if yours is not None:
        x, y = yours[AXES].mean()
        axis.plot([x], [y], "D", color=ORANGE, ms=8)
        dots.append(Dot(x, y, SAYS.word("pictures", "yours", lang), ORANGE))
    axis.set(
        xlabel=SAYS.word("pictures", "wrongful", lang),
        ylabel=SAYS.word("pictures", "harmful", lang),
    )
    axis.margins(x=0.15, y=0.12)
    axis.set_ylim(bottom=0)
    _signed(figure, axis, "frontier", lang)
    worlds_dots = [each[AXES].to_numpy() for each in shown]
    name_dots(figure, axis, dots, np.concatenate([_along(means.to_numpy()), *worlds_dots]))
    return figure


def _along(corners: Points) -> Points:
    """Points along the line that joins these, close enough that no name fits between two."""
    at = np.linspace(0, len(corners) - 1, ALONG * (len(corners) - 1) + 1)
    nth = np.arange(len(corners))
    return np.column_stack([np.interp(at, nth, each) for each in corners.T])


def _dots(axis: Axes, found: pd.DataFrame, colour: str) -> None:
    sns.scatterplot(
        x=found["wrongful"], y=found["harmful_views"], s=16, color=colour, alpha=0.5, ax=axis
    )


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
