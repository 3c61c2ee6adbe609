"""The page as a compiled graph, or eager with a word said where it cannot be."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from sim.world.page import swipe_through
from sim.world.platform import turn_day

# Rows come from the world itself, never from a person; checking each load doubles their cost.
_OPTIONS: dict[str, Any] = {"assert_indirect_indexing": False}


def can_compile(device: str) -> str | None:
    """None where graphs can be built, else the reason why not."""
    if device != "cpu":
        return None
    if not any(shutil.which(name) for name in ("g++", "c++", "clang++", "cl")):
        return "no C++ compiler was found (install g++ or clang++)"
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "x").write_text("x")
    except OSError as error:
        return f"no place to build in: {error}"
    return None


def page_and_day(device: str, wanted: bool, say: Callable[[str], None] | None = None):
    """(swipe, turn_day): the page compiled where wanted and possible, the night eager.

    The page's graph takes about a minute to build, so it pays in large worlds only; results differ
    from eager ones in float near-ties alone. The night's graph (some 6,000 nodes, most of them
    draws) takes many minutes to build with torch 2.13, more than it can save: a night costs a
    quarter of a second at 100,000 viewers."""
    say = say or (lambda text: print(text, file=sys.stderr))
    if not wanted:
        return swipe_through, turn_day
    reason = can_compile(device)
    if reason:
        say(f"running eager: {reason}")
        return swipe_through, turn_day
    options = _OPTIONS if device == "cpu" else None
    return torch.compile(swipe_through, fullgraph=True, dynamic=False, options=options), turn_day
