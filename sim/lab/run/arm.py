"""One arm of an experiment: a world, an agent, and the days they spend together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch

from agents.registry import create
from sim.lab.run import checkpoint
from sim.lab.run.compiling import page_and_day
from sim.measure import Window, measure_day
from sim.seats.recommender.slate_check import BadSlate, check_slate
from sim.seats.recommender.view import log_of, observe, truth
from sim.world import platform
from sim.world.rng import Key, key
from sim.world.rules import Params, Rules
from sim.world.state import Events, World


class AgentFailed(RuntimeError):
    """An agent's own code raised; the cause is chained."""


@dataclass(frozen=True)
class Habits:
    """How a runner treats an agent, whatever the agent."""

    learn_every: int = 1  # pages between logs handed over; the night hands over what is left
    explore: bool = True
    objective: Callable | None = None  # (log) -> reward; None = the agent's own label
    label: str = ""  # what errors call the agent
    compiled: bool = False  # pages as graphs


@dataclass
class Day:
    """What one day left behind."""

    day: int
    world: World
    events: list[Events]
    measures: list[tuple[str, str, float]]
    learned: dict[str, float]


class Arm:
    """A world under an agent. The agent's seed is its own, never the world's."""

    def __init__(
        self,
        agent: Any,
        params: Params,
        seed: int,
        device: str = "cpu",
        habits: Habits | None = None,
    ):
        start = perf_counter()
        self.habits = habits or Habits()
        self.rules: Rules = platform.rules(params, device)
        self.root: Key = key(seed, device)
        self.swipe, self.turn_day = page_and_day(device, self.habits.compiled)
        self.agent = create(agent)
        self.label = self.habits.label or type(self.agent).__name__
        self.privileged = bool(getattr(self.agent, "privileged", False))  # as tables say, for good
        if hasattr(self.agent, "objective"):
            self.agent.objective = self.habits.objective
        self.world = platform.init(self.rules, self.root)
        self.day = 0
        self.window = Window.empty(self.world)
        self.names = self.world.videos.id
        self.listing = platform.public(self.world, self.rules)  # as it stands now
        with self._blamed("reset", 0):
            self.agent.reset(
                self.listing,
                viewers=params.size.viewer_rows,
                seed=seed + 1_000_003,
                device=torch.device(device),
            )
        self.seconds = {
            "start": perf_counter() - start, "world": 0.0, "agent": 0.0, "measure": 0.0,
        }  # fmt: skip

    def run(self, days: int) -> Iterator[Day]:
        for _ in range(days):
            yield self.step()

    def step(self) -> Day:
        """One day, from the night before it to the last viewer asleep."""
        start = perf_counter()
        self.world = self.turn_day(self.world, self.rules, self.root)
        self.listing = platform.public(self.world, self.rules)
        self.seconds["world"] += perf_counter() - start
        self._announce()
        events: list[Events] = []
        waiting: list[Events] = []  # pages not handed over yet
        reports: list[Mapping[str, float]] = []
        for page in range(self.rules.params.size.pages):
            request = platform.ask(self.world, self.rules)
            if not len(request.row):
                break
            events.append(self._page(request, page))
            waiting.append(events[-1])
            if len(waiting) == self.habits.learn_every:
                reports.append(self._teach(waiting))
                waiting = []
        if waiting:
            reports.append(self._teach(waiting))
        start = perf_counter()
        measures = measure_day(self.world, events, self.window)
        self.seconds["measure"] += perf_counter() - start
        self.day += 1
        return Day(self.day - 1, self.world, events, measures, _means(reports))

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed arm needs, between two days; loads with weights_only=True."""
        return {
            "day": self.day,
            "world": checkpoint.pack(self.world),
            "window": self.window.state_dict(),
            "agent": self.agent.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.day = state["day"]
        self.world = checkpoint.unpack(self.world, state["world"])
        self.window.load_state_dict(state["window"])
        self.names = self.world.videos.id
        with self._blamed("load_state_dict", self.day):
            self.agent.load_state_dict(state["agent"])

    def _announce(self) -> None:
        """Agents that keep a vector per video are told which rows got a new one."""
        if hasattr(self.agent, "on_catalog"):
            names = self.world.videos.id
            reborn = (names != self.names).nonzero().squeeze(1)
            with self._blamed("on_catalog", self.day):
                self.agent.on_catalog(self.listing, reborn)
            self.names = names

    def _page(self, request, page: int) -> Events:
        rules, slots = self.rules, self.rules.params.size.slots
        start = perf_counter()
        seen = observe(self.world, rules, request, self.day, page, self.listing)
        extra = {"truth": truth(self.world, rules, request)} if self.privileged else {}
        with self._blamed("act", self.day):
            slate = self.agent.act(seen, slots, explore=self.habits.explore, **extra)
            repeats = getattr(self.agent, "repeats", False)
            check_slate(slate, seen, slots, self.label, self.day, repeats)
        middle = perf_counter()
        self.world, event = platform.answer(
            self.world, rules, request, slate, self.root, swipe=self.swipe, donate=True
        )
        self.listing = platform.public(self.world, rules)
        self.seconds["agent"] += middle - start
        self.seconds["world"] += perf_counter() - middle
        return event

    def _teach(self, pages: list[Events]) -> Mapping[str, float]:
        """The log of some pages is handed over; returns what the agent reports of it."""
        start = perf_counter()
        log = log_of(pages, self.world, self.listing)
        with self._blamed("learn", self.day):
            report = dict(self.agent.learn(log))
        self.seconds["agent"] += perf_counter() - start
        return report

    @contextmanager
    def _blamed(self, verb: str, day: int):
        """What goes wrong in an agent's own code is told with the agent's name."""
        try:
            yield
        except BadSlate:
            raise
        except Exception as error:
            raise AgentFailed(
                f"agent {self.label!r}, day {day}: {verb} raised {type(error).__name__}: {error}"
            ) from error


def _means(reports: list[Mapping[str, float]]) -> dict[str, float]:
    """The mean over the day of each figure that the agent reported."""
    names = {name: None for report in reports for name in report}
    values = {name: [r[name] for r in reports if name in r] for name in names}
    return {name: sum(map(float, some)) / len(some) for name, some in values.items()}
