"""What must hold between settings, each of which is within its own range."""

import contextlib
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.presets.errors import BadInput
from sim.world.ranges import SLACK
from sim.world.rules import Params, overflows

_AT_KNOTS = (
    "skip", "leave", "finish", "loop", "skip_median", "skip_sd", "finish_at", "finish_sd",
    "loop_mean", "leave_bend", "like_by_duration",
)  # fmt: skip
_SHARES = _AT_KNOTS[:4]
_MOST_POSTS = 12.0  # a day and account on average: half of what one can post


def hold(params: Params) -> None:
    """Raises BadInput for the first rule between settings that is broken."""
    for rule in (_watching, _posting, _room, _memory):
        for error in rule(params):
            raise error


def _watching(params: Params) -> Iterator[BadInput]:
    watch, knots = params.watch, len(params.watch.knots)
    for name in _AT_KNOTS:
        if (n := len(getattr(watch, name))) != knots:
            rule = f"watch.{name} has a number for each of the {knots} of watch.knots"
            cure = "Give all lists of [watch] the same length."
            yield BadInput(rule, f"{n} numbers", cure, f"watch.{name} watch.knots")
    for i, shares in enumerate(zip(*(getattr(watch, name) for name in _SHARES), strict=False)):
        if abs(sum(shares) - 1) > SLACK:
            names = ", ".join(f"watch.{name}" for name in _SHARES)
            rule = f"{names} sum to 1 within {SLACK} at each of watch.knots"
            cure = f"At knot {i + 1} they are {', '.join(map(str, shares))}: divide by their sum."
            keys = " ".join(f"watch.{name}" for name in _SHARES)
            yield BadInput(rule, round(sum(shares), 6), cure, keys)


def _posting(params: Params) -> Iterator[BadInput]:
    c = params.creators
    mean = c.cadence * math.exp(c.cadence_sd**2 / 2)
    if mean > _MOST_POSTS:
        rule = "creators.cadence x exp(creators.cadence_sd^2 / 2), the mean posts a day of those "
        rule += f"who post, is at most {_MOST_POSTS:g}"
        keys = "creators.cadence creators.cadence_sd"
        yield BadInput(rule, round(mean, 1), "Lower one of the two.", keys)


def _room(params: Params) -> Iterator[BadInput]:
    size = params.size
    if size.slots > size.live:
        rule = f"a page has at most as many slots as there are live videos, {size.live:,}"
        cure = "Lower slots, or raise size.live."
        yield BadInput(rule, size.slots, cure, "size.slots size.live")
    for overflow in overflows(params):
        yield BadInput(*overflow)


def _memory(params: Params) -> Iterator[BadInput]:
    need, there = _bytes(params), _machine()
    if need > there:
        size = params.size
        rule = f"the world fits the machine's memory of {there / 2**30:.1f} GiB"
        got = f"{need / 2**30:,.1f} GiB at least for {size.viewers:,} viewers, {size.live:,} videos"
        keys = "size.viewers size.live size.spare size.history size.followed videos.category_share"
        yield BadInput(rule, got, "Take a smaller world.", keys)


def _bytes(params: Params) -> int:
    """What a world takes at the least, to be alive at all."""
    size, topics = params.size, len(params.videos.category_share)
    marks = params.ring if params.ring <= 8192 else 1024  # of what a viewer was shown
    viewer = marks + 13 * size.history + 8 * size.followed + 8 * topics + 4 * size.styles + 100
    video = 400 + 8 * size.styles
    creator = 100 + 4 * size.styles
    return params.viewer_rows * viewer + params.ring * video + params.creator_count * creator


def _machine() -> float:
    """Bytes of memory: the machine's, or what its container may take; infinite where unknown."""
    there = math.inf
    with contextlib.suppress(AttributeError, OSError, ValueError):  # not on every system
        there = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with contextlib.suppress(OSError, ValueError):  # no container, or "max"
        there = min(there, float(Path("/sys/fs/cgroup/memory.max").read_text()))
    return there


def finite(tables: Mapping[str, Any], file: str = "", above: str = "") -> None:
    """Raises BadInput where a number in nested tables is NaN or infinite."""
    for key, value in tables.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            finite(value, file, f"{name}.")
            continue
        for number in value if isinstance(value, list | tuple) else (value,):
            if isinstance(number, float) and not math.isfinite(number):
                cure = "Leave it out where it is not known."
                raise BadInput(f"{name} is a finite number", number, cure, name).said_in(file)
