"""How lift grows with the pool: times random's share, by how many videos are on offer."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from sim.lab.drawing.canvas import Data, note
from sim.lab.drawing.canvas import axes as bare
from sim.lab.drawing.colours import GREY
from sim.lab.drawing.intervals import read
from sim.lab.drawing.labels import End, name_ends
from sim.measure.metrics import measure

RATES = ("finish_rate", "long_view_rate")
DARK = "#333333"  # ceilings
Pools = Sequence[Mapping[str, Any]]


def lift(data: Data) -> Figure:
    """A panel for finishing and one for long views; the oracle of each agent's world is dashed."""
    figure, axes = bare(len(RATES), len(RATES) * data.room(2.4))
    told = {agent: data.lift[agent] for agent in data.agents if data.lift.get(agent)}
    ends = []
    for axis, rate in zip(axes, RATES, strict=True):
        axis.axhline(1, color=GREY, lw=1, ls=":")
        axis.set(xscale="log", title=data.text("lift", measure(rate).name(data.lang)))
        ends.append(_panel(axis, data, told, rate))
    axes[-1].set_xlabel(data.text("pool"))
    axes[-1].xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes[-1].xaxis.set_minor_locator(NullLocator())
    key = "one" if data.seeds == 1 else "mean" if data.few else "band"
    note(figure, data.text(key, data.seeds))
    name_ends(figure, list(zip(axes, ends, strict=True)))
    return figure


def _panel(axis: Axes, data: Data, told: Mapping[str, Pools], rate: str) -> list[End]:
    """Lines of agents and ceilings; where they end, with one name for all ceilings."""
    alone = len(told) == 1
    last = max(row["videos"] for pools in told.values() for row in pools)
    ends, ceilings = [], []
    for agent, pools in told.items():
        style = data.style(agent)
        look = {"color": DARK if alone else style["color"], "ls": "--", "lw": 1.2}
        ceilings.append(_line(axis, pools, "oracle", rate, look, band=alone and not data.few))
        if all(row["agent"] for row in pools):  # else it could not be asked
            y = _line(axis, pools, "agent", rate, {**style, "lw": 2}, band=not data.few)
            ends.append(End(last, y, data.label(agent), style["color"]))
    ends.append(End(last, max(ceilings), data.text("ceiling", "oracle"), DARK))
    axis.margins(y=0.12)
    return ends


def _line(axis: Axes, pools: Pools, who: str, rate: str, look: dict, band: bool) -> float:
    """Returns where it ends."""
    x = [row["videos"] for row in pools]
    found = [read(row[who][rate]) for row in pools]
    axis.plot(x, [f.mean for f in found], marker="o", ms=3, **look)
    if band and found[0].lo is not None:
        lo, hi = ([getattr(f, end) for f in found] for end in ("lo", "hi"))
        axis.fill_between(x, lo, hi, color=look["color"], alpha=0.15, lw=0)
    return found[-1].mean
