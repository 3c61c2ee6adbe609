"""What a viewer would like to watch, and what satisfied them once watched."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.ranges import Logits, Share, Weight, Within
from sim.world.rng import Dice, streams
from sim.world.state import Audience, Shown, Trends

STREAMS = RADIUS, ANGLE = streams("appeal", "satisfaction radius", "satisfaction angle")
_LIMIT = 25.0  # of appeal: nothing more is told there, and exponentials of it stay finite


@dataclass(frozen=True)
class AppealParams:
    """Weights in standard deviations of appeal over random pairs; all assumed, of the order of
    the trial in docs/facts.md ("taste .55, quality .30") and checked against the lifts there."""

    match: Weight = 0.72  # taste for topic and style
    topic_share: Share = 0.5  # of the match's variance; the rest is style
    quality: Weight = 0.48  # how good it is
    hook: Weight = 0.36  # how good it looks
    satiation: Weight = 1.2  # lost when quite sated with the topic
    # satiation at which more of the same attracts most: it does so before it bores (Woolley and
    # Sharif 2022, in the laboratory: the sign alone)
    keen: Annotated[float, Within(0, 0.45)] = 0.2
    stale: Weight = 0.08  # lost per unit of ln(1 + days since upload)
    followed: Weight = 0.15  # gained when the viewer follows the creator
    trend: Weight = 1.0  # per unit of the topic's trend
    satisfaction_base: Logits = -0.75  # logits of satisfaction for a random video
    satisfaction_match: Weight = 0.9  # per standard deviation of the match
    satisfaction_quality: Weight = 0.9  # quality counts for more afterwards than before
    satisfaction_bait: Weight = 0.7  # lost per unit by which the hook promised more than there was
    satisfaction_satiation: Weight = 1.0  # lost when quite sated with the topic
    satisfaction_noise: Weight = 0.6  # standard deviation of luck, logits


@dataclass(frozen=True)
class Appeal:
    appeal: Float[Tensor, "shown viewers"]  # standardised; what the eye wants
    satisfaction_logit: Float[Tensor, "shown viewers"]  # before noise


def appeal(
    viewers: Audience,
    shown: Shown,
    trends: Trends,
    followed: Float[Tensor, "shown viewers"],
    today: Tensor,
    params: AppealParams,
) -> Appeal:
    """Appeal and satisfaction of the videos shown to each viewer; hidden from agents.

    `followed` is 1 where the viewer follows the creator, else 0.
    """
    one, two = (viewers.wants.gather(1, t.T).T for t in (shown.topic, shown.topic2))
    taste, sated = (one + two) * 0.5, viewers.satiation.gather(1, shown.topic.T).T
    style = torch.zeros_like(taste)
    for lean, has in zip(viewers.leaning.T, shown.style, strict=True):
        style = style + lean * has  # written out, it joins the other sums in one loop
    share = params.topic_share
    match = share**0.5 * taste + (1 - share) ** 0.5 * style
    quality = shown.quality * viewers.choosiness
    age = (today - shown.uploaded).clamp(min=0)

    wanted = params.match * match + params.quality * quality + params.hook * shown.hook
    wanted = wanted - params.satiation * bored(sated, params) - params.stale * torch.log1p(age)
    wanted = wanted + params.followed * followed + params.trend * trends.of(shown.topic)
    logit = params.satisfaction_base + params.satisfaction_match * match
    logit = logit + params.satisfaction_quality * quality - params.satisfaction_satiation * sated
    logit = logit - params.satisfaction_bait * shown.bait
    return Appeal(wanted.clamp_(-_LIMIT, _LIMIT), logit)


def bored(satiation: Tensor, params: AppealParams) -> Tensor:
    """How tired of a topic: 0 when fresh, below 0 after some of it, 1 when quite sated."""
    return satiation * (satiation - 2 * params.keen) / (1 - 2 * params.keen)


def satisfaction(logit: Tensor, params: AppealParams, dice: Dice) -> Tensor:
    """Satisfaction in 0..1 of each video seen: its logits, the viewer's luck added."""
    # torch.sigmoid rounds the last few of a block otherwise than the rest
    return 1 / (1 + torch.exp(-(logit + params.satisfaction_noise * dice.normal(RADIUS, ANGLE))))
