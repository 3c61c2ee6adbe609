"""How levels are drawn: lines over days, and shares of creators by their size."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import FEW, Data, note
from sim.lab.drawing.canvas import axes as bare
from sim.lab.drawing.labels import End, name_ends
from sim.measure.metrics import measure


def over_days(*metrics: str) -> Callable[[Data], Figure]:
    """A drawer of one panel per metric, a line per agent, a band over seeds."""

    def drawer(data: Data) -> Figure:
        each = data.room(3.1 if len(metrics) == 1 else 2.4)
        figure, axes = bare(len(metrics), len(metrics) * each)
        ends = [_lines(axis, data, metric) for axis, metric in zip(axes, metrics, strict=True)]
        axes[-1].set_xlabel(data.text("day"))
        axes[-1].xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
        note(figure, data.said_of_seeds)
        name_ends(figure, list(zip(axes, ends, strict=True)))
        return figure

    return drawer


def _lines(axis: Axes, data: Data, metric: str) -> list[End]:
    """A line for each agent; returns where they end."""
    words = measure(metric)
    scale = 100 if words.percent else 1
    rows = data.metrics.query("metric == @metric and group == 'all'")
    ends, means = [], []
    for agent in data.agents:
        table = rows[rows["agent"] == agent].pivot(index="day", columns="seed", values="value")
        table.index += 1  # people count days from 1
        bands = [numbers.interval(day, metric) for day in table.to_numpy()]
        mean = [scale * b.mean for b in bands]
        style = data.style(agent)
        axis.plot(table.index, mean, lw=2, marker="o" if len(mean) == 1 else None, **style)
        if 1 < table.shape[1] < FEW:
            axis.plot(table.index, scale * table, lw=0.7, alpha=0.6, **style)
        elif bands and bands[0].lo is not None:
            lo = [np.nan if b.lo is None else scale * b.lo for b in bands]
            hi = [np.nan if b.hi is None else scale * b.hi for b in bands]
            axis.fill_between(table.index, lo, hi, color=style["color"], alpha=0.15, lw=0)
        if len(mean) and np.isfinite(mean[-1]):
            means.append(pd.Series(mean, table.index))
            ends.append(End(table.index[-1], mean[-1], data.label(agent), style["color"]))
    if len(data.agents) == len(means) == 2:
        both = pd.concat(means, axis=1).dropna()
        axis.fill_between(both.index, both[0], both[1], color="#7a7a7a", alpha=0.14, lw=0)
    axis.set_title(words.label(data.lang))
    axis.grid(axis="x", visible=False)
    axis.margins(y=0.12)
    return ends


def reach(data: Data) -> Figure:
    """Share of views to the largest tenth of creators, to the rest, and to newcomers."""
    figure, (axis,) = bare(1, max(3.1, 1 + 0.55 * len(data.agents)))
    rows = [
        ("large", "exposure_share", "creator:large"),
        ("small", "exposure_share", "creator:small"),
        ("new", "newcomer_share", "all"),
    ]
    step = min(0.2, 0.8 / len(data.agents))
    for place, (_, metric, group) in enumerate(rows):
        each = numbers.levels(data.metrics[data.metrics["metric"] == metric], group)
        for k, agent in enumerate(a for a in data.agents if (metric, a) in each):
            y = place + (k - (len(data.agents) - 1) / 2) * step
            _dot(axis, data, agent, metric, each[metric, agent].dropna(), y)
            if place == 0:
                axis.annotate(
                    data.label(agent),
                    (1, y),
                    (5, 0),
                    xycoords=axis.get_yaxis_transform(),
                    textcoords="offset points",
                    color=data.style(agent)["color"],
                    va="center",
                    size=9.5,
                )
    axis.set_yticks(range(len(rows)), [data.text(r[0]) for r in rows])
    axis.invert_yaxis()
    axis.set(xlim=(0, 100), xlabel=data.text("share") + " (%)", title=data.text("reach"))
    if data.seeds > 1:
        note(figure, data.said_of_dots)
    return figure


def _dot(axis: Axes, data: Data, agent: str, metric: str, each: pd.Series, y: float) -> None:
    """The mean, with its interval or, of few seeds, each of them."""
    colour, x = data.style(agent)["color"], numbers.interval(each, metric)
    face = "white" if agent in data.privileged else colour
    if 1 < len(each) < FEW:
        axis.plot(100 * each, [y] * len(each), "o", color=colour, mfc=face, ms=3, alpha=0.6)
    elif x.lo is not None and x.hi is not None:
        axis.plot([100 * x.lo, 100 * x.hi], [y, y], color=colour, lw=2, solid_capstyle="butt")
    axis.plot(100 * x.mean, y, "o", color=colour, mfc=face, ms=6)
