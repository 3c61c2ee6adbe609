"""Names at the ends of lines: each inside the figure, in the lines' order, none upon another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

SIZE = 9.5  # points
LINE = 0.175  # inches from one name to the next
NEAR, FAR = 5, 17  # points from the axes, without leaders and with them
MOVED = 0.035  # inches; a name that is further from its line than this has a leader


@dataclass(frozen=True)
class End:
    """Where an agent's line ends, in the data's units, and how it is called."""

    x: float
    y: float
    name: str
    colour: str


def placed(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places within low..high for labels wanted at these, in rising order, `gap` apart at least
    (less where they do not fit): those for which the squared moves are least.

    With the gaps taken off this is isotonic regression: neighbours that come too close are pooled
    at their mean (Ayer et al., 1955); within bounds its answer is the free one, clipped.
    """
    n = len(wanted)
    gap = min(gap, (high - low) / (n - 1)) if n > 1 else gap
    blocks: list[tuple[float, int]] = []  # mean, how many
    for k, want in enumerate(wanted):
        blocks.append((want - k * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, o) = blocks[-2:]
            blocks[-2:] = [((a * m + b * o) / (m + o), m + o)]
    free = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    bounded = np.clip(free, low, max(low, high - (n - 1) * gap))
    return [float(x) for x in bounded + gap * np.arange(n)]


def name_ends(
    figure: Figure, panels: Sequence[tuple[Axes, Sequence[End]]], side: float = 1.0
) -> None:
    """Writes the names beside each panel, or right of `side`, a share of its width. To be called
    last: heights must not change after it."""
    for axis, _ in panels:
        axis.set_ylim(axis.get_ylim())  # names must not move the lines
    figure.draw_without_rendering()  # lays the panels out
    for axis, ends in panels:
        _name(axis, sorted(ends, key=lambda end: (end.y, end.name)), side)


def _name(axis: Axes, ends: Sequence[End], right_of: float) -> None:
    figure = axis.get_figure(root=True)
    assert figure is not None
    height = axis.get_window_extent().height / figure.dpi  # inches
    points = axis.transData.transform(np.array([(end.x, end.y) for end in ends]).reshape(-1, 2))
    wanted = [float(y) for y in axis.transAxes.inverted().transform(points)[:, 1]]
    half = LINE / 2 / height
    at = placed([float(np.clip(y, 0, 1)) for y in wanted], LINE / height, half, 1 - half)
    moved = [abs(a - w) * height > MOVED for a, w in zip(at, wanted, strict=True)]
    side = offset_copy(axis.transAxes, figure, x=FAR if any(moved) else NEAR, units="points")
    for end, y, led in zip(ends, at, moved, strict=True):
        leader = {"arrowstyle": "-", "color": end.colour, "lw": 0.8, "relpos": (0, 0.5)}
        axis.annotate(
            end.name, (end.x, end.y), (right_of, y), textcoords=side, color=end.colour, va="center",
            size=SIZE, annotation_clip=False,
            arrowprops={**leader, "shrinkA": 1, "shrinkB": 2} if led else None,
        )  # fmt: skip
