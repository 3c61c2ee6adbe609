"""Moves a mixture's knots until, read between knots, its quantiles and shares match the log's.

Likelihood alone spends its freedom on the shape within the finish peak and can miss a quartile of
long videos by a third. What follows holds the mixture to figures people check, and pulls it back
to the likeliest one where those figures leave it free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from sim.calibration.bins import Bins
from sim.calibration.mixture import (
    BOUNDS,
    LEAST_SECONDS,
    SHAPES,
    Mixture,
    by_knot,
)
from sim.world.state.watched import AGAIN, QUICK_SKIP
from sim.world.watching import Shapes, below, between

LEVELS = np.array([0.25, 0.5, 0.75, 0.9])  # quantiles of watch seconds to match
SECONDS = (QUICK_SKIP,)  # P(watch < these); clicks and long views are left to be predicted
RATIOS = (0.9, 0.98, 1.0, 1.02, 1.05, 1.1, 1.2, 1.5, AGAIN)  # P(watch < these durations)
FINISH, REPLAY = (len(LEVELS) + len(SECONDS) + RATIOS.index(r) for r in (1.0, AGAIN))
DURATIONS = 200  # of a bin's own, evenly spaced by rank, stand for all of its rows
QUANTILE_UNIT = 0.02  # a relative error of a quantile that weighs as one
SHARE_UNIT = 0.01  # an error of a share that weighs as one
FINISH_UNIT = 0.05, 0.001  # of a share of finishes below a fifth: a part of it, at least
STRAY = 1.0  # logits a number may stray from the likeliest, at a cost of one


@dataclass(frozen=True)
class Target:
    """One bin's figures: P(watch < at) should be `below`, an error of `unit` weighing one."""

    lengths: np.ndarray  # (DURATIONS, 1) seconds
    at: np.ndarray  # (DURATIONS, figures) seconds
    below: np.ndarray  # (figures,)
    unit: np.ndarray  # (figures,)


def match(
    start: Mixture, watch: np.ndarray, seconds: np.ndarray,
    edges: Sequence[float] = Bins().knots, steps: int = 200,
) -> Mixture:  # fmt: skip
    """The mixture near `start` whose figures, by bin, are nearest to those of the rows."""
    targets = [_target(watch[rows], seconds[rows]) for rows in by_knot(seconds, edges)]
    lengths = np.concatenate([t.lengths for t in targets])[:, 0]
    read = torch.from_numpy(_hats(start.knots, lengths))
    at = torch.from_numpy(np.concatenate([t.at for t in targets]))
    below, unit = (
        torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
        for name in ("below", "unit")
    )
    begin = _free(start)
    free = begin.clone().requires_grad_()
    climb = torch.optim.LBFGS([free], max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        climb.zero_grad()
        chance = _below(_read(read, _numbers(free)), at, torch.from_numpy(lengths)[:, None])
        miss = (chance.unflatten(0, (*below.shape[:1], -1)).mean(1) - below) / unit
        loss = (miss**2).sum() + (((free - begin) / STRAY) ** 2).sum()
        loss.backward()
        return loss

    climb.step(closure)
    if not free.isfinite().all():  # a step beyond all bounds: the likeliest stands
        return start
    return Mixture(start.knots, *_numbers(free).detach().numpy().T)


def _target(watch: np.ndarray, seconds: np.ndarray) -> Target:
    ranks = (np.arange(DURATIONS) + 0.5) / DURATIONS
    lengths = np.quantile(seconds, ranks)[:, None]
    low, middle, high = np.quantile(watch, [LEVELS - 0.04, LEVELS, LEVELS + 0.04])
    low, middle, high = (np.maximum(q, LEAST_SECONDS) for q in (low, middle, high))
    slope = np.clip(np.log(high / low) / 0.08, 0.2, None)  # d ln quantile / d level
    at = np.concatenate([middle, SECONDS])[None].repeat(DURATIONS, 0)
    below = [*LEVELS, *((watch < s).mean() for s in SECONDS)]
    below += [(watch < r * seconds).mean() for r in RATIOS]
    unit = np.concatenate([QUANTILE_UNIT / slope, np.full(len(SECONDS + RATIOS), SHARE_UNIT)])
    part, least = FINISH_UNIT
    unit[FINISH] = np.clip(part * (1 - below[FINISH]), least, SHARE_UNIT)
    # few play a long video again, of those who finish: as exactly as so many plays can tell it
    again = (1 - below[REPLAY]) * len(watch)
    unit[REPLAY] = min(SHARE_UNIT, np.sqrt(again + 2) / len(watch))
    at = np.hstack([at, lengths * np.array(RATIOS)])
    return Target(lengths, at, np.array(below), unit)


def _below(numbers: Tensor, at: Tensor, lengths: Tensor) -> Tensor:
    """P(watch < at), (rows, figures), for ten numbers (10, rows) and lengths (rows, 1)."""
    share, (median, *rest) = numbers[:4, :, None], numbers[4:, :, None]
    return below(share, Shapes(median.log(), *rest), at, lengths)


def _bounds() -> tuple[Tensor, Tensor]:
    low, high = zip(*(BOUNDS[s] for s in SHAPES), strict=True)
    return torch.tensor(low, dtype=torch.float64), torch.tensor(high, dtype=torch.float64)


def _free(start: Mixture) -> Tensor:
    """(knots, 10) unbounded: ln of the parts, logits of the shapes within their bounds."""
    low, high = _bounds()
    parts = torch.from_numpy(np.stack([start.skip, start.leave, start.finish, start.loop], 1))
    shapes = torch.from_numpy(np.stack([getattr(start, s) for s in SHAPES], 1))
    inside = ((shapes - low) / (high - low)).clamp(0.005, 0.995)
    return torch.cat([parts.clamp(min=1e-3).log(), inside.logit()], 1)


def _numbers(free: Tensor) -> Tensor:
    low, high = _bounds()
    return torch.cat([free[:, :4].softmax(1), low + (high - low) * free[:, 4:].sigmoid()], 1)


def _read(hats: Tensor, numbers: Tensor) -> Tensor:
    """Ten numbers (10, rows) read between knots; the skip's median on a scale of ln, as above."""
    median = (hats @ numbers[:, 4:5].log()).exp()
    plain = hats @ numbers
    return torch.cat([plain[:, :4], median, plain[:, 5:]], 1).T


def _hats(knots: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """(rows, knots): how much of each knot is read at each duration."""
    at = partial(between, knots, np.log(seconds))
    return np.stack([at(one) for one in np.eye(len(knots))], axis=1)
