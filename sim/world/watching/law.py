"""The law of a page: how long each viewer watches each video shown."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.rng import Dice, streams
from sim.world.state import Audience, Viewers
from sim.world.watching.averages import centre, without_grip
from sim.world.watching.mixture import between, played, shapes_at, shares_at
from sim.world.watching.params import WatchParams, unpulled

STREAMS = PART, WITHIN, SPREAD = streams("watching", "part", "within", "spread")
_GRID = 257  # points of ln duration at which the mixture is solved
_LONGEST = 3600.0  # seconds
_ODDS = 1e30  # float32 holds the sum of a few such
_STEP = 0.005  # of the fourth root of duration: 2 % at 1 s, .9 % at 20 s, .4 % at 10 minutes


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
    average = centre(params, shares_at(params, grid))
    skip, _, finish, loop = without_grip(params, average, grid)
    rest = [*shapes_at(params, grid), between(params.knots, grid, params.like_by_duration)]
    seconds = np.log(_middles())
    fields = np.stack([np.interp(seconds, grid, x) for x in (skip, finish, loop, *rest)], axis=1)
    fields[:, :3] = np.exp(fields[:, :3].clip(-math.log(_ODDS), math.log(_ODDS)))  # odds
    return WatchTables(torch.tensor(fields, dtype=torch.float32, device=device))


def _middles() -> np.ndarray:
    """The duration in the middle of each step, from a second to the longest."""
    steps = math.floor((_LONGEST**0.25 - 1) / _STEP) + 1
    return (1 + _STEP * (np.arange(steps) + 0.5)) ** 4


def describe(duration: Float[Tensor, "slots awake"], tables: WatchTables) -> Watching:
    """The mixture of each video, read off the tables at its duration (clamped to 1 s .. 1 h)."""
    step = ((duration.clamp(1.0, _LONGEST).sqrt().sqrt() - 1) * (1 / _STEP)).long()
    fields = tables.fields.index_select(0, step.flatten()).view(*step.shape, tables.fields.shape[1])
    return Watching(*fields.permute(2, 0, 1).contiguous())


def watch(
    appeal: Float[Tensor, "slots awake"],
    duration: Float[Tensor, "slots awake"],
    video: Watching,
    viewers: Audience | Viewers,
    params: WatchParams,
    dice: Dice,
    grip: Float[Tensor, "slots awake"] | None = None,
) -> Float[Tensor, "slots awake"]:
    """Watch seconds of each video shown; `video` holds fields of shape (slots, awake), `grip` what
    is each one's own, or None where videos have none."""
    dull, bend = unpulled(appeal, params), params.pull_bend
    haste, stay = viewers.haste, viewers.stay
    if grip is not None:
        haste, stay = haste - params.video_haste_sd * grip, stay + params.video_stay_sd * grip
    skip = torch.exp(haste + (params.appeal_skip / bend) * dull)
    skip = (video.skip * skip).clamp_(max=_ODDS)
    drawn = torch.exp(stay)
    if params.appeal_finish:
        drawn = drawn * torch.exp((-params.appeal_finish / bend) * dull)
    finish, loop = video.finish * drawn, video.loop * drawn
    part = dice.uniform(PART) * (1 + skip + finish + loop)

    inside = dice.uniform(WITHIN)
    minus_log = -inside.log()
    spread = dice.uniform(SPREAD)
    normal = torch.sqrt(2 * minus_log) * torch.cos(2 * math.pi * spread)  # Box and Muller
    of_skip = viewers.pace + (1 - params.pace_share) ** 0.5 * normal

    skipped, left, finished, looped = played(video, duration, of_skip, normal, minus_log)
    late = torch.where(part < skip + 1 + finish, finished, looped)
    early = torch.where(part < skip, skipped, left)
    return torch.where(part < skip + 1, early, late).clamp(min=0)
