"""What decisions make of a post: its topics, its format, the work put into it, and honesty."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Len, Weight, Within
from sim.world.rng import Key
from sim.world.state import FORMATS, Posts

EFFORT = 0.5  # by habit, of 0 to 1
DAWN, HOURS = 8.0, 15.0  # by habit posts come out between 8 and 23 o'clock; assumed

OfFormats = Annotated[tuple[Weight, ...], Len(len(FORMATS), len(FORMATS))]


@dataclass(frozen=True)
class CraftParams:
    """What effort buys, in standard deviations over videos; by format, as in FORMATS."""

    quality: OfFormats  # quality per unit of effort's curve
    hook: OfFormats  # hook, likewise
    bend: Annotated[float, Within(0.01, 100)]  # how soon more effort stops to pay
    lie: Weight  # hook of a title that holds nothing of what it says, at full effort


def curve(effort: Tensor, bend: float) -> Tensor:
    """What effort brings over that of habit: 0 there, rising ever more slowly."""
    return torch.log1p(bend * effort) - math.log1p(bend * EFFORT)


def where_told(told: Tensor, habit: Tensor) -> Tensor:
    """What was decided; habit where that is NaN."""
    return torch.where(torch.isnan(told), habit, told)


def usual_hour(key: Key, own: Int[Tensor, " new"]) -> Float[Tensor, " new"]:
    return DAWN + HOURS * key.uniform(own)


def form_of(u: Float[Tensor, " new"]) -> Int[Tensor, " new"]:
    """The format by habit of a video whose duration is the u-quantile of all: the four quarters of
    durations are, from the shortest, stories, vlogs, reviews and tutorials."""
    return (len(FORMATS) - 1) - (len(FORMATS) * u).long().clamp(max=len(FORMATS) - 1)


def formed(
    habit: Int[Tensor, " new"], u: Float[Tensor, " new"], told: Int[Tensor, " new"]
) -> tuple[Tensor, Tensor]:
    """Formats as decided, and durations' quantiles within their own quarter."""
    inside = (len(FORMATS) - 1 - told + u) / len(FORMATS)
    return torch.where(told < 0, habit, told), torch.where(told < 0, u, inside)


def positioned(topic, topic2, second, other, joins, asked: Any) -> tuple[Tensor, Tensor]:
    """Topics as decided. A post that joins a trend is about that first, its own topic second."""
    told = asked.posts
    one = torch.where(told.topic < 0, topic, told.topic)
    two = torch.where(told.topic < 0, topic2, torch.where(second, other, one))
    two = torch.where(told.topic2 < 0, two, told.topic2)
    join = (joins < told.trend) & (asked.trend >= 0)  # NaN is below nothing
    return torch.where(join, asked.trend, one), torch.where(join, one, two)


def worked(
    quality: Float[Tensor, " new"],
    hook: Float[Tensor, " new"],
    form: Int[Tensor, " new"],
    told: Posts,
    params: CraftParams,
) -> tuple[Tensor, Tensor, Tensor]:
    """Quality and hook after the work put in, and how much of the hook is promised falsely.

    An honest hook is kept: it says early what is there. What `honesty` lacks is added to what the
    eye sees before, and is missing afterwards.
    """
    pays = torch.tensor([params.quality, params.hook], device=quality.device)[:, form]
    effort = where_told(told.effort_hook, torch.full_like(hook, EFFORT))
    work = where_told(told.effort_quality, torch.full_like(hook, EFFORT))
    lie = params.lie * effort * (1 - where_told(told.honesty, torch.ones_like(hook)))
    made = quality + pays[0] * curve(work, params.bend)
    return made, hook + pays[1] * curve(effort, params.bend) + lie, lie


def bait(hook: Tensor, quality: Tensor, lie: Tensor) -> Float[Tensor, " new"]:
    """By how much a video promises more than it holds."""
    return (hook - lie - quality).clamp(min=0) + lie
