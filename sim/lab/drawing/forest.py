"""The forest: what an agent changed against the baseline, and what got worse."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import Data
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
            _change(axis, data, metric, name, found[agent][metric], y, 100 / base)
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


def _change(axis, data: Data, metric: str, agent: str, x: numbers.Interval, y, scale: float):
    colour, marker = VERDICTS[numbers.marked(metric, x)[0]]
    one = x.lo is None
    if x.ends is not None:
        axis.plot([scale * e for e in x.ends], [y, y], color=colour, lw=1 if one else 2)
    at = scale * x.mean
    if abs(at) > EDGE:
        at, marker = np.sign(at) * (EDGE - 3), ">" if at > 0 else "<"
    axis.plot(at, y, marker, color=colour, ms=5.5, mfc="white" if one else colour)
    text = f"{measure(metric).change(x.mean, data.lang)}  {agent}".strip()
    place = {"xycoords": axis.get_yaxis_transform(), "textcoords": "offset points"}
    axis.annotate(text, (1, y), (5, 0), va="center", size=8.5, color=colour, **place)


def _verdicts(figure: Figure, axis: Axes, data: Data) -> None:
    """The key to colour and shape; hollow where one seed judges nothing."""
    one = data.seeds == 1
    said = data.text("over_viewers" if data.changes else "one") if one else None
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
