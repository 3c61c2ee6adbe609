"""How fast creators live: creator-days a minute of seats side by side, their worlds included."""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.lab import meter
from sim.seats.creator.env import CreatorVectorEnv

WORLD, WARM_UP, STEPS = "nano", 7, 10  # days before the seats are taken; days of a repeat
COUNTS = (
    "Creator rows count days of accounts that are seated: every day of their worlds, under mf, "
    "with random decisions, a world a process, as many as there are cores, up to two."
)
_DAY = 0.25  # seconds of one core, of a 2023 server at 2 GHz, for `expected` alone


@dataclass(frozen=True)
class CreatorResult:
    what: str  # creators
    seats: int
    worlds: int  # each in a process of its own
    world: str
    money: str  # on or off
    creator_days_per_min: float
    spread: float  # (largest - smallest) / median over repeats
    peak_mib: float  # of the process that asks; each world has its own beside it

    def as_dict(self) -> dict:
        return asdict(self)


def cores() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(2, usable or 1)


def timed(seats: int, repeats: int, money: str | None = None) -> CreatorResult:
    """Seats over whole days; the worlds are made, and the days before lived, before the clock."""
    worlds = cores() if seats % cores() == 0 else 1
    settings = {} if money is None else {"money": money}
    task: dict[str, Any] = {
        "world": WORLD,
        "warm_up": WARM_UP,
        "days": 36_500,
        "settings": settings,
    }
    with meter.Peak() as peak:
        envs = CreatorVectorEnv(seats, worlds=worlds, processes=worlds > 1, **task)
        envs.action_space.seed(0)
        envs.reset(seed=0)
        rates = [_days(envs) for _ in range(repeats)]
        envs.close()
    middle = float(np.median(rates))
    spread = (max(rates) - min(rates)) / middle
    word = envs.params.money
    return CreatorResult("creators", seats, worlds, WORLD, word, middle, spread, peak.value)


def _days(envs: CreatorVectorEnv) -> float:
    """Creator-days a minute."""
    actions = [envs.action_space.sample() for _ in range(STEPS)]
    start = time.perf_counter()
    for action in actions:
        envs.step(action)
    return 60 * STEPS * envs.num_envs / (time.perf_counter() - start)


def expected(seats: tuple[int, ...], repeats: int) -> float:
    """Seconds, roughly, on an idle machine."""
    return len(seats) * _DAY * (WARM_UP + STEPS * repeats)


def bench(seats: tuple[int, ...], repeats: int) -> Iterator[CreatorResult]:
    """Every result as it comes."""
    for count in seats:
        yield timed(count, repeats)
