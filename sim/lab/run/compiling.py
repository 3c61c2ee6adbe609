"""The page and the night as compiled graphs, or eager with a word said where they cannot be."""

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
_PAGE: dict[str, Any] = {
    "assert_indirect_indexing": False,
    # many looks here and there in memory, which the heuristics take for a reason to give up vectors
    "cpp.enable_tiling_heuristics": False,
    # what two loops need is worked out twice rather than written down and fetched again
    "realize_opcount_threshold": 1000,
    "realize_acc_reads_threshold": 64,
}
# torch 2.13 writes vector code for this graph that does not compile ("'tmp21' was not declared")
_NIGHT: dict[str, Any] = {"assert_indirect_indexing": False, "cpp.simdlen": 1}


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
    """(swipe, turn_day): the page and the night, each as one graph where wanted and possible.

    A graph takes about a minute to build, so it pays in large worlds only; results differ from
    eager ones in the last bits of floats, and so in choices at near-ties alone. On a GPU the night
    stays eager: as a graph, which takes every cell where eager work takes few, it ran sixteen times
    as long (H200)."""
    say = say or (lambda text: print(text, file=sys.stderr))
    if not wanted:
        return swipe_through, turn_day
    reason = can_compile(device)
    if reason:
        say(f"running eager: {reason}")
        return swipe_through, turn_day
    if device != "cpu":
        return _graph(swipe_through, None), turn_day
    return _graph(swipe_through, _PAGE), _graph(turn_day, _NIGHT)


def _graph(story: Callable, options: dict[str, Any] | None) -> Callable:
    return torch.compile(story, fullgraph=True, dynamic=False, options=options)
