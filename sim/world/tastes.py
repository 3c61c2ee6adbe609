"""What viewers want today: their lasting taste, which answers what they watch, and passing
interests on top of it."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Part, Share, Weight
from sim.world.rng import Key, streams
from sim.world.state import Mood, Viewers

(FANCY,) = streams("tastes", "passing interest")
MOST = 4.0  # of a passing interest, standard deviations of taste; what is beyond is one in 10,000

MILLI = 1000  # joy is counted in thousandths, whole: the order of adding is moot

Feedback = Literal["none", "slight", "strong"]
# Liking won by one video a day, watched whole and fully above what the viewer is used to, in
# standard deviations of taste. Slight: small effects on taste, of which zero is not excluded
# (docs/facts.md, "Taste, bubbles"). Strong is a stress test, ten times that: beyond any evidence.
GAIN: dict[Feedback, float] = {"none": 0.0, "slight": 0.03, "strong": 0.3}


@dataclass(frozen=True)
class TasteParams:
    fancy: Weight  # mean strength of a passing interest as it begins, standard deviations of taste
    fancy_rate: Share  # chance a day that a topic takes a viewer's fancy
    fancy_keep: Part  # of yesterday's passing interest
    won_keep: Part  # of the liking that watching won or lost, a day
    won_most: Weight  # of it, standard deviations of taste


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


def joy(
    satisfaction: Float[Tensor, "slots awake"],
    watched: Float[Tensor, "slots awake"],
    goodwill: Float[Tensor, " awake"],
) -> Int[Tensor, "slots awake"]:
    """What each video does for its topic, in thousandths: by how much it satisfied more than the
    viewer is used to, as far as it was watched (`watched`, a share up to 1)."""
    return (MILLI * watched * (satisfaction - goodwill)).round().int()


def answer(
    viewers: Viewers, mood: Mood, feedback: Feedback, params: TasteParams
) -> tuple[Viewers, Mood]:
    """The night: liking grows with watching that satisfied and falls after disappointment.

    Who is sated takes to nothing more, and what is overfed disappoints: boredom works against it.
    Liking won is bounded, and is lost again in time.
    """
    gain = GAIN[feedback]
    if not gain:
        return viewers, mood
    satisfied = mood.joy.float() * (gain / MILLI)
    step = (satisfied - mood.satiation * satisfied.clamp(min=0)) * viewers.pliancy[:, None]
    most = max(params.won_most, 1e-9)
    won = params.won_keep * viewers.won + step * (1 - (viewers.won / most) * step.sign())
    won = won.clamp(-params.won_most, params.won_most)
    taste = viewers.taste + (won - viewers.won)
    return replace(viewers, won=won, taste=taste), replace(mood, joy=torch.zeros_like(mood.joy))
