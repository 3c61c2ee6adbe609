"""The same hidden personas on several platforms; and on one once more, with something taken away.

What is built in: that people watch longer what they like, with much noise; how many react; that
these recommenders learn from seconds. What comes of it: how fast each knows a newcomer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch

from sim.lab.phone.following import SWIPES, Followed, again, followed, platform
from sim.seats.clock import Clock
from sim.world.rng import key, streams

(DRAW,) = streams("lesson one", "at random")
OTHERS = ("mf", "ncf", "oracle")
SKIPPED = 1.5  # seconds
HOW = ("as they are", "to the end", "skip all", "at random")


@dataclass(frozen=True)
class Runs:
    """What was noted of the personas, by platform."""

    by: Mapping[str, Followed]  # the agents
    no_likes: Followed  # bayes, and no like of the personas in the log
    reactions: Followed  # bayes on a platform that learns from reactions in place of seconds
    chance: float  # share of favourites among all videos there are
    where: "Where"


@dataclass(frozen=True)
class Where:
    """A world, and who comes to it."""

    world: str
    days: int  # that it lives before
    seed: int
    personas: int
    device: str = "cpu"


def grown(agent: str, where: Where, objective: str = "watch_time") -> Clock:
    """The morning on which the personas come."""
    about = where.world, where.days, where.seed, where.personas
    return platform(agent, *about, objective=objective, device=where.device)


@lru_cache(maxsize=1)  # a world takes some hundred MB
def _bayes(where: Where) -> Clock:
    return grown("bayes", where)


def morning(where: Where) -> Clock:
    """That under bayes, which is used more than once: grown once, and a fresh copy each time."""
    return again(_bayes(where))


def personas(where: Where, swipes: int) -> Runs:
    """Lets the personas swipe so many videos on every platform."""
    by = {"bayes": followed(morning(where), swipes)}
    by |= {agent: followed(grown(agent, where), swipes) for agent in OTHERS}
    silent = followed(morning(where), SWIPES, likes=False)
    only = followed(grown("bayes", where, "reactions"), SWIPES)
    return Runs(by, silent, only, _chance(_bayes(where), by["bayes"]), where)


def _chance(clock: Clock, found: Followed) -> float:
    """The mean over personas of the share of their favourites among the videos at hand."""
    listing = clock.listing
    share = listing.topic[listing.eligible].bincount(minlength=found.taste.shape[1]).double()
    best = found.taste.topk(5, dim=1).indices
    return float((share / share.sum())[best].sum(1).mean())


def behaved(runs: Runs, how: str, swipes: int = SWIPES) -> Followed:
    """The same personas under bayes, who now watch all videos to the end, skip all, or do either
    at random: whatever they like, their seconds do not tell."""
    if how == HOW[0]:
        return runs.by["bayes"]
    seed = runs.where.seed

    def act(duration: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        if how == "to the end":
            return duration
        skipped = duration.clamp(max=SKIPPED)
        if how == "skip all":
            return skipped
        heads = key(seed, ids.device).fold(DRAW).uniform(ids.flatten()).view(ids.shape) < 0.5
        return torch.where(heads, duration, skipped)

    return followed(morning(runs.where), swipes, act=act)
