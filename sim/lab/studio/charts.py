"""Small drawings as SVG: lines, areas, bars. Text is the page's own, so both languages are crisp on
any screen, and colours follow the page in the dark."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.lab.drawing.colours import colour_of, colours_of
from sim.lab.studio.names import End, beside, room

W, H = 360.0, 190.0  # units of a drawing: about a phone's pixels
LEFT, RIGHT, TOP, BOTTOM = 42.0, 10.0, 8.0, 24.0
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe, Ito (2008)
GREY = "#8a8a8a"


def inks(agents: Sequence[str]) -> dict[str, str]:
    """Agents' own colours, on a page that may be dark: the nearly black is in the page's ink."""
    black = colour_of("oracle")
    return {a: "currentColor" if c == black else c for a, c in colours_of(agents).items()}


@dataclass(frozen=True)
class Line:
    """One line of a drawing, a value a place; NaN is a gap."""

    name: str
    y: Sequence[float]
    colour: str = COLOURS[0]
    dashed: bool = False
    low: Sequence[float] | None = None  # a band around it
    high: Sequence[float] | None = None


def lines(
    what: Sequence[Line],
    x: Sequence[float] | None = None,
    *,
    top: float | None = None,
    unit: str = "",
    across: str = "",
    goal: float | None = None,
) -> str:
    """Lines over x (days from 1, unless told), from 0 up. Their names stand at their ends, or below
    where one is too long for that."""
    at = list(x) if x is not None else list(range(1, 1 + max(len(line.y) for line in what)))
    every = [v for line in what for v in (*line.y, *(line.high or ())) if math.isfinite(v)]
    most = nice(max([*every, *([goal] if goal else []), 1e-9]) if top is None else top)
    named = [line for line in what if line.name and any(map(math.isfinite, line.y))]
    free = room([line.name for line in named])
    frame = Frame(at[0], max(at[-1], at[0] + 1e-9), most, free or RIGHT)
    parts = [frame.grid(unit, across)]
    if goal is not None:
        y, end = frame.y(goal), W - frame.right
        parts.append(f'<line class="goal" x1="{LEFT}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for line in what:
        if line.low is not None and line.high is not None:
            edge = [
                *zip(at, line.high, strict=False),
                *reversed([*zip(at, line.low, strict=False)]),
            ]
            points = " ".join(frame.point(a, b) for a, b in edge)
            parts.append(f'<polygon points="{points}" fill="{line.colour}" opacity=".18"/>')
    for line in what:
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        for run in _runs(at, line.y):
            points = " ".join(frame.point(a, b) for a, b in run)
            parts.append(f'<polyline class="line" points="{points}" stroke="{line.colour}"{dash}/>')
    if free:
        ends = [(*_last(at, line.y), line.name, line.colour) for line in named]
        told = [End(frame.x(x), frame.y(y), name, colour) for x, y, name, colour in ends]
        return _svg([*parts, *beside(told, W - free, TOP, H - BOTTOM)])
    return _svg(parts) + legend([(line.name, line.colour, line.dashed) for line in named])


def _last(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Where a line ends."""
    return [(a, b) for a, b in zip(x, y, strict=False) if math.isfinite(b)][-1]


def areas(names: Sequence[str], table: np.ndarray, *, unit: str = "", across: str = "") -> str:
    """Parts of a whole over days, one upon the other; `table` (days, parts). Parts that are 0
    throughout are left out."""
    kept = [i for i in range(table.shape[1]) if table[:, i].sum() > 0]
    days = np.arange(1, len(table) + 1)
    stack = np.cumsum(table[:, kept], axis=1) if kept else np.zeros((len(table), 1))
    frame = Frame(1, max(2, len(table)), nice(max(float(stack.max()), 1e-9)))
    parts, below = [frame.grid(unit, across)], np.zeros(len(table))
    for n, _ in enumerate(kept):
        edge = [*zip(days, stack[:, n], strict=True), *reversed([*zip(days, below, strict=True)])]
        points = " ".join(frame.point(float(a), float(b)) for a, b in edge)
        parts.append(f'<polygon points="{points}" fill="{COLOURS[n % 6]}" opacity=".85"/>')
        below = stack[:, n]
    key = [(names[i], COLOURS[n % 6], False) for n, i in enumerate(kept)]
    return _svg(parts) + legend(key)


def bars(rows: Sequence[tuple[str, float, float | None]]) -> str:
    """Shares as bars: name, share, and another's share as a tick beside it. HTML, not SVG."""
    out = []
    for name, share, other in rows:
        tick = f'<i style="left:{100 * min(other, 1):.1f}%"></i>' if other is not None else ""
        bar = f'<b style="width:{100 * min(share, 1):.1f}%"></b>{tick}'
        out.append(
            f"<li><span>{html.escape(name)}</span><div>{bar}</div><em>{100 * share:.0f}%</em></li>"
        )
    return f'<ul class="bars">{"".join(out)}</ul>'


@dataclass(frozen=True)
class Spot:
    """One point of a drawing with two axes, with its name beside it."""

    name: str
    x: float
    y: float
    colour: str = GREY


def spots(points: Sequence[Spot], across: str, joined: Sequence[Spot] = ()) -> str:
    """Points by two numbers from 0 up; `joined` are points with a line through them."""
    every = [*points, *joined]
    most = nice(max([*(p.y for p in every), 1e-9]))
    frame = Frame(0.0, nice(max([*(p.x for p in every), 1e-9])), most)
    parts = [frame.grid("", across)]
    path = " ".join(frame.point(p.x, p.y) for p in joined)
    parts.append(f'<polyline class="line" points="{path}" stroke="{GREY}"/>' if joined else "")
    for spot in every:
        x, y = frame.x(spot.x), frame.y(spot.y)
        side = "end" if x > W * 0.7 else "start"
        step = -6 if side == "end" else 6
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{spot.colour}"/>')
        told = html.escape(spot.name)
        parts.append(f'<text x="{x + step:.1f}" y="{y - 5:.1f}" text-anchor="{side}">{told}</text>')
    return _svg(parts)


@dataclass(frozen=True)
class Frame:
    """Where values lie on the sheet."""

    first: float
    last: float
    most: float
    right: float = RIGHT  # what is left free there

    def x(self, value: float) -> float:
        return LEFT + (W - LEFT - self.right) * (value - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return H - BOTTOM - (H - TOP - BOTTOM) * min(value, self.most * 1.05) / self.most

    def point(self, x: float, y: float) -> str:
        return f"{self.x(x):.1f},{self.y(y):.1f}"

    def grid(self, unit: str, across: str) -> str:
        parts = []
        for k in range(3):
            value = self.most * k / 2
            y = self.y(value)
            parts.append(
                f'<line class="grid" x1="{LEFT}" x2="{W - self.right}" y1="{y}" y2="{y}"/>'
            )
            parts.append(
                f'<text x="{LEFT - 4}" y="{y + 4}" text-anchor="end">{_n(value)}{unit}</text>'
            )
        for k in range(3):
            value = self.first + (self.last - self.first) * k / 2
            value = round(value) if self.last >= 4 else value
            place, side = self.x(value), ("start", "middle", "end")[k]
            label = _n(value) + (f" {html.escape(across)}" if k == 2 and across else "")
            parts.append(f'<text x="{place}" y="{H - 7}" text-anchor="{side}">{label}</text>')
        return "".join(parts)


def legend(key: Sequence[tuple[str, str, bool]]) -> str:
    items = [
        f'<li><i style="border-top:3px {"dashed" if dashed else "solid"} {colour}"></i>'
        f"{html.escape(name)}</li>"
        for name, colour, dashed in key
    ]
    return f'<ul class="key">{"".join(items)}</ul>' if items else ""


def _svg(parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {W:.0f} {H:.0f}" role="img">{"".join(parts)}</svg>'


def _runs(x: Sequence[float], y: Sequence[float]) -> list[list[tuple[float, float]]]:
    """The stretches without a gap."""
    out: list[list[tuple[float, float]]] = [[]]
    for a, b in zip(x, y, strict=False):
        if math.isfinite(b):
            out[-1].append((a, b))
        elif out[-1]:
            out.append([])
    return [run for run in out if run]


def nice(most: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= most * (1 - 1e-9))


def _n(value: float) -> str:
    if abs(value) >= 10_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:.3g}"
