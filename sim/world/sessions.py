"""A viewer's day: coming, tiring, leaving, and whether there is a tomorrow."""

import math
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import SHARED_OUT, Len, Logits, Part, Share, Spread, Within
from sim.world.rng import Key, streams
from sim.world.state import FEW, Mood, Viewers

COME, HOUR, WITHIN_HOUR, TIME, PATIENCE, GONE = streams(
    "sessions", "come", "hour", "within hour", "time", "patience", "gone"
)


# part of the day's sessions among which a viewer's own begin, around the usual one; assumed
_ABOUT = 0.7


@dataclass(frozen=True)
class SessionParams:
    # of the real platform's minutes and videos a day; small worlds show fewer
    scale: Annotated[float, Within(0.001, 10)]
    # of sessions by the hour they begin
    hour_share: Annotated[tuple[Share, ...], Len(24, 24), SHARED_OUT]
    habit: Logits  # logits of coming gained by having come yesterday
    lapse: Annotated[float, Within(0, 10)]  # logits lost per day away, up to lapse_days
    lapse_days: Annotated[int, Within(0, 365)]  # away, after which no more is lost
    newcomer: Logits  # logits of coming that a newcomer lacks, fading with visits
    # logits of coming per unit of goodwill above the usual
    goodwill_gain: Annotated[float, Within(0, 20)]
    usual_goodwill: Share  # at which nothing is gained or lost
    goodwill_rate: Part  # share of goodwill renewed by one video seen
    quit_base: Share  # chance a night that a settled viewer leaves for good
    quit_newcomer: Share  # the same after a newcomer's first day
    quit_settling: Share  # the same soon after, fading over settle_days
    settle_days: Annotated[float, Within(0.1, 1000)]  # in which that chance falls to 1/e
    # ln of those chances per unit of goodwill below the usual
    quit_goodwill: Annotated[float, Within(0, 20)]
    day_sd: Spread  # of the ln of a day's budgets around the viewer's own
    # a video watched so long costs 1/e of the patience of one not watched
    dull_seconds: Annotated[float, Within(0.1, 600)]
    satiate: Part  # share of the appetite for a topic that one video takes
    rest: Share  # share of satiation that a night leaves


def open_day(viewers: Viewers, mood: Mood, day: Tensor, params: SessionParams, key: Key) -> Mood:
    """Who comes today, when, and with how much time and patience."""
    name = viewers.id
    u = params
    logit = viewers.activity + u.goodwill_gain * (mood.goodwill - u.usual_goodwill)
    logit = logit + u.habit * (mood.away == 0) - u.lapse * mood.away.clamp(max=u.lapse_days)
    logit = logit - u.newcomer * torch.exp(-mood.visits / 3.0)
    come = key.fold(COME).uniform(name) * (1 + torch.exp(-logit)) < 1  # with the logit's chance
    present = (come | (viewers.joined == day)) & viewers.registered

    edges = torch.tensor(u.hour_share, device=name.device).cumsum(0)
    # of the day's sessions in order: evenly over viewers, so that the hours stay those of the log
    rank = (viewers.evening + _ABOUT * (key.fold(HOUR).uniform(name) - 0.5)) % 1
    at = rank * edges[-1]
    hour = torch.bucketize(at, edges[:-1], right=True).float() + key.fold(WITHIN_HOUR).uniform(name)
    luck = torch.exp(u.day_sd * key.fold(TIME).normal(name))
    nerves = torch.exp(u.day_sd * key.fold(PATIENCE).normal(name))
    return replace(
        mood,
        present=present,
        hour=hour,
        time_left=60 * u.scale * viewers.minutes * luck * present,
        patience_left=u.scale * viewers.patience * nerves * present,
        satiation=u.rest * mood.satiation,
    )


def swipe(
    watch: Float[Tensor, "slots awake"],
    offered: Float[Tensor, "slots awake"],
    time_left: Float[Tensor, " awake"],
    patience_left: Float[Tensor, " awake"],
    params: SessionParams,
) -> tuple[Tensor, Tensor, Tensor]:
    """How far down the page each viewer gets: which slots are seen, and the budgets left.

    The session ends with the video that spends the last of either budget. What is `offered` or
    seen is 1, all else 0.
    """
    seconds, dull = offered * watch, offered * torch.exp(-watch / params.dull_seconds)
    time = time_left - seconds.cumsum(0)
    patience = patience_left - dull.cumsum(0)
    before = torch.minimum(time + seconds, patience + dull)
    seen = offered * (before > 0).float()
    return seen, time_left - total(seen * seconds), patience_left - total(seen * dull)


def swipe_past(
    watch: Float[Tensor, "slots awake"],
    offered: Float[Tensor, "slots awake"],
    mood: tuple[Float[Tensor, " awake"], Float[Tensor, " awake"]],
    toll: Float[Tensor, "both slots awake"],
    params: SessionParams,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`swipe` where something stands after some of the videos: seen, what is got to, and what is
    left of the `mood`, time and patience, of which the `toll` of what is got to was taken as
    well. Both side by side: a call costs more than its work."""
    left = torch.stack(mood)
    cost = offered * torch.stack([watch, torch.exp(-watch / params.dull_seconds)])
    more = offered * toll
    after = left[:, None] - (cost + more).cumsum(1) + more  # the video
    seen = offered * _left_of(after + cost)
    got_to = seen * _left_of(after)
    left = left - (seen * cost + got_to * more).sum(1, dtype=torch.float64).float()
    return seen, got_to, left[0], left[1]


def _left_of(both: Float[Tensor, "both slots awake"]) -> Float[Tensor, "slots awake"]:
    """1 where something is left of both, else 0. Signs are found six times as fast as truth values
    are made and turned into numbers."""
    return both.amin(0).sign().clamp(min=0)


def total(x: Float[Tensor, "slots awake"]) -> Float[Tensor, " awake"]:
    """The sum over slots. In double precision a page's few add up exactly, so their order is moot:
    torch adds the last few of a block in another order than the rest."""
    return x.sum(0, dtype=torch.float64).float()


def feel(
    goodwill: Float[Tensor, " awake"],
    satisfaction: Float[Tensor, "slots awake"],
    seen: Float[Tensor, "slots awake"],
    params: SessionParams,
) -> Float[Tensor, " awake"]:
    """Goodwill follows satisfaction, one small step per video seen."""
    n = total(seen)
    mean = total(seen * satisfaction) / n.clamp(min=1)
    kept = torch.exp(math.log1p(-params.goodwill_rate) * n)
    return goodwill + (1 - kept) * (mean - goodwill)


def sate(
    satiation: Float[Tensor, "awake topics"],
    topic: Int[Tensor, "slots awake"],
    seen: Float[Tensor, "slots awake"],
    params: SessionParams,
) -> Float[Tensor, "slots awake"]:
    """Satiation with each topic shown, afterwards: a video seen takes a share of the appetite."""
    short = topic.int()
    if len(topic) * topic.numel() <= FEW:  # a cube fits the cache, and takes fewer calls
        count = ((short[:, None] == short).float() * seen[:, None]).sum(0)
    else:
        count = torch.zeros_like(seen)
        for one, was_seen in zip(short, seen, strict=True):
            count = count + (short == one).float() * was_seen
    before = satiation.gather(1, topic.T).T
    return 1 - (1 - before) * torch.exp(math.log1p(-params.satiate) * count)


def close_day(
    viewers: Viewers, mood: Mood, day: Tensor, params: SessionParams, key: Key
) -> tuple[Viewers, Mood]:
    """The night: days away are counted, and some do not come back at all."""
    u = params
    days = (day - viewers.joined).clamp(min=0, max=10_000).float()
    quit_ = u.quit_base + u.quit_settling * torch.exp(-days / u.settle_days)
    quit_ = torch.where(viewers.joined == day, u.quit_newcomer, quit_)
    quit_ = quit_ * torch.exp(u.quit_goodwill * (u.usual_goodwill - mood.goodwill))
    gone = key.fold(GONE).uniform(viewers.id) < quit_
    away = torch.where(mood.present, 0, mood.away + 1)
    visits = mood.visits + mood.present
    started = day >= 0  # nobody leaves in the night before the first day
    return (
        replace(viewers, registered=viewers.registered & ~(gone & started)),
        replace(
            mood,
            away=torch.where(started, away, mood.away),
            visits=torch.where(started, visits, mood.visits),
        ),
    )
