"""How shares are drawn: who gets the views, and how much of a video is watched."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.canvas import WIDTH, Data
from sim.lab.drawing.canvas import axes as bare
from sim.lab.drawing.labels import End, name_ends


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
        _tops(axis, data, sorted(lines, key=lambda x: x[1]))
        axis.set(xlim=(0, 100), ylim=(0, 100), xlabel=data.text(holder) + " (%)")
        axis.set_aspect("equal")
        axis.spines[["top", "right"]].set_visible(False)
    pair[0].set_ylabel(data.text("share") + " (%)")
    figure.suptitle(data.text("lorenz"), x=0.02, ha="left", size=11)
    return figure


def _tops(axis: Axes, data: Data, lines: list[tuple[str, float]]) -> None:
    """What each agent's top tenth gets, in the corner above the diagonal, in the order of the
    curves; a leader goes to where it is read off, level at first: it would cross names below."""
    few = len(lines) <= 3
    step = 8 if few else min(7, 60 / len(lines))
    if not few:
        axis.text(3, 97, data.text("tops"), size=8, va="top", color="#444444")
    for place, (agent, top) in enumerate(lines):
        key, y = ("top", 96) if few else ("top_of", 90)
        text = data.text(key, data.label(agent), top).replace("%", " %", data.lang == "en")
        colour, at = data.style(agent)["color"], (90, 100 - 100 * top)
        leader = {"arrowstyle": "-", "color": colour, "lw": 0.6, "alpha": 0.7, "relpos": (1, 0.5)}
        leader["connectionstyle"] = "angle3,angleA=0,angleB=90"
        axis.annotate(
            text, at, (3, y - step * place), color=colour, size=8.5 if few else step + 1, va="top",
            arrowprops={**leader, "shrinkA": 1, "shrinkB": 0},
        )  # fmt: skip
        face = "white" if agent in data.privileged else colour
        axis.plot(*at, "o", color=colour, mfc=face, ms=3.5)


def watch_ratio(data: Data) -> Figure:
    """A histogram of watch time over duration: skipped, watched, watched again. The names stand at
    its first bin, where the agents differ most."""
    assert data.events is not None
    events = numbers.chosen(data.events)
    figure, (axis,) = bare(1, data.room(3.1))
    edges = np.linspace(0, 2, 21)
    ends = []
    for agent in data.agents:
        shown = events[events["agent"] == agent]
        if shown.empty:
            continue
        ratio = (shown["watch_s"] / shown["duration_s"]).clip(0, 1.999)
        share = 100 * np.histogram(ratio, edges)[0] / len(ratio)
        style = data.style(agent)
        axis.stairs(share, edges, lw=2, **style)
        ends.append(End(edges[1], share[0], data.label(agent), style["color"]))
    axis.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2+"])
    axis.set(xlim=(0, 2), xlabel=data.text("ratio_x"), ylabel=data.text("ratio_y"))
    axis.set(title=data.text("ratio"), ylim=(0, None))
    name_ends(figure, [(axis, ends)], side=edges[1] / 2)
    return figure
