"""The same videos in many worlds: what became of each.

The worlds share everybody and everything that was there on the eve of the first day; who comes
when, and what they make of what they see, is dealt anew in each (`future`), after the experiment of
Salganik, Dodds and Watts (2006), in which the same songs were released to eight worlds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.lab.teaching.lesson_02.lists import LISTS
from sim.presets.config import resolve
from sim.world.state import COUNTS, Videos

VIEWS = COUNTS.index("views")
WORLDS_APART = 1_000_003  # seeds of one recommender in two worlds


@dataclass(frozen=True)
class Fates:
    """Impressions of the same videos in every world."""

    days: int
    video: Int[Tensor, " videos"]  # ids
    topic: Int[Tensor, " videos"]
    duration: Float[Tensor, " videos"]  # seconds
    quality: Float[Tensor, " videos"]  # hidden, standardised
    hook: Float[Tensor, " videos"]
    views: Mapping[str, Float[Tensor, "worlds videos"]]  # by recommender

    @property
    def agents(self) -> list[str]:
        return list(self.views)

    @property
    def worlds(self) -> int:
        return len(next(iter(self.views.values())))

    def rank(self, agent: str) -> Float[Tensor, "worlds videos"]:
        """Where each video ends among all of a world: 100 for the one shown most, 0 for the least;
        equals share their places."""
        views = self.views[agent]
        above = (views[:, :, None] > views[:, None, :]).sum(2)
        equal = (views[:, :, None] == views[:, None, :]).sum(2) - 1
        return 100 * (above + equal.double() / 2) / (views.shape[1] - 1)

    def tops(self, agent: str, part: float) -> Float[Tensor, "worlds videos"]:
        """Which videos end in the top `part` of their world."""
        return self.rank(agent) > 100 * (1 - part)

    def among(self, ids: Sequence[int]) -> list[int]:
        """Places of videos with these ids."""
        return [int((self.video == i).nonzero()[0]) for i in ids]


def fates(
    agents: Sequence[str], world: str, days: int, worlds: int, seed: int, device: str = "cpu"
) -> Fates:
    """Lives `days` days in each of `worlds` worlds under each recommender, by name (the lesson's
    own lists `counts` and `jury` too). Counted are the videos posted on the last day before the
    first, which start alike, from nothing."""
    views: dict[str, Tensor] = {}
    start, fresh = stock(world, seed, device)
    for name in agents:
        agent = LISTS.get(name, name)
        each = [_views(agent, world, days, seed, future, device, fresh) for future in range(worlds)]
        views[name] = torch.stack(each).double()
    return Fates(
        days, start.id[fresh], start.topic[fresh], start.duration[fresh], start.quality[fresh],
        start.hook[fresh], views,
    )  # fmt: skip


def stock(world: str, seed: int, device: str = "cpu") -> tuple[Videos, Int[Tensor, " videos"]]:
    """The videos on the eve, and the rows of those posted on the last day before the first."""
    videos = Arm("random", resolve(world=world), seed, device).world.videos
    fresh = (videos.id > 0) & (videos.uploaded == -1) & ~videos.removed
    return videos, fresh.nonzero().squeeze(1)


def _views(
    agent: Any, world: str, days: int, seed: int, future: int, device: str, rows: Tensor
) -> Tensor:
    """Impressions that the videos of these rows came to in one world."""
    clock = Arm(agent, resolve(world=world), seed, device, future=future).clock
    # what the recommender draws, or how it begins, is luck to a video as well
    viewers, own = clock.rules.params.viewer_rows, seed + WORLDS_APART * future
    clock.resident.reset(clock.listing, viewers=viewers, seed=own, device=clock.device)
    ids = clock.world.videos.id[rows]
    for _ in range(days):
        clock.live()
    videos = clock.world.videos
    assert torch.equal(videos.id[rows], ids), "fewer days than a video lives"
    return videos.counts[rows, VIEWS]
