"""Names beside dots: each as near as can be where it lies on no dot, no line and no other name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy import ndarray

SIZE = 10  # points
CLEAR = 3.0  # points between a name and whatever it is to be clear of
RINGS = (10, 16, 24, 36)  # points from a dot's middle to a name, the nearest first
SIDES = (  # where a name lies: right and left, then above and below
    (1.0, 0.0), (-1.0, 0.0), (0.8, 0.7), (0.8, -0.7), (-0.8, 0.7), (-0.8, -0.7), (0.0, 1.0),
    (0.0, -1.0),
)  # fmt: skip
ACROSS: dict[int, Literal["left", "center", "right"]] = {1: "left", 0: "center", -1: "right"}
UPWARDS: dict[int, Literal["bottom", "center", "top"]] = {1: "bottom", 0: "center", -1: "top"}


@dataclass(frozen=True)
class Dot:
    """A dot that has a name, in the data's units."""

    x: float
    y: float
    name: str
    colour: str


Points = Float[ndarray, "points 2"]


def name_dots(
    figure: Figure, axis: Axes, dots: Sequence[Dot], marks: Points, written: Sequence[Bbox] = ()
) -> None:
    """Names the dots. `marks` are points in the data's units that no name may lie on: all dots, and
    points along the lines; `written` are boxes of text in pixels. To be called last."""
    figure.draw_without_rendering()  # lays the panel out
    points, boxes = axis.transData.transform(marks), list(written)
    for dot in dots:
        boxes.append(_named(axis, dot, points, boxes))


def _named(axis: Axes, dot: Dot, marks: Points, boxes: Sequence[Bbox]) -> Bbox:
    """Writes the name where it lies on least; its box in pixels."""
    text = axis.annotate(dot.name, (dot.x, dot.y), (0, 0), textcoords="offset points", size=SIZE,
                         color=dot.colour)  # fmt: skip
    clear = CLEAR * axis.get_figure(root=True).dpi / 72  # type: ignore[union-attr]
    within, places = axis.get_window_extent(), [(ring, side) for ring in RINGS for side in SIDES]
    costs = [_upon(_at(text, *each).padded(clear), marks, boxes, within) for each in places]
    return _at(text, *places[int(np.argmin(costs))])


def _at(text: Annotation, ring: float, side: tuple[float, float]) -> Bbox:
    """Moves a name there; its box in pixels."""
    right, up = side
    text.set_position((ring * right, ring * up))
    text.set_horizontalalignment(ACROSS[int(np.sign(right))])
    text.set_verticalalignment(UPWARDS[int(np.sign(up))])
    return text.get_window_extent()


def _upon(box: Bbox, marks: Points, boxes: Sequence[Bbox], within: Bbox) -> int:
    """How many marks and boxes a box lies on, and how many of its corners stick out."""
    out = sum(not within.contains(x, y) for x, y in box.corners())
    return int(_inside(box, marks).sum()) + sum(box.overlaps(each) for each in boxes) + out


def _inside(box: Bbox, marks: Points) -> Bool[ndarray, " points"]:
    return np.all((marks > box.min) & (marks < box.max), axis=1)
