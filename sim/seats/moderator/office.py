"""A platform with somebody at its moderation desk; a recommender serves all viewers."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.measure import safety
from sim.presets.seeds import checked_seed
from sim.seats.clock import Clock, Task
from sim.seats.moderator.books import Books
from sim.seats.moderator.reward import reward
from sim.seats.moderator.task import Episode
from sim.seats.moderator.toll import Meter
from sim.seats.resident import Resident
from sim.world import catalog
from sim.world.rules import Params
from sim.world.state import HABIT, Backroom, Decisions, Desk, Events, Policy, World


class Office(Task):
    """One world, the days that it lives under a moderator's policies, and what they cost."""

    quiet: Callable[[], AbstractContextManager] = nullcontext  # around all that it computes

    over: bool  # the horizon is reached

    def __init__(self, params: Params, episode: Episode):
        self.clock = Clock(params, Resident(episode.house), self, device=episode.device)
        self.episode, self.device = episode, self.clock.device
        self.usual = self.clock.rules.tables.policy
        self.meter = Meter(self.device)
        self.decided: Decisions = HABIT
        self.catch: Callable[[Backroom], Tensor] | None = None  # of a privileged agent
        self.days, self.over = 0, True

    @property
    def world(self) -> World:
        return self.clock.world

    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """A new world, and the days before the desk is taken, under the usual policy. `options` may
        hold another `future` than the episode's."""
        seed = int(rng.integers(1 << 31)) if seed is None else seed
        future = checked_seed("future", (options or {}).get("future", self.episode.future))
        self.decided, catch, self.catch = HABIT, self.catch, None
        self.books = Books(self.usual, self.episode.days)
        self.clock.start(seed, future)
        for _ in range(self.episode.warm_up):
            self.clock.live()
        self.catch = catch
        self.days, self.over = 0, False
        self.meter.clear()

    def observe(self) -> Desk:
        """What the moderator sees now; days are counted from when the desk was taken."""
        return replace(self.books.desk, day=self.days, of=self.episode.days)

    def live(self, policy: Policy) -> Float[Tensor, ""]:
        """The night and the day under a policy; the pay."""
        self.decided = Decisions(rules=policy)
        self.events = self.clock.live()
        toll = self.meter.toll()
        paid = reward(toll, self.episode.objective)
        self.meter.evening(paid, toll)
        self.days += 1
        self.over = self.days >= self.episode.days
        return paid

    def measured(self) -> list[tuple[str, str, float]]:
        """The measures of the day that is over: metric, group, value."""
        return safety.measured(self.world, self.events)

    def decide(self, clock: Clock) -> Decisions:
        return self.decided

    def morning(self, clock: Clock) -> None:
        self.books.morning(self.world)
        self.meter.morning(self.world)
        if self.catch is not None:
            ids = self.catch(backroom(self.world, clock))
            videos = catalog.remove(self.world.videos, ids)
            clock.take(replace(self.world, videos=videos))

    def page(self, clock: Clock, events: Events) -> None:
        self.books.page(events)
        self.meter.page(self.world, events)


def backroom(world: World, clock: Clock) -> Backroom:
    """What only a privileged agent is handed."""
    threats, videos = world.threats, world.videos
    assert threats is not None
    live = catalog.eligible(videos, world.day, clock.rules.params.catalog)
    ids: Int[Tensor, " videos"] = torch.where(live, videos.id, 0)
    return Backroom(ids, threats.harm.long(), threats.severity.clone())
