"""What a recommender is paid for, from what a platform observes; no hidden truth is in it.

Each part gives one number per impression, of the order of 1. All scales are assumed.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, NamedTuple

import torch
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput, did_you_mean
from sim.world.ranges import Within
from sim.world.state import EVENT_FLAGS, Log, watched

CAP = 90.0  # seconds beyond which one video pays no more, or a few long ones would pay for all
KIND = ("like", "comment", "share", "follow", "collect")
UNKIND = ("hide", "report")


class Seen(NamedTuple):
    """What was observed of impressions, one shape throughout; as in Log and Response."""

    watch: Tensor  # seconds
    duration: Tensor  # seconds
    flags: Tensor  # int32, bit i for EVENT_FLAGS[i]
    survey: Tensor  # 1..5; 0 = not asked
    left: Tensor  # bool

    def did(self, flags: tuple[str, ...]) -> Tensor:
        """How many of these were done."""
        bits = [(self.flags >> EVENT_FLAGS.index(flag)) & 1 for flag in flags]
        return torch.stack(bits).sum(0).float()


def watch_time(seen: Seen) -> Tensor:
    """Seconds watched, in long views: 1 = 18 s."""
    return seen.watch.clamp(max=CAP) / watched.LONG_VIEW


def completion(seen: Seen) -> Tensor:
    """1 where watched to the end."""
    return watched.finished(seen.watch, seen.duration).float()


def satisfaction(seen: Seen) -> Tensor:
    """The survey's answer as 0..1 where one was asked; elsewhere a guess from what was done."""
    long_view = watched.long_view(seen.watch, seen.duration).float()
    kind, unkind = seen.did(KIND).clamp(max=1), seen.did(UNKIND).clamp(max=1)
    guess = 0.35 + 0.25 * long_view + 0.3 * kind - 0.6 * unkind - 0.15 * seen.left.float()
    return torch.where(seen.survey > 0, (seen.survey - 1) / 4, guess.clamp(0, 1))


def retention(seen: Seen) -> Tensor:
    """-1 for the video with which the viewer left."""
    return -seen.left.float()


def reactions(seen: Seen) -> Tensor:
    """Likes, comments, shares, follows and collections, less hides and reports."""
    return seen.did(KIND) - seen.did(UNKIND)


PARTS: dict[str, Callable[[Seen], Tensor]] = {
    "watch_time": watch_time,
    "completion": completion,
    "satisfaction": satisfaction,
    "retention": retention,
    "reactions": reactions,
}
MIX = {
    "watch_time": 0.4,
    "completion": 0.1,
    "satisfaction": 0.3,
    "retention": 0.1,
    "reactions": 0.1,
}
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


def label(weights: Mapping[str, float]) -> Callable[[Log], Tensor] | None:
    """What an agent is handed as `agent.objective`: (log) -> reward.

    None for watch time alone: long views, the label of most agents, stand for it without teaching
    a model how long videos are (AGENTS.md).
    """
    alone = {name for name, weight in weights.items() if weight} == {"watch_time"}
    return None if alone else partial(reward_of, weights=dict(weights))


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
