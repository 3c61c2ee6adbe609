"""Names at the ends of a small drawing's lines, with a leader where one had to move."""

import html
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.lab.drawing.labels import placed

STEP, FAR, WIDEST = 13.0, 12.0, 130.0  # units: from name to name, line to name, most of the sheet
MOVED = 3.0  # a name that is further from its line than this has a leader


@dataclass(frozen=True)
class End:
    """Where a line ends on the sheet, and how it is called."""

    x: float
    y: float
    name: str
    colour: str


def room(names: Sequence[str]) -> float:
    """What the names take at the right of the sheet; 0 where there is none, or one is too long."""
    need = max((_width(name) for name in names), default=0.0)
    return FAR + need if 0 < need <= WIDEST else 0.0


def _width(name: str) -> float:
    """About, at a size of 11: a Chinese character is as wide as it is high."""
    return sum(11.5 if unicodedata.east_asian_width(c) in "WF" else 6.6 for c in name)


def beside(ends: Sequence[End], left: float, top: float, bottom: float) -> Iterator[str]:
    """The names and their leaders, in the order of their lines; from `left` on, between `top` and
    `bottom`."""
    ends = sorted(ends, key=lambda end: (end.y, end.name))
    half = STEP / 2
    at = placed([min(max(e.y, top), bottom) for e in ends], STEP, top + half, bottom - half)
    for end, y in zip(ends, at, strict=True):
        if abs(y - end.y) > MOVED:
            yield (
                f'<line class="lead" x1="{end.x:.1f}" y1="{end.y:.1f}" x2="{left + FAR - 2:.1f}" '
                f'y2="{y:.1f}" stroke="{end.colour}"/>'
            )
        yield (
            f'<text x="{left + FAR:.1f}" y="{y + 4:.1f}" style="fill:{end.colour}">'
            f"{html.escape(end.name)}</text>"
        )
