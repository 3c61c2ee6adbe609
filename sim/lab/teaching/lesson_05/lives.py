"""What the same viewers watched, with their own taste, the algorithm and an unequal supply switched
on or off.

A bubble is measured by pairs: how often two videos that one viewer watched are about one topic
(Simpson, 1949). That needs no correction for how much somebody watched, as entropy would.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.world.state import Events, World, row_of, watched

CAUSES = ("self", "algorithm", "supply")
ALGORITHM, NONE = "mf", "random"
LEAST = 5  # videos that a viewer watched past half, to be counted
TOPICS = 47
EVEN = f"[{', '.join([str(1 / TOPICS)] * TOPICS)}]"
OFF = {  # what switches a cause off, as settings; the algorithm is another recommender
    # Topics and styles are all the same to everybody. A taste for styles would bring topics with
    # it, since creators with a style have topics of their own.
    "self": ("appeal.match=0", "appeal.satisfaction_match=0"),
    "supply": (f"videos.category_share={EVEN}",),  # creators take to every topic alike
}


@dataclass(frozen=True)
class Life:
    """Videos watched past half, by topic, every day."""

    watched: Int[Tensor, "days viewers topics"]

    def between(self, first: int, last: int) -> Int[Tensor, "viewers topics"]:
        """Of some days, the last not among them."""
        return self.watched[first:last].sum(0)


def begun(
    agent: Any = ALGORITHM,
    on: Collection[str] = CAUSES,
    feedback: str = "slight",
    world: str = "nano",
    seed: int = 0,
    device: str = "cpu",
) -> Arm:
    """A platform on the eve of its first day, with these causes switched on and the others off."""
    settings = [line for cause in OFF if cause not in on for line in OFF[cause]]
    chooser = agent if "algorithm" in on else NONE
    params = resolve(world=world, settings=[*settings, f"feedback={feedback}"])
    return Arm(chooser, params, seed, device)


def lived(arm: Arm, days: int) -> Life:
    """What is watched in the days to come."""
    each = []
    for _ in range(days):
        events = arm.clock.live()
        each.append(torch.stack([_watched(arm.world, page) for page in events]).sum(0))
    return Life(torch.stack(each))


def _watched(world: World, page: Events) -> Int[Tensor, "viewers topics"]:
    """Counts of one page, by viewer's row and topic."""
    viewers, topics = world.viewers.taste.shape
    watch, videos = page.response.watch, world.videos
    row = row_of(page.ids, len(videos.id))
    past = watched.past_half(watch, videos.duration[row]) & (page.ids > 0) & page.response.seen
    place = page.request.row[:, None] * topics + videos.topic[row]
    counts = torch.bincount(place[past], minlength=viewers * topics)
    return counts.reshape(viewers, topics)


def mine(counts: Int[Tensor, "viewers topics"]) -> float:
    """How often, of 100, two videos that one viewer watched are about one topic; the mean over
    viewers who watched enough."""
    n = counts.sum(1)
    enough = n >= LEAST
    n, some = n[enough].double(), counts[enough].double()
    pairs = (some * (some - 1)).sum(1) / (n * (n - 1))
    return 100 * float(pairs.mean())


def ours(counts: Int[Tensor, "viewers topics"]) -> float:
    """How often, of 100, one video of one viewer and one of another are about one topic."""
    some = counts[counts.sum(1) >= LEAST].double()
    mix = some / some.sum(1, keepdim=True)
    people = len(mix)
    apart = mix.sum(0).square().sum() - mix.square().sum()
    return 100 * float(apart / (people * (people - 1)))


def bubble(counts: Int[Tensor, "viewers topics"]) -> float:
    """The personal bubble: how much oftener, of 100, two videos of one viewer are alike than one of
    theirs and one of a stranger's. What everybody watches makes none."""
    return mine(counts) - ours(counts)
