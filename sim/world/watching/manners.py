"""How viewers differ as watchers: some swipe on at once and often, some see things through. And how
videos do, beside what appeals in them: some grip."""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import GRIP_STEPS, Viewers
from sim.world.watching.params import WatchParams

HASTE, STAY, PACE = streams("manners", "haste", "stay", "pace")
(GRIP,) = streams("videos watched", "grip")


def mannered(viewers: Viewers, params: WatchParams, key: Key) -> Viewers:
    """The viewers with their habits of watching, which a name keeps for good."""
    haste, stay, pace = (key.fold(s).normal(viewers.id) for s in (HASTE, STAY, PACE))
    both = params.haste_stay
    stay = both * haste + (1 - both**2) ** 0.5 * stay
    haste = params.haste_sd * haste
    budget = (-params.haste_budget * haste).exp()
    return replace(
        viewers,
        haste=haste,
        stay=params.stay_sd * stay,
        pace=params.pace_share**0.5 * pace,
        minutes=budget * viewers.minutes,
        patience=budget * viewers.patience,
    )


def grip(
    key_of_video: Int[Tensor, " videos"], params: WatchParams, key: Key
) -> Float[Tensor, " videos"]:
    """How each video is watched beside its appeal: standard normal, in the steps of its sheet; 0
    where videos have no part of their own."""
    if not params.grips:
        return torch.zeros(len(key_of_video), device=key_of_video.device)
    steps = GRIP_STEPS * key.fold(GRIP).normal(key_of_video)
    return steps.round().clamp(-4 * GRIP_STEPS, 4 * GRIP_STEPS - 1) / GRIP_STEPS
