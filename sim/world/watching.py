"""How long a video holds a viewer: skip, leave part-way, finish, or watch again.

Watch seconds are a mixture, not one completion rate (docs/facts.md): most videos are left
within seconds, some part-way, and of those finished some are played again. The shares of the four
depend on the duration; appeal moves them from skipping towards finishing.
"""

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.ranges import ASCENDING, Len, Seconds, Share, Spread, Within
from sim.world.rng import Dice, streams

STREAMS = PART, WITHIN, SPREAD = streams("watching", "part", "within", "spread")
NODES = 15  # of appeal, where it is averaged over by Gauss-Hermite quadrature
_GRID = 257  # points of ln duration at which the mixture is solved
_LONGEST = 3600.0  # seconds
_ODDS = 1e30  # float32 holds the sum of a few such
_STEP = 0.005  # of the fourth root of duration: 2 % at 1 s, .9 % at 20 s, .4 % at 10 minutes


@dataclass(frozen=True)
class WatchParams:
    """Shares, medians and spreads at knots of duration, under the logging policy of the log."""

    knots: Annotated[tuple[Seconds, ...], Len(2, 200), ASCENDING]  # seconds
    skip: tuple[Share, ...]  # of videos left within seconds
    leave: tuple[Share, ...]  # part-way
    finish: tuple[Share, ...]  # at the end
    loop: tuple[Share, ...]  # after more than one pass
    skip_median: tuple[Annotated[float, Within(0.05, 600)], ...]  # seconds
    skip_sd: tuple[Annotated[float, Within(0.01, 2)], ...]  # of ln seconds
    finish_at: tuple[Annotated[float, Within(0.5, 2)], ...]  # durations
    finish_sd: tuple[Annotated[float, Within(0.001, 1)], ...]  # durations
    loop_mean: tuple[Annotated[float, Within(0.01, 20)], ...]  # durations beyond the first pass
    # 1: who leaves does so anywhere alike; above, rather early
    leave_bend: tuple[Annotated[float, Within(0.1, 20)], ...]
    # likes against those of the same watch ratio
    like_by_duration: tuple[Annotated[float, Within(0, 20)], ...]
    appeal_skip: Annotated[float, Within(0, 6)]  # logits of skipping lost per unit of pull
    appeal_finish: Annotated[float, Within(0, 6)]  # logits of finishing and looping gained
    pull_turn: Annotated[float, Within(-5, 5)]  # appeal beyond which more of it adds little
    pull_bend: Annotated[float, Within(0.1, 2.5)]  # how sharply
    # mean appeal of what the logging policy shows, random pairs being 0
    logging_appeal: Annotated[float, Within(-3, 5)]
    logging_spread: Spread  # standard deviation of the same


def pull(appeal, params: WatchParams):
    """Appeal as it acts on watching: in step with appeal while it is low, level when it is high.

    Without the bend a policy with a better eye than the house would finish far more videos than
    any platform reports: the published lifts are for the whole step from random to a mature
    recommender. Works on tensors and numpy arrays.
    """
    bend = params.pull_bend
    z = bend * (params.pull_turn - appeal)
    if isinstance(appeal, np.ndarray):
        return -np.logaddexp(0.0, z) / bend
    # softplus written out: it stays one fused loop when compiled, and z is below the bound
    return -torch.log1p(torch.exp(z.clamp(max=80.0))) / bend


def centre(params: WatchParams, shares: np.ndarray) -> np.ndarray:
    """Logits at appeal 0 that give `shares` (4, n) on average under the logging policy.

    The log was made by a policy that picks what appeals, so its shares are averages over appeal
    N(logging_appeal, logging_spread^2); a random video gets less. Solved by fixed point with
    Gauss-Hermite quadrature.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    appeal = params.logging_appeal + params.logging_spread * nodes
    gain = np.array([-params.appeal_skip, 0.0, params.appeal_finish, params.appeal_finish])
    shift = (gain[:, None] * pull(appeal, params))[:, None, :]  # (4, 1, nodes)
    logits = np.log(shares)
    for _ in range(300):
        z = logits[:, :, None] + shift
        p = np.exp(z - z.max(0))
        mean = (p / p.sum(0)) @ (weights / weights.sum())
        logits += np.log(shares / mean)
    return logits - logits[1]  # against leaving


@dataclass(frozen=True)
class Shapes:
    """How long those watch who skip, leave, finish and loop: arrays of shapes that broadcast."""

    skip_median: Tensor  # ln seconds
    skip_sd: Tensor  # of ln seconds
    finish_at: Tensor  # durations
    finish_sd: Tensor  # durations
    loop_mean: Tensor  # durations beyond the first pass
    leave_bend: Tensor  # power of a uniform share of the duration


@dataclass(frozen=True)
class Watching:
    """The watch mixture of each video shown, at appeal 0, from its duration alone."""

    skip: Float[Tensor, "slots awake"]  # odds against leaving part-way
    finish: Float[Tensor, "slots awake"]
    loop: Float[Tensor, "slots awake"]
    skip_median: Float[Tensor, "slots awake"]  # ln seconds
    skip_sd: Float[Tensor, "slots awake"]  # of ln seconds
    finish_at: Float[Tensor, "slots awake"]  # durations
    finish_sd: Float[Tensor, "slots awake"]  # durations
    loop_mean: Float[Tensor, "slots awake"]  # durations beyond the first pass
    leave_bend: Float[Tensor, "slots awake"]  # power of a uniform share of the duration
    like_factor: Float[Tensor, "slots awake"]  # likes against those of other durations


@dataclass(frozen=True)
class WatchTables:
    """The mixture by duration, in even steps of its fourth root: found without a logarithm, since
    square roots round alike on every device and a video must fall into one step everywhere."""

    fields: Float[Tensor, "steps fields"]  # as in Watching


def tables(params: WatchParams, device: torch.device | str) -> WatchTables:
    grid = np.linspace(0.0, math.log(_LONGEST), _GRID)
    at = partial(between, params.knots, grid)
    shares = np.stack([at(v) for v in (params.skip, params.leave, params.finish, params.loop)])
    shares = np.clip(shares, 1e-5, None)
    skip, _, finish, loop = centre(params, shares / shares.sum(0))
    rest = [at(values) for values in (*_shapes(params), params.like_by_duration)]
    seconds = np.log(_middles())
    fields = np.stack([np.interp(seconds, grid, x) for x in (skip, finish, loop, *rest)], axis=1)
    fields[:, :3] = np.exp(fields[:, :3].clip(-math.log(_ODDS), math.log(_ODDS)))  # odds
    return WatchTables(torch.tensor(fields, dtype=torch.float32, device=device))


def _middles() -> np.ndarray:
    """The duration in the middle of each step, from a second to the longest."""
    steps = math.floor((_LONGEST**0.25 - 1) / _STEP) + 1
    return (1 + _STEP * (np.arange(steps) + 0.5)) ** 4


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


def played(shapes: Any, duration: Tensor, normal: Tensor, minus_log: Tensor) -> tuple[Tensor, ...]:
    """Watch seconds of who skips, leaves, finishes and loops: `shapes` has the fields of Shapes,
    `normal` is a standard normal draw, `minus_log` an exponential one."""
    skipped = torch.exp(shapes.skip_median + shapes.skip_sd * normal)
    left = duration * torch.exp(-shapes.leave_bend * minus_log)  # duration x uniform^bend
    finished = duration * (shapes.finish_at + shapes.finish_sd * normal)
    return skipped, left, finished, duration * (1 + shapes.loop_mean * minus_log)


def told(
    params: WatchParams, durations: tuple[float, ...], edges: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """What watching tells of appeal: chances of (watch ratio bin, cell) under the logging policy.

    A cell is one of the given durations (seconds, equally likely) and one node of appeal, nodes
    varying fastest. Returns (bins, cells), which sums to 1, and appeal over the logging policy's
    mean in each cell. By quadrature over appeal. Reactions that lean on appeal are tied to the
    log's rates by watch ratio with this.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    over = params.logging_spread * nodes
    seconds = np.array(durations)[:, None]
    at = partial(between, params.knots, np.log(seconds))

    shares = np.stack([at(v) for v in (params.skip, params.leave, params.finish, params.loop)])
    shares = np.clip(shares, 1e-5, None)
    shares /= shares.sum(0)
    gain = np.array([-params.appeal_skip, 0.0, params.appeal_finish, params.appeal_finish])
    z = gain[:, None, None] * pull(params.logging_appeal + over, params)
    z = z + centre(params, shares[..., 0])[..., None]
    part = np.exp(z - z.max(0))
    part /= part.sum(0)  # (4, durations, nodes)
    share, duration = torch.from_numpy(part), torch.from_numpy(seconds)
    shapes = Shapes(*(torch.from_numpy(at(values)) for values in _shapes(params)))

    none = np.zeros((len(seconds), NODES))
    under = (np.asarray(below(share, shapes, edge * duration, duration)) for edge in edges)
    steps = [none, *under, none + 1]
    chance = np.stack([b - a for a, b in pairwise(steps)]) * weights / weights.sum()
    return chance.reshape(len(chance), -1) / len(seconds), np.tile(over, len(seconds))


def told_likes(params: WatchParams, durations: tuple[float, ...]) -> np.ndarray:
    """The factor on like odds that goes with each cell of `told`."""
    return np.repeat(between(params.knots, np.log(durations), params.like_by_duration), NODES)


def between(knots: Any, place: np.ndarray, values: Any) -> np.ndarray:
    """Values at knots of duration (seconds), read at ln durations: linearly, and level beyond."""
    return np.interp(place, np.log(knots), values)


def _shapes(params: WatchParams) -> tuple[Any, ...]:
    """The fields of Shapes at the knots."""
    p = params
    rest = (p.skip_sd, p.finish_at, p.finish_sd, p.loop_mean, p.leave_bend)
    return (np.log(p.skip_median), *rest)


def describe(duration: Float[Tensor, "slots awake"], tables: WatchTables) -> Watching:
    """The mixture of each video, read off the tables at its duration (clamped to 1 s .. 1 h)."""
    step = ((duration.clamp(1.0, _LONGEST).sqrt().sqrt() - 1) * (1 / _STEP)).long()
    fields = tables.fields.index_select(0, step.flatten()).view(*step.shape, tables.fields.shape[1])
    return Watching(*fields.permute(2, 0, 1).contiguous())


def watch(
    appeal: Float[Tensor, "slots awake"],
    duration: Float[Tensor, "slots awake"],
    video: Watching,
    params: WatchParams,
    dice: Dice,
) -> Float[Tensor, "slots awake"]:
    """Watch seconds of each video shown; `video` holds fields of shape (slots, awake)."""
    drive = pull(appeal, params)
    skip = (video.skip * torch.exp(-params.appeal_skip * drive)).clamp_(max=_ODDS)
    drawn = torch.exp(params.appeal_finish * drive)
    finish, loop = video.finish * drawn, video.loop * drawn
    part = dice.uniform(PART) * (1 + skip + finish + loop)

    inside = dice.uniform(WITHIN)
    minus_log = -inside.log()
    spread = dice.uniform(SPREAD)
    normal = torch.sqrt(2 * minus_log) * torch.cos(2 * math.pi * spread)  # Box and Muller

    skipped, left, finished, looped = played(video, duration, normal, minus_log)
    late = torch.where(part < skip + 1 + finish, finished, looped)
    early = torch.where(part < skip, skipped, left)
    return torch.where(part < skip + 1, early, late).clamp(min=0)
