"""One arm of an experiment: a world, an agent, and the days they spend together."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch

from agents.registry import create
from sim.measure import Window, measure_day
from sim.seats.recommender import log_of, observe, truth
from sim.world import platform
from sim.world.rng import Key, key
from sim.world.rules import Params, Rules
from sim.world.state import Events, World


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
        self, agent: Any, params: Params, seed: int, device: str = "cpu", learn_every: int = 1
    ):
        self.rules: Rules = platform.rules(params, device)
        self.root: Key = key(seed, device)
        self.agent = create(agent)
        self.world = platform.init(self.rules, self.root)
        self.day = 0
        self.window = Window.empty(self.world)
        self.seconds = {"world": 0.0, "agent": 0.0, "measure": 0.0}
        self.names = self.world.videos.name
        self.agent.reset(
            platform.public(self.world, self.rules),
            viewers=params.size.viewer_rows,
            seed=seed + 1_000_003,
            device=torch.device(device),
        )

    def run(self, days: int) -> Iterator[Day]:
        for _ in range(days):
            yield self.step()

    def step(self) -> Day:
        """One day, from the night before it to the last viewer asleep."""
        start = perf_counter()
        self.world = platform.turn_day(self.world, self.rules, self.root)
        self.seconds["world"] += perf_counter() - start
        self._announce()
        events, learned = [], {}
        for page in range(self.rules.params.size.pages):
            request = platform.ask(self.world, self.rules)
            if not len(request.row):
                break
            event, learned = self._page(request, page)
            events.append(event)
        start = perf_counter()
        measures = measure_day(self.world, events, self.window)
        self.seconds["measure"] += perf_counter() - start
        self.day += 1
        return Day(self.day - 1, self.world, events, measures, learned)

    def _announce(self) -> None:
        """Agents that keep a vector per video are told which rows got a new one."""
        if hasattr(self.agent, "on_catalog"):
            names = self.world.videos.name
            reborn = (names != self.names).nonzero().squeeze(1)
            self.agent.on_catalog(platform.public(self.world, self.rules), reborn)
            self.names = names

    def _page(self, request, page: int):
        rules, slots = self.rules, self.rules.params.size.slots
        start = perf_counter()
        listing = platform.public(self.world, rules)
        seen = observe(self.world, rules, request, self.day, page, listing)
        extra = (
            {"truth": truth(self.world, rules, request)}
            if getattr(self.agent, "privileged", False)
            else {}
        )
        slate = self.agent.act(seen, slots, **extra)
        middle = perf_counter()
        self.world, event = platform.answer(self.world, rules, request, slate, self.root)
        after = perf_counter()
        listing = platform.public(self.world, rules)
        learned = dict(self.agent.learn(log_of([event], self.world, listing)))
        end = perf_counter()
        self.seconds["world"] += after - middle
        self.seconds["agent"] += (middle - start) + (end - after)
        return event, learned
