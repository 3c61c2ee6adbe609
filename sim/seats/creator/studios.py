"""A world in which some accounts are seated; the others live by habit, and one recommender serves
all."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.clock import Clock, Task
from sim.seats.creator import accounts
from sim.seats.creator.analytics import RECENT, Analytics
from sim.seats.creator.decide import decisions
from sim.seats.creator.observation import dashboard
from sim.seats.creator.reward import reward
from sim.seats.creator.standing import Standing, endowed, standing
from sim.seats.creator.tallies import Tallies
from sim.seats.creator.task import Episode
from sim.seats.resident import Resident
from sim.world import community
from sim.world.rng import streams
from sim.world.rules import Params
from sim.world.state import HABIT, STREAMS, WEEK, Choice, Dashboard, Decisions, Events, World

(GRANT,) = streams("studios", "start")


class Studios(Task):
    """`seats` accounts of one world, at `row`, and the days that they live together."""

    quiet: Callable[[], AbstractContextManager] = nullcontext  # around all that seats compute

    held: Bool[Tensor, " seats"]  # False where the creator gave up or is bankrupt
    over: bool  # the horizon is reached
    now: Standing

    def __init__(self, params: Params, episode: Episode, seats: int, recent: int = RECENT):
        most = params.creator_count // 2
        if seats > most:
            cure = "Take fewer seats, more worlds (shared=False), or a larger world=."
            raise BadInput(f"at most half of a world's creators are seated, {most}", seats, cure)
        self.clock = Clock(params, Resident(episode.house), self, device=episode.device)
        self.episode, self.seats, self.device = episode, seats, self.clock.device
        self.analytics = Analytics(seats, self.device, episode.delay, recent)
        self.row = torch.zeros(seats, dtype=torch.int64, device=self.device)
        self.tallies = Tallies(seats, self.device)
        self.decided: Decisions = HABIT
        self.days = 0

    @property
    def world(self) -> World:
        return self.clock.world

    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """A new world, the accounts seated, and the days before the seats are taken, lived by
        habit. `options` may hold another `future` than the episode's."""
        seed = int(rng.integers(1 << 31)) if seed is None else seed
        future = checked_seed("future", (options or {}).get("future", self.episode.future))
        self.clock.start(seed, future)
        self.held = torch.zeros(self.seats, dtype=torch.bool, device=self.device)
        self.days, self.over, self.decided = 0, False, HABIT
        self.spending, self.earning = (self._week() for _ in range(2))
        self.seated = torch.zeros_like(self.row)
        self.fill(~self.held, rng)
        for _ in range(self.episode.warm_up):
            self._day()
        if bool(self.now.gone.any()):  # some left before their seat was taken
            self.fill(self.now.gone, rng)
        self.seated = torch.zeros_like(self.row)
        self.tallies.clear(torch.ones_like(self.held))

    def _week(self) -> Tensor:
        return torch.zeros(self.seats, WEEK, len(STREAMS), device=self.device)

    def _standing(self) -> Standing:
        return standing(self.world, self.clock.rules, self.clock.root, self.row)

    def fill(self, which: Bool[Tensor, " seats"], rng: np.random.Generator) -> None:
        """Accounts for the seats of `which`; the others keep theirs."""
        taken = torch.zeros_like(self.world.creators.id, dtype=torch.bool)
        taken[self.row[~which]] = True
        taken[self.row[self.held]] = True  # nor those that are given back now
        self.row[which] = accounts.drawn(self.world, int(which.sum()), taken, rng)
        self.held = self.held | which
        self.seated = self.seated.masked_fill(which, 0)
        self.clock.world = endowed(self.world, self.row[which], self.episode.cash)
        self.spending[which], self.earning[which] = 0.0, 0.0
        self.analytics.begin(self.world, self.row, which)
        self.tallies.clear(which)
        self.now = self._standing()

    def equip(self, followers: int | None, cash: float, hours: float | None = None) -> None:
        """The accounts seated begin with so many followers and hours a day (None: those they
        have), and with `cash` beside what they had."""
        self.clock.world = endowed(self.world, self.row, cash)
        if followers is not None:
            for row in self.row.tolist():
                grant = self.clock.root.fold(GRANT).fold(row)
                self.clock.world = accounts.granted(
                    self.world, self.clock.rules, row, followers, grant
                )
            counted = community.followers(self.world.memory, len(self.world.creators.id))
            self._know(followers=counted)
        if hours is not None:
            budget = self.world.creators.budget
            self._know(budget=budget.index_fill(0, self.row, max(hours, 0.01)))
        self.now = self._standing()
        self.analytics.recount(self.now.followers)

    def _know(self, **fields: Tensor) -> None:
        creators = replace(self.world.creators, **fields)
        self.clock.world = replace(self.world, creators=creators)

    def observe(self) -> Dashboard:
        """What the seats see now."""
        purse = {
            "income": self.earning.sum(1),
            "spent": self.spending[..., 0].sum(1),
            "cash": self.now.cash.clone(),
            "energy": self.now.energy.clone(),
            "hours": self.now.hours.clone(),
        }
        return dashboard(self.world, self.row, self.analytics, self.seated, purse)

    def live(self, choice: Choice) -> Float[Tensor, " seats"]:
        """A day as the seats chose it; the reward. Who gave up lives by habit."""
        self.decided = decisions(choice, self.row, self.held, len(self.world.creators.id))
        before, held = self.now, self.held
        self._day()
        paid = reward(before, self.now, self.episode.objective).where(held, 0.0)
        self.tallies.day(self.now, self.analytics.now, paid, held)
        self.days += 1
        self.over = self.days >= self.episode.days
        self.held = held & ~self.now.gone & ~self.now.bankrupt
        self.decided = HABIT
        return paid

    def _day(self) -> None:
        """The night, and the pages of the day."""
        self.clock.live()
        self.analytics.evening(self.world, self.row)
        self.now = self._standing()
        self.earning = torch.cat([self.earning[:, 1:], self.now.income[:, None]], dim=1)
        spent = torch.zeros_like(self.now.income)
        spent[:, 0] = self.now.spent
        self.spending = torch.cat([self.spending[:, 1:], spent[:, None]], dim=1)
        self.seated = self.seated + 1

    def decide(self, clock: Clock) -> Decisions:
        return self.decided

    def morning(self, clock: Clock) -> None:
        self.analytics.morning(self.world, self.row)

    def page(self, clock: Clock, events: Events) -> None:
        self.analytics.page(self.world, events, self.row)
