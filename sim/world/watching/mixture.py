"""The mixture of watch seconds, in closed form and as draws."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sim.world.watching.params import WatchParams


@dataclass(frozen=True)
class Shapes:
    """How long those watch who skip, leave, finish and loop: arrays of shapes that broadcast."""

    skip_median: Tensor  # ln seconds
    skip_sd: Tensor  # of ln seconds
    finish_at: Tensor  # durations
    finish_sd: Tensor  # durations
    loop_mean: Tensor  # durations beyond the first pass
    leave_bend: Tensor  # power of a uniform share of the duration


def below(share: Tensor, shapes: Any, at: Tensor, duration: Tensor) -> Tensor:
    """P(watch seconds < `at`) of videos of `duration` seconds.

    `share` (4, ...) is how many skip, leave, finish and loop, `shapes` has the fields of Shapes;
    all of shapes that broadcast.
    """
    ratio, normal = at / duration, torch.special.ndtr
    skip, leave, finish, loop = share
    return (
        skip * normal((at.log() - shapes.skip_median) / shapes.skip_sd)
        + leave * ratio.clamp(max=1) ** (1 / shapes.leave_bend)
        + finish * normal((ratio - shapes.finish_at) / shapes.finish_sd)
        + loop * (1 - torch.exp(-(ratio - 1).clamp(min=0) / shapes.loop_mean))
    )


def played(
    shapes: Any, duration: Tensor, of_skip: Tensor, normal: Tensor, minus_log: Tensor
) -> tuple[Tensor, ...]:
    """Watch seconds of who skips, leaves, finishes and loops: `shapes` has the fields of Shapes,
    `of_skip` and `normal` are standard normal draws, `minus_log` an exponential one."""
    skipped = torch.exp(shapes.skip_median + shapes.skip_sd * of_skip)
    left = duration * torch.exp(-shapes.leave_bend * minus_log)  # duration x uniform^bend
    finished = duration * (shapes.finish_at + shapes.finish_sd * normal)
    return skipped, left, finished, duration * (1 + shapes.loop_mean * minus_log)


def between(knots: Any, place: np.ndarray, values: Any) -> np.ndarray:
    """Values at knots of duration (seconds), read at ln durations: linearly, and level beyond."""
    return np.interp(place, np.log(knots), values)


def shares_at(params: WatchParams, place: np.ndarray) -> np.ndarray:
    """(4, ...): how many skip, leave, finish and loop at ln durations, under the logging policy."""
    at = partial(between, params.knots, place)
    shares = np.stack([at(v) for v in (params.skip, params.leave, params.finish, params.loop)])
    shares = np.clip(shares, 1e-5, None)
    return shares / shares.sum(0)


def shapes_at(params: WatchParams, place: np.ndarray) -> list[np.ndarray]:
    """The fields of Shapes at ln durations."""
    p = params
    rest = (p.skip_sd, p.finish_at, p.finish_sd, p.loop_mean, p.leave_bend)
    return [between(p.knots, place, v) for v in (np.log(p.skip_median), *rest)]
