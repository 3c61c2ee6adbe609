"""The recommender that resides on a platform: it serves all whom no seat serves, and learns."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from agents.registry import create
from sim.seats.recommender.slate_check import BadSlate, check_slate
from sim.seats.recommender.view import log_of, observe, truth
from sim.world.state import Catalog, Events, Observation, Request, Slate, Truth

if TYPE_CHECKING:
    from sim.seats.clock import Clock

OWN = 1_000_003  # an agent's seed is its own, never the world's


class AgentFailed(RuntimeError):
    """An agent's own code raised; the cause is chained."""


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
        self.label = self.habits.label or type(self.agent).__name__
        self.privileged = bool(getattr(self.agent, "privileged", False))  # as tables say, for good
        if hasattr(self.agent, "objective"):
            self.agent.objective = self.habits.objective
        self.waiting: list[Events] = []  # pages not handed over yet
        self.reports: list[Mapping[str, float]] = []  # of the day

    def reset(self, listing: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.waiting, self.reports = [], []
        with self.blamed("reset", 0):
            own = (seed + OWN) % (1 << 63)
            self.agent.reset(listing, viewers=viewers, seed=own, device=device)

    def morning(self, clock: "Clock", reborn: Tensor) -> None:
        """Agents that keep a vector per video are told which rows got a new one."""
        self.reports = []
        if hasattr(self.agent, "on_catalog"):
            with self.blamed("on_catalog", clock.day):
                self.agent.on_catalog(clock.listing, reborn)

    def slate(self, clock: "Clock", request: Request) -> Slate:
        """Its answer to some of those who ask, checked."""
        world, rules = clock.world, clock.rules
        seen = observe(world, rules, request, clock.day, clock.page, clock.listing)
        secret = truth(world, rules, request) if self.privileged else None
        with self.blamed("act", clock.day):
            return self.answer(seen, rules.params.size.slots, secret, self.habits.explore)

    def answer(self, seen: Observation, slots: int, secret: Truth | None, explore: bool) -> Slate:
        """Its slates, checked; `secret` is for the privileged alone."""
        extra = {} if secret is None else {"truth": secret}
        slate = self.agent.act(seen, slots, explore=explore, **extra)
        repeats = getattr(self.agent, "repeats", False)
        check_slate(slate, seen, slots, self.label, seen.day, repeats)
        return slate

    def watch(self, clock: "Clock", events: Events) -> None:
        """A page was watched; the log is handed over when it is due."""
        self.waiting.append(events)
        if len(self.waiting) >= self.habits.learn_every or not clock.asked:
            log = log_of(self.waiting, clock.world, clock.listing)
            self.waiting = []
            with self.blamed("learn", clock.day):
                self.reports.append(dict(self.agent.learn(log)))

    def told(self) -> dict[str, float]:
        """The mean over the day of each figure that the agent reported."""
        names = {name: None for report in self.reports for name in report}
        values = {name: [r[name] for r in self.reports if name in r] for name in names}
        return {name: sum(map(float, some)) / len(some) for name, some in values.items()}

    @contextmanager
    def blamed(self, verb: str, day: int) -> Iterator[None]:
        """What goes wrong in an agent's own code is told with the agent's name."""
        try:
            yield
        except BadSlate:
            raise
        except Exception as error:
            raise AgentFailed(
                f"agent {self.label!r}, day {day}: {verb} raised {type(error).__name__}: {error}"
            ) from error
