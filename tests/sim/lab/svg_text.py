"""Reads the texts of an SVG back, letters drawn as outlines included: what, and where it lies."""

import re
from dataclasses import dataclass
from pathlib import Path

TEXT = re.compile(
    r'<!-- (?P<said>.*?) -->\s*<g style="(?P<style>[^"]*)" '
    r'transform="translate\((?P<x>[\d.]+) (?P<y>[\d.]+)\)[^"]*?scale\((?P<scale>[\d.]+) [^>]*>'
    r"(?P<letters>.*?)</g>",
    re.S,
)


@dataclass(frozen=True)
class Said:
    text: str
    x: float
    y: float
    right: float
    colour: str


def size(svg: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found
    return float(found[1]), float(found[2])


def texts(path: Path) -> list[Said]:
    """All of them, upright ones only."""
    out = []
    for found in TEXT.finditer(path.read_text(encoding="utf-8")):
        at = [float(x) for x in re.findall(r"translate\(([\d.]+) 0\)", found["letters"])]
        at += [float(x) for x in re.findall(r'<use [^>]*?\bx="([\d.]+)"', found["letters"])]
        colour = re.search(r"fill: (#\w+)", found["style"])
        x, scale = float(found["x"]), float(found["scale"])
        right = x + scale * (max(at, default=0.0) + 50)  # the last letter is about half a size
        out.append(
            Said(found["said"], x, float(found["y"]), right, colour[1] if colour else "#000000")
        )
    return out
