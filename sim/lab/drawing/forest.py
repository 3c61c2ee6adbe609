"""The forest: what an agent changed against the baseline, and what got worse."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.lab import stats
from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import Data, note
from sim.lab.drawing.canvas import axes as bare
from sim.lab.drawing.colours import GREY
from sim.measure.metrics import FIRST, measure

EDGE = 105.0  # per cent; what lies beyond is an arrow, its number beside it
VERDICTS = {
    "better": ("#0072B2", "o"),
    "worse": ("#C1272D", "s"),
    "changed": ("#B87900", "^"),
    "unsure": (GREY, "D"),
}


def difference(data: Data) -> Figure:
    """A forest of paired differences, relative to the baseline's level; the worse in red."""
    baseline = data.baseline
    if baseline is None:
        raise ValueError("a difference takes two agents; got one. Give the run a baseline.")
    level = numbers.levels(data.metrics)
    agents = [a for a in data.agents if a != baseline]
    found = {a: numbers.differences(data.metrics, a, baseline) for a in agents}
    names = [m for m in FIRST if any(m in found[a] for a in agents)]
    figure, (axis,) = bare(1, 1.5 + 0.3 * len(names) * max(1, 0.75 * len(agents)))
    axis.axvline(0, color="#444444", lw=1)
    step = 0.8 / max(2, len(agents))
    for place, metric in enumerate(names):
        base = abs(float(level[metric, baseline].mean()))
        for k, agent in enumerate(a for a in agents if metric in found[a] and base > 0):
            y = place + (k - (len(agents) - 1) / 2) * step
            name = data.label(agent) if len(agents) > 1 else ""
            _change(axis, data, metric, name, found[agent][metric], y, 100 / base)
    axis.set_yticks(range(len(names)), [measure(m).name(data.lang) for m in names])
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.grid(axis="y", visible=False)
    axis.xaxis.set_major_formatter(FuncFormatter(_signed))
    axis.set(xlim=(-EDGE, EDGE), xlabel=data.text("difference", baseline))
    axis.set_title(data.text("forest"))
    _verdicts(figure, axis, data)
    return figure


def verdict(metric: str, x: numbers.Interval) -> str:
    """better, worse, changed (good or bad is a matter of view), or unsure (so is one seed)."""
    return stats.verdict(metric, x.sure)


def _signed(value: float, _=None) -> str:
    return f"{value:+.0f}".replace("-", "−") if round(value) else "0"


def _change(axis, data: Data, metric: str, agent: str, x: numbers.Interval, y, scale: float):
    colour, marker = VERDICTS[verdict(metric, x)]
    if x.lo is not None and x.hi is not None:
        axis.plot([scale * x.lo, scale * x.hi], [y, y], color=colour, lw=2)
    at = scale * x.mean
    if abs(at) > EDGE:
        at, marker = np.sign(at) * (EDGE - 3), ">" if at > 0 else "<"
    axis.plot(at, y, marker, color=colour, ms=5.5)
    text = f"{measure(metric).change(x.mean, data.lang)}  {agent}".strip()
    place = {"xycoords": axis.get_yaxis_transform(), "textcoords": "offset points"}
    axis.annotate(text, (1, y), (5, 0), va="center", size=8.5, color=colour, **place)


def _verdicts(figure: Figure, axis: Axes, data: Data) -> None:
    """The key to colour and shape."""
    if data.seeds == 1:
        return note(figure, data.text("one"))
    for word, (colour, marker) in VERDICTS.items():
        axis.plot([], [], marker, color=colour, ms=5.5, label=data.text(word))
    figure.legend(loc="outside lower right", ncols=2, frameon=False, fontsize=8.5)
