"""Objectives: what a recommender is paid for, a weighted sum of parts (pay.py)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput, did_you_mean
from sim.seats.recommender.pay import MIX, PARTS, SCALES, Seen
from sim.world.ranges import Within
from sim.world.state import Log

NAMES = (*PARTS, "mix")
Weight = Annotated[float, Within(-100, 100)]  # of a part; below 0 it is to be avoided
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


def parse(wanted: Any) -> dict[str, float]:
    """Weights from a name, from `watch_time=0.5,satisfaction=0.5`, or from a mapping.

    Raises BadInput that names the part, the known ones and the cure.
    """
    weights = _weights(wanted)
    for name, weight in weights.items():
        if name == "mix":
            rule, cure = "weights are of parts, and mix is a whole", f"Parts: {', '.join(PARTS)}."
            raise BadInput(f"objective: {rule}", "mix", cure, "run.objective")
        if name not in PARTS:
            raise did_you_mean(name, NAMES, "objective", "run.objective")
        weights[name] = value(Weight, weight, f"objective: the weight of {name}")
    if not any(weights.values()):
        rule, cure = "objective pays for something", "Give a part a weight that is not 0."
        raise BadInput(rule, wanted, cure, "run.objective")
    return weights


def _weights(wanted: Any) -> dict[Any, Any]:
    if isinstance(wanted, Mapping):
        return dict(wanted)
    if not isinstance(wanted, str):
        rule = "objective is a name, or weights of parts"
        raise BadInput(rule, wanted, f"Write {EXAMPLE}.", "run.objective")
    if "=" not in wanted:
        return dict(MIX) if wanted == "mix" else {wanted: 1.0}
    weights: dict[Any, Any] = {}
    for part in wanted.split(","):
        name, _, text = (word.strip() for word in part.partition("="))
        if name in weights:
            rule, cure = f"objective weighs a part once; {name} stands twice", "Leave one out."
            raise BadInput(rule, wanted, cure, "run.objective")
        try:
            weights[name] = float(text)
        except ValueError:
            rule = "an objective's weight is a number"
            raise BadInput(rule, part, f"Write {EXAMPLE}.", "run.objective") from None
    return weights
