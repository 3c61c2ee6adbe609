"""How fast seats are: steps a second of one over whole episodes, and of many side by side."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from sim.lab import meter
from sim.seats.recommender.env import RecommenderEnv, RecommenderVectorEnv

ALONE, TOGETHER = "nano", "small"  # the worlds of one seat, and of many
DAYS, CANDIDATES = 14, 50  # of an episode, of a page
COUNTS = (
    "Seat rows count steps, pages of seats that are awake to them, nights between included: one "
    "seat over whole episodes with their resets, many over steps of all, under even random slates, "
    "whose drawing is not timed. Recording the world, once a seed, is told apart."
)
EPISODES, STEPS = 8, 24  # a repeat: of one seat, and of many
# Seconds of one core of a 2023 server at 2 GHz, for `expected` alone
_RECORD = 0.15, 1.5  # a day, of nano and of small
_STEP, _ROW = 3e-3, 40e-6  # a step, and a seat in it


@dataclass(frozen=True)
class SeatResult:
    what: str  # seat (one, alone) or seats (of a vector)
    seats: int
    world: str
    days: int  # of an episode
    slots: int
    steps_per_s: float  # of seats awake
    spread: float  # (largest - smallest) / median over repeats
    peak_mib: float  # of the process so far
    record_s: float  # to record the world, once a seed

    def as_dict(self) -> dict:
        return asdict(self)


def alone(slots: int, device: str, repeats: int) -> SeatResult:
    """One seat through whole episodes, from reset to the horizon."""
    with meter.Peak() as peak:
        env = RecommenderEnv(**_task(ALONE, slots, device))
        record = _recorded(env)
        rates = [_episodes(env, EPISODES) for _ in range(repeats)]
    return _result("seat", 1, ALONE, slots, rates, peak, record)


def _episodes(env: RecommenderEnv, count: int) -> float:
    """Steps a second."""
    steps, spent = 0, 0.0
    for _ in range(count):
        start, over = time.perf_counter(), False
        seen, _ = env.reset()
        spent += time.perf_counter() - start
        while not over:
            action = env.action_space.sample(mask=seen["candidate_mask"])
            start = time.perf_counter()
            seen, _, gone, done, _ = env.step(action)
            spent += time.perf_counter() - start
            steps, over = steps + 1, gone or done
    return steps / spent


def together(seats: int, slots: int, device: str, repeats: int) -> SeatResult:
    """Many seats; the first repeat, in which all stand at their first pages, is not told."""
    with meter.Peak() as peak:
        envs = RecommenderVectorEnv(seats, **_task(TOGETHER, slots, device))
        record = _recorded(envs)
        rates = _rounds(envs, repeats + 1)
    return _result("seats", seats, TOGETHER, slots, rates[1:], peak, record)


def _rounds(envs: RecommenderVectorEnv, count: int) -> list[float]:
    """Steps a second of seats awake, of so many times STEPS."""
    seen, info = envs.reset()
    rates = []
    for _ in range(count):
        steps, spent = 0, 0.0
        for _ in range(STEPS):
            action = envs.action_space.sample(mask=seen["candidate_mask"])
            steps += int(info["awake"].sum())  # where an episode ended, nobody is
            start = time.perf_counter()
            seen, _, _, _, info = envs.step(action)
            spent += time.perf_counter() - start
        rates.append(steps / spent)
    return rates


def _task(world: str, slots: int, device: str) -> dict:
    many = max(CANDIDATES, slots)
    return {"world": world, "days": DAYS, "slots": slots, "device": device, "candidates": many}


def _recorded(env: RecommenderEnv | RecommenderVectorEnv) -> float:
    """Seconds to record the world to its last day; an episode later meets none that is new."""
    start = time.perf_counter()
    env.action_space.seed(0)
    env.reset(seed=0)
    env.seats.record.reach(DAYS - 1)  # type: ignore[attr-defined]
    return time.perf_counter() - start


def _result(what, seats, world, slots, rates, peak: meter.Peak, record) -> SeatResult:
    middle = float(np.median(rates))
    spread = (max(rates) - min(rates)) / middle
    return SeatResult(what, seats, world, DAYS, slots, middle, spread, peak.value, record)


def expected(seats: tuple[int, ...], repeats: int) -> float:
    """Seconds, roughly, on an idle machine."""
    many = [n for n in seats if n > 1]
    one = (1 in seats) * DAYS * (_RECORD[0] + 2 * repeats * EPISODES * _STEP)
    steps = sum((repeats + 1) * STEPS * (_STEP + n * _ROW) for n in many)
    return one + steps + bool(many) * DAYS * _RECORD[1]


def bench(seats: tuple[int, ...], slots: int, device: str, repeats: int) -> Iterator[SeatResult]:
    """Every result as it comes; 1 is the single form."""
    for count in seats:
        if count == 1:
            yield alone(slots, device, repeats)
        else:
            yield together(count, slots, device, repeats)
