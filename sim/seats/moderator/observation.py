"""What a moderator sees, as vectors."""

import math

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor

from sim.world.state import (
    AGES_WAITED,
    BINS,
    CASES,
    HARMS,
    LANES,
    Desk,
)

MOST = 25.0  # of ln(1 + anything counted)


def observation_space() -> spaces.Dict:
    """See `encode`."""
    bins = len(HARMS) * BINS
    parts = {
        "cases": _box(0.0, MOST, 2 * len(CASES)),
        "clock": _box(0.0, 1.0, 3),
        "graded": _box(0.0, MOST, bins),
        "lanes": _box(0.0, 1.0, 2 * len(LANES)),
        "precision": _box(0.0, 1.0, 2 * bins),
        "scores": _box(0.0, MOST, bins),
        "waiting": _box(0.0, MOST, len(AGES_WAITED) + 1),
    }
    return spaces.Dict(dict(sorted(parts.items())))


def _box(low: float, high: float, width: int) -> spaces.Box:
    return spaces.Box(low, high, (width,), np.float32)


def encode(seen: Desk) -> dict[str, Tensor]:
    """The observation as float32 vectors of the space.

    `cases`: ln(1 + each of CASES), of the newest day and the mean of the week. `clock`: how much
    of the shift is over, sine and cosine of the day of the week as 0..1. `scores`: ln(1 + posts of
    the week) by kind and score; `graded`: ln(1 + what people looked at) likewise; `precision`: the
    share of it that they found to be violations, and its standard error, by a prior of one case in
    two. `lanes`: of what each lane of the queue brought in the week, the share found, and its
    standard error. `waiting`: ln(1 + videos) in the queue, by days.
    """
    week = seen.day % 7 / 7 * 2 * math.pi
    gone = min(1.0, max(0, seen.day) / seen.of) if seen.of else 0.0
    clock = [gone, (1 + math.sin(week)) / 2, (1 + math.cos(week)) / 2]
    told = {
        "cases": torch.cat([seen.cases[-1], seen.cases.mean(0)]).clamp(min=0).log1p(),
        "clock": seen.cases.new_tensor(clock),
        "graded": seen.graded[..., 0].flatten().log1p(),
        "lanes": torch.cat(share(seen.lanes.sum(0))),
        "precision": torch.cat(share(seen.graded.flatten(0, 1))),
        "scores": seen.scores.flatten().log1p(),
        "waiting": seen.waiting.log1p(),
    }
    return {name: x.float().clamp(0, MOST) for name, x in told.items()}


def share(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Of (n, 2) looked at and found: the share found and its standard error, as with one more case
    of two found."""
    n = counts[:, 0] + 2
    mean = (counts[:, 1] + 1) / n
    return mean, (mean * (1 - mean) / (n + 1)).sqrt()
