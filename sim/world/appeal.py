"""What a viewer would like to watch, and what they are glad to have watched."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.world.rng import Key
from sim.world.state import Mood, Shown, Trends, Viewers

GLADNESS = 0  # stream


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
    glad_base: float = -0.75  # logits of gladness for a random video
    glad_match: float = 0.9
    glad_quality: float = 0.9  # quality counts for more afterwards than before
    glad_bait: float = 0.7  # lost per unit by which the hook promised more than there was
    glad_satiation: float = 1.0
    glad_noise: float = 0.6


@dataclass(frozen=True)
class Appeal:
    appeal: Float[Tensor, "viewers shown"]  # standardised; what the eye wants
    glad: Float[Tensor, "viewers shown"]  # logits of gladness before noise


def appeal(
    viewers: Viewers,
    mood: Mood,
    shown: Shown,
    trends: Trends,
    followed: Bool[Tensor, "viewers shown"],
    today: Tensor,
    params: AppealParams,
) -> Appeal:
    """Appeal and gladness of the videos shown to each viewer; hidden from agents.

    `followed` says whether the viewer follows the creator.
    """
    taste = (viewers.taste.gather(1, shown.topic) + viewers.taste.gather(1, shown.topic2)) * 0.5
    sated = mood.satiation.gather(1, shown.topic)
    style = (viewers.leaning.T[:, :, None] * shown.style).sum(0)
    share = params.topic_share
    match = params.match * (share**0.5 * taste + (1 - share) ** 0.5 * style)
    quality = shown.quality * viewers.choosiness[:, None]
    age = (today - shown.uploaded).clamp(min=0)

    wanted = match + params.quality * quality + params.hook * shown.hook
    wanted = wanted - params.satiation * sated - params.stale * torch.log1p(age)
    wanted = wanted + params.followed * followed + params.trend * trends.heat[shown.topic]
    glad = params.glad_base + params.glad_match * match / params.match
    glad = glad + params.glad_quality * quality - params.glad_satiation * sated
    glad = glad - params.glad_bait * (shown.hook - shown.quality).clamp(min=0)
    return Appeal(wanted, glad)


def gladness(glad: Tensor, params: AppealParams, name: Tensor, key: Key) -> Tensor:
    """Satisfaction in 0..1 of each video seen: its logits, the viewer's luck added."""
    noise = key.fold(GLADNESS).normal(name, glad.shape[1])
    # torch.sigmoid rounds the last few of a block otherwise than the rest
    return 1 / (1 + torch.exp(-(glad + params.glad_noise * noise)))
