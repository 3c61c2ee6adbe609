"""The forest: what an agent changed against the baseline, and what got worse."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import FEW, Data
from sim.lab.drawing.canvas import axes as bare
from sim.lab.drawing.colours import GREY
from sim.measure.metrics import FIRST, measure, ordered

EDGE = 105.0  # per cent; what lies beyond is an arrow, its number beside it
VERDICTS = {  # the shapes are those of stats.SIGNS
    "better": ("#0072B2", "o"),
    "worse": ("#C1272D", "s"),
    "changed": ("#B87900", "^"),
    "unsure": (GREY, "D"),
}


@dataclass(frozen=True)
class Change:
    """What one agent changed in one measure."""

    metric: str
    agent: str  # as it is written; empty where there is only one
    mean: numbers.Interval
    each: pd.Series  # by seed
    scale: float  # to per cent of the baseline's level


def difference(data: Data) -> Figure:
    """A forest of paired differences, relative to the baseline's level; the worse in red: the main
    measures, and whatever else got worse under anybody."""
    baseline = data.baseline
    if baseline is None:
        raise ValueError("a difference takes two agents; got one. Give the run a baseline.")
    level = numbers.levels(data.metrics)
    agents = [a for a in data.agents if a != baseline]
    found = {a: _changes(data, a, baseline) for a in agents}
    names = [m for m in ordered(m for a in agents for m in found[a]) if _shown(m, found)]
    figure, (axis,) = bare(1, 1.5 + 0.3 * len(names) * max(1, 0.75 * len(agents)))
    axis.axvline(0, color="#444444", lw=1)
    step = 0.8 / max(2, len(agents))
    for place, metric in enumerate(names):
        base = abs(float(level[metric, baseline].mean()))
        for k, agent in enumerate(a for a in agents if metric in found[a] and base > 0):
            y = place + (k - (len(agents) - 1) / 2) * step
            name = data.label(agent) if len(agents) > 1 else ""
            each = (level[metric, agent] - level[metric, baseline]).dropna()
            change = Change(metric, name, found[agent][metric], each, 100 / base)
            _draw(axis, change, data.lang, y)
    axis.set_yticks(range(len(names)), [measure(m).name(data.lang) for m in names])
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.grid(axis="y", visible=False)
    axis.xaxis.set_major_formatter(FuncFormatter(_signed))
    axis.set(xlim=(-EDGE, EDGE), xlabel=data.text("difference", baseline))
    axis.set_title(data.text("forest"))
    _verdicts(figure, axis, data)
    return figure


def _changes(data: Data, agent: str, baseline: str) -> dict[str, numbers.Interval]:
    """As the summary tells them, where it does: it has intervals over viewers."""
    told = data.changes.get(agent)
    if not told:
        return numbers.differences(data.metrics, agent, baseline)
    return {m: numbers.read(row) for m, row in told.items() if row["mean"] is not None}


def _shown(metric: str, found: dict[str, dict[str, numbers.Interval]]) -> bool:
    return metric in FIRST or any(
        numbers.is_worse(metric, each[metric]) for each in found.values() if metric in each
    )


def _signed(value: float, _=None) -> str:
    return f"{value:+.0f}".replace("-", "−") if round(value) else "0"


def _draw(axis: Axes, change: Change, lang: str, y: float) -> None:
    """The mean with its interval, or of few seeds each of them; its number beside the panel."""
    x, scale = change.mean, change.scale
    colour, marker = VERDICTS[numbers.marked(change.metric, x)[0]]
    one = x.lo is None
    if 1 < len(change.each) < FEW:  # an interval would be wider than what it is about
        at = (scale * change.each).clip(3 - EDGE, EDGE - 3)
        axis.plot(at, [y] * len(at), "o", color=colour, ms=3, alpha=0.5)
    elif x.ends is not None:
        axis.plot([scale * e for e in x.ends], [y, y], color=colour, lw=1 if one else 2)
    at = scale * x.mean
    if abs(at) > EDGE:
        at, marker = np.sign(at) * (EDGE - 3), ">" if at > 0 else "<"
    axis.plot(at, y, marker, color=colour, ms=5.5, mfc="white" if one else colour)
    text = f"{measure(change.metric).change(x.mean, lang)}  {change.agent}".strip()
    axis.annotate(
        text, (1, y), (5, 0), xycoords=axis.get_yaxis_transform(), textcoords="offset points",
        va="center", size=8.5, color=colour,
    )  # fmt: skip


def _verdicts(figure: Figure, axis: Axes, data: Data) -> None:
    """The key to colour and shape; hollow where one seed judges nothing."""
    one = data.seeds == 1
    said = data.text("over_viewers") if one and data.changes else data.said_of_dots
    for word, (colour, marker) in VERDICTS.items():
        if one and word == "unsure":
            continue
        face = "white" if one else colour
        text = data.text(f"{word}_one" if one else word)
        axis.plot([], [], marker, color=colour, ms=5.5, mfc=face, label=text)
    figure.legend(
        loc="outside lower right",
        ncols=2,
        frameon=False,
        fontsize=8.5,
        title=said,
        title_fontsize=8.5,
    )
