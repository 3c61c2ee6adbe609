"""What a viewer would like to watch, and what they are glad to have watched."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.rng import Dice, streams
from sim.world.state import Audience, Shown, Trends

STREAMS = RADIUS, ANGLE = streams("appeal", "satisfaction radius", "satisfaction angle")


@dataclass(frozen=True)
class AppealParams:
    """Weights in standard deviations of appeal over random pairs; all assumed, of the order of
    the trial in AGENTS.md ("taste .55, quality .30") and checked against the lifts of FACTS."""

    match: float = 0.72  # taste for topic and style
    topic_share: float = 0.5  # of the match's variance; the rest is style
    quality: float = 0.48
    hook: float = 0.36  # how good it looks
    satiation: float = 1.2  # lost when quite sated with the topic
    stale: float = 0.08  # lost per unit of ln(1 + days since upload)
    followed: float = 0.15  # gained when the viewer follows the creator
    trend: float = 1.0  # per unit of the topic's trend
    satisfaction_base: float = -0.75  # logits of satisfaction for a random video
    satisfaction_match: float = 0.9
    satisfaction_quality: float = 0.9  # quality counts for more afterwards than before
    satisfaction_bait: float = 0.7  # lost per unit by which the hook promised more than there was
    satisfaction_satiation: float = 1.0
    satisfaction_noise: float = 0.6


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
    one, two = (viewers.taste.gather(1, t.T).T for t in (shown.topic, shown.topic2))
    taste, sated = (one + two) * 0.5, viewers.satiation.gather(1, shown.topic.T).T
    style = torch.zeros_like(taste)
    for lean, has in zip(viewers.leaning.T, shown.style, strict=True):
        style = style + lean * has  # written out, it joins the other sums in one loop
    share = params.topic_share
    match = params.match * (share**0.5 * taste + (1 - share) ** 0.5 * style)
    quality = shown.quality * viewers.choosiness
    age = (today - shown.uploaded).clamp(min=0)

    wanted = match + params.quality * quality + params.hook * shown.hook
    wanted = wanted - params.satiation * sated - params.stale * torch.log1p(age)
    wanted = wanted + params.followed * followed + params.trend * trends.strength[shown.topic]
    logit = params.satisfaction_base + params.satisfaction_match * match / params.match
    logit = logit + params.satisfaction_quality * quality - params.satisfaction_satiation * sated
    logit = logit - params.satisfaction_bait * (shown.hook - shown.quality).clamp(min=0)
    return Appeal(wanted, logit)


def satisfaction(logit: Tensor, params: AppealParams, dice: Dice) -> Tensor:
    """Satisfaction in 0..1 of each video seen: its logits, the viewer's luck added."""
    # torch.sigmoid rounds the last few of a block otherwise than the rest
    return 1 / (1 + torch.exp(-(logit + params.satisfaction_noise * dice.normal(RADIUS, ANGLE))))
