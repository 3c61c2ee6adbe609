"""The recommender that resides on a platform: it serves all whom no seat serves, and learns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from agents.registry import create
from sim.seats.guard import AgentFailed, Guard
from sim.seats.recommender.view import log_of, observe, truth
from sim.world.state import Catalog, Events, Observation, Recent, Request, Slate, Truth

if TYPE_CHECKING:
    from sim.seats.clock import Clock

__all__ = ["AgentFailed", "Habits", "Resident"]
OWN = 1_000_003  # an agent's seed is its own, never the world's
Looker = Callable[["Clock", Request, Observation], None]


@dataclass(frozen=True)
class Habits:
    """How a platform treats its recommender, whoever it is."""

    learn_every: int = 1  # pages between logs handed over; the night hands over what is left
    explore: bool = True
    objective: Callable | None = None  # (log) -> reward; None = the agent's own label
    label: str = ""  # what errors call the agent


class Resident:
    """An agent at work: what it is shown, what it answers, what it is told afterwards."""

    def __init__(self, agent: Any, habits: Habits | None = None):
        self.habits = habits or Habits()
        self.agent = create(agent)
        self.guard = Guard(self.agent, self.habits.label)
        self.label, self.privileged = self.guard.label, self.guard.privileged
        with self.guard.calling("objective", 0):
            if hasattr(self.agent, "objective"):
                self.agent.objective = self.habits.objective
        self.waiting: list[tuple[Events, Recent]] = []  # pages not handed over yet
        self.reports: list[dict[str, Any]] = []  # of the day
        self.day = 0
        self.looker: Looker | None = None  # whoever looks at it beside its pages

    def reset(self, listing: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.waiting, self.reports = [], []
        own = (seed + OWN) % (1 << 63)
        self.guard.reset(listing, viewers=viewers, seed=own, device=device)

    def morning(self, clock: "Clock", videos: Tensor, viewers: Tensor) -> None:
        """Agents that keep a vector per video, or per viewer, are told which rows got a new one."""
        self.reports, self.day = [], clock.day
        self.guard.on_catalog(clock.listing, videos, clock.day)
        self.guard.on_viewers(viewers, clock.day)

    def slate(self, clock: "Clock", request: Request) -> Slate:
        """Its answer to some of those who ask, checked."""
        world, rules = clock.world, clock.rules
        seen = observe(world, rules, request, clock.day, clock.page, clock.listing)
        secret = truth(world, rules, request) if self.privileged else None
        slate = self.answer(seen, rules.params.size.slots, secret, self.habits.explore)
        if self.looker is not None:
            self.looker(clock, request, seen)
        return slate

    def answer(self, seen: Observation, slots: int, secret: Truth | None, explore: bool) -> Slate:
        """Its slates, checked; `secret` is for the privileged alone."""
        return self.guard.act(seen, slots, explore=explore, truth=secret)

    def watch(self, clock: "Clock", events: Events, before: Recent) -> None:
        """A page was watched, by viewers who had watched `before`; the log is handed over when it
        is due."""
        self.waiting.append((events, before))
        if len(self.waiting) >= self.habits.learn_every or not clock.asked:
            pages, histories = zip(*self.waiting, strict=True)
            log = log_of(list(pages), clock.world, clock.listing, list(histories))
            self.waiting = []
            self.reports.append(self.guard.learn(log, clock.day))

    def told(self) -> dict[str, float]:
        """The mean over the day of each figure that the agent reported."""
        return self.guard.means(self.reports, self.day)
