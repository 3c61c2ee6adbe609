"""Objectives: what a recommender is paid for, a weighted sum of parts (pay.py)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from sim.seats.objectives import Objectives
from sim.seats.recommender.pay import MIX, PARTS, SCALES, Seen
from sim.world.state import Log

NAMES = (*PARTS, "mix")
EXAMPLE = "watch_time=0.5,satisfaction=0.5"


def reward(
    watch: Tensor,
    duration: Tensor,
    flags: Tensor,
    survey: Tensor,
    left: Tensor,
    weights: Mapping[str, float],
) -> Tensor:
    """Reward of each impression, of the shape of `watch`."""
    seen, total = Seen(watch, duration, flags, survey, left), torch.zeros_like(watch)
    for name, weight in weights.items():
        total = total + weight * PARTS[name](seen)
    return total


def reward_of(log: Log, weights: Mapping[str, float]) -> Tensor:
    """(n,) reward of each impression of a log."""
    return reward(log.watch, log.duration, log.flags, log.survey, log.left, weights)


@dataclass(frozen=True)
class Objective:
    """What a learning agent is handed as `agent.objective`: (log) -> reward of each impression, and
    the scale on which it may be a label: (reward - usual) / spread.

    One line for all rewards, and the same in every log: a reward has one label, and expected labels
    stand in the order of expected rewards."""

    weights: Mapping[str, float]

    def __call__(self, log: Log) -> Tensor:
        return reward_of(log, self.weights)

    @property
    def usual(self) -> float:
        return sum(weight * SCALES[name][0] for name, weight in self.weights.items())

    @property
    def spread(self) -> float:
        """As if the parts went their own ways, which is assumed."""
        return math.hypot(*(weight * SCALES[name][1] for name, weight in self.weights.items()))


def label(weights: Mapping[str, float]) -> Objective | None:
    """The objective that an agent is handed.

    None for watch time alone: long views, the label of most agents, stand for it without teaching
    a model how long videos are.
    """
    parts = {name: weight for name, weight in weights.items() if weight}
    alone = set(parts) == {"watch_time"} and parts["watch_time"] > 0
    return None if alone else Objective(dict(weights))


parse = Objectives(tuple(PARTS), MIX, "objective", EXAMPLE).parse
