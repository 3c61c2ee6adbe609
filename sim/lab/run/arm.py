"""One arm of an experiment: a world, an agent, and the days they spend together."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch

from sim.lab.run import checkpoint
from sim.lab.run.compiling import page_and_day
from sim.lab.run.look import Look
from sim.measure import Window, measure_day, trail
from sim.seats.clock import Clock
from sim.seats.resident import AgentFailed, Habits, Resident
from sim.world import platform
from sim.world.rules import Params
from sim.world.state import Events, World

__all__ = ["AgentFailed", "Arm", "Day", "Habits"]


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
        compiled: bool = False,
        *,
        future: int = 0,
    ):
        start = perf_counter()
        self.resident = Resident(agent, habits)
        story = page_and_day(device, compiled)
        self.clock = Clock(params, self.resident, device=device, story=story)
        self.clock.start(seed, future)
        self.window = Window.empty(self.world, params.appeal.topic_share)
        self.look = self.resident.looker = Look(self.resident)
        self.trail = [trail.rows(self.world)]  # decisions of moderation so far
        self.spent = {"start": perf_counter() - start, "measure": 0.0}

    @property
    def agent(self) -> Any:
        return self.resident.agent

    @property
    def world(self) -> World:
        return self.clock.world

    @property
    def day(self) -> int:
        """Days lived."""
        return self.clock.day + 1

    @property
    def seconds(self) -> dict[str, float]:
        """Spent so far, by phase."""
        return {**self.spent, **self.clock.seconds}

    def run(self, days: int) -> Iterator[Day]:
        for _ in range(days):
            yield self.step()

    def step(self) -> Day:
        """One day, from the night before it to the last viewer asleep."""
        events = self.clock.live()
        start = perf_counter()
        closed = platform.closed(self.world, self.clock.rules, self.clock.root)
        measures = measure_day(self.world, events, self.window, closed) + self.look.measured()
        self.trail.append(trail.rows(self.world))
        self.spent["measure"] += perf_counter() - start
        return Day(self.clock.day, self.world, events, measures, self.resident.told())

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed arm needs, between two days; loads with weights_only=True."""
        decided = {"trail": torch.cat(self.trail)} if self.world.moderation is not None else {}
        return {
            **decided,
            "day": self.day,
            "world": checkpoint.pack(self.world),
            "window": self.window.state_dict(),
            "agent": self.resident.guard.state_dict(self.day),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.clock.resume(checkpoint.unpack(self.world, state["world"]), state["day"])
        self.window.load_state_dict(state["window"])
        self.trail = [state["trail"]] if "trail" in state else self.trail
        self.resident.guard.load_state_dict(state["agent"], self.day)
