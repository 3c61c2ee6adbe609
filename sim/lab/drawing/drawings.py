"""How levels and shares are drawn: lines over days, who gets the views, how much is watched."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import FEW, WIDTH, Data, note
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


def lorenz(data: Data) -> Figure:
    """Share of views against share of videos, and of creators, least shown first."""
    assert data.events is not None
    figure, pair = plt.subplots(1, 2, figsize=(WIDTH + 0.6, 3.2), sharey=True, layout="constrained")
    plt.close(figure)
    for axis, holder in zip(pair, ("video", "creator"), strict=True):
        axis.plot([0, 100], [0, 100], color="#999999", lw=1, ls=":")
        curves = numbers.lorenz(data.events, holder)
        lines = []
        for agent in (a for a in data.agents if a in curves):
            curve = 100 * curves[agent]
            axis.plot(np.arange(101), curve, lw=2, **data.style(agent))
            lines.append((agent, 1 - curve[90] / 100))
        _tops(axis, data, sorted(lines, key=lambda x: -x[1]))
        axis.set(xlim=(0, 100), ylim=(0, 100), xlabel=data.text(holder) + " (%)")
        axis.set_aspect("equal")
        axis.spines[["top", "right"]].set_visible(False)
    pair[0].set_ylabel(data.text("share") + " (%)")
    figure.suptitle(data.text("lorenz"), x=0.02, ha="left", size=11)
    return figure


def _tops(axis: Axes, data: Data, lines: list[tuple[str, float]]) -> None:
    """What each agent's top tenth gets, in the corner above the diagonal."""
    few = len(lines) <= 3
    step = 8 if few else min(7, 60 / len(lines))
    if not few:
        axis.text(3, 97, data.text("tops"), size=8, va="top", color="#444444")
    for place, (agent, top) in enumerate(lines):
        key, y = ("top", 96) if few else ("top_of", 90)
        text = data.text(key, data.label(agent), top).replace("%", " %", data.lang == "en")
        colour = data.style(agent)["color"]
        axis.text(3, y - step * place, text, color=colour, size=8.5 if few else step + 1, va="top")


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
        found = numbers.means(data.metrics, metric, group)
        for k, agent in enumerate(a for a in data.agents if a in found):
            y = place + (k - (len(data.agents) - 1) / 2) * step
            _dot(axis, data, agent, found[agent], y, 100)
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
    return figure


def _dot(axis: Axes, data: Data, agent: str, x: numbers.Interval, y: float, scale: float) -> None:
    colour = data.style(agent)["color"]
    if x.lo is not None and x.hi is not None:
        axis.plot([scale * x.lo, scale * x.hi], [y, y], color=colour, lw=2, solid_capstyle="butt")
    face = "white" if agent in data.privileged else colour
    axis.plot(scale * x.mean, y, "o", color=colour, mfc=face, ms=6)


def watch_ratio(data: Data) -> Figure:
    """A histogram of watch time over duration: skipped, watched, watched again."""
    assert data.events is not None
    figure, (axis,) = bare(1, 3.1)
    edges = np.linspace(0, 2, 21)
    ends = []
    for agent in data.agents:
        shown = data.events[data.events["agent"] == agent]
        if shown.empty:
            continue
        ratio = (shown["watch_s"] / shown["duration_s"]).clip(0, 1.999)
        share = 100 * np.histogram(ratio, edges)[0] / len(ratio)
        axis.stairs(share, edges, lw=2, **data.style(agent))
        ends.append((100 * float((ratio < 0.1).mean()), agent))
    for place, (_, agent) in enumerate(sorted(ends, reverse=True)):
        axis.text(
            0.98,
            0.93 - 0.09 * place,
            data.label(agent),
            color=data.style(agent)["color"],
            transform=axis.transAxes,
            ha="right",
            size=9.5,
        )
    axis.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2+"])
    axis.set(xlim=(0, 2), xlabel=data.text("ratio_x"), ylabel=data.text("ratio_y"))
    axis.set(title=data.text("ratio"), ylim=(0, None))
    return figure
