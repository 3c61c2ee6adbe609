"""What viewers want today: their lasting taste, and passing interests on top of it."""

from dataclasses import dataclass, replace

import torch

from sim.world.ranges import Part, Share, Weight
from sim.world.rng import Key, streams
from sim.world.state import Mood, Viewers

(FANCY,) = streams("tastes", "passing interest")
MOST = 4.0  # of a passing interest, standard deviations of taste; what is beyond is one in 10,000


@dataclass(frozen=True)
class TasteParams:
    fancy: Weight  # mean strength of a passing interest as it begins, standard deviations of taste
    fancy_rate: Share  # chance a day that a topic takes a viewer's fancy
    fancy_keep: Part  # of yesterday's passing interest


def wake(viewers: Viewers, mood: Mood, params: TasteParams, key: Key) -> Mood:
    """The morning: some topics take a viewer's fancy, those of the days before fade.

    On average over days a viewer wants what lasting taste says.
    """
    rate = params.fancy_rate
    u = key.fold(FANCY).uniform(viewers.id, viewers.taste.shape[1])
    # a uniform draw below `rate` is, over `rate`, one below 1
    begun = -torch.log((u / max(rate, 1e-9)).clamp(max=1)) * params.fancy
    fancy = (params.fancy_keep * mood.fancy + begun).clamp(max=MOST)
    usual = rate * params.fancy / (1 - params.fancy_keep)
    return replace(mood, fancy=fancy, wants=viewers.taste + (fancy - usual))
