"""A1, measure it: exposure, Gini, entropy and the share of luck, computed from logs by a student's
functions and held against this package's own measures.

A range or a shape is easily guessed: every function is called with several logs whose values
differ, with the same log in another order, and with one small enough to be done by hand.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch

from sim.lab.assignments.cell import Cell, Fault, Limits
from sim.lab.assignments.hosts import host_for
from sim.lab.assignments.logs import Frame, asked
from sim.lab.assignments.marks import BySeed, Failed, Figures, Room, of_fault
from sim.lab.run.arm import Arm
from sim.measure import bubble, exposure
from sim.measure.agreement import alike
from sim.measure.columns import Impressions, columns
from sim.presets.config import resolve

WORLD, PLATFORM = "nano", "kuaishou"
SIZE = {"size.viewers": 120, "size.live": 150, "size.pages": 4}
DAYS, REPLAYS = 2, 20
AGENTS = ("random", "popular", "mf")  # by the seed, so that logs are of several kinds
CLOSE = 1e-6  # relative; float32 sums stay well within
BY_HAND = {  # three viewers, three videos of two topics; one saw 4 twice, and nobody saw 9
    "day": [0, 0, 0, 0, 1, 1, 1], "viewer": [1, 1, 2, 2, 1, 3, 1], "video": [4, 5, 4, 6, 6, 5, 4],
    "creator": [1, 2, 1, 2, 2, 2, 1], "category": [0, 1, 0, 0, 0, 1, 0],
    "duration_s": [10.0] * 7, "watch_s": [5.0] * 7,
}  # fmt: skip


class Measuring:
    name, file, suffix = "A1", "measures.py", ".py"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based, code = 3, False, True
    points: ClassVar[Mapping[str, float]] = {
        "exposure": 20.0, "gini": 25.0, "entropy": 25.0, "luck": 30.0,
    }  # fmt: skip
    limits = Limits(cpu_s=30)

    def base(self, seed: int) -> Figures:
        return {}

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        with host_for(self.limits, "pandas") as host:
            room = Room(text, host)
            yield room
            room.walls = tuple(host.walls)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        return {}

    def sit(self, room: Room, seed: int) -> Figures:
        """Of each function the share of cases that it has right; a fault of one is its own."""
        cell = None
        found: dict[str, Any] = {}
        for key, cases in _cases(seed).items():
            try:
                cell = cell if cell and cell.open else room.host.open(room.text, self.file, None)
                found[key] = _share(cell, cases)
            except Fault as fault:
                if fault.known.get("verb") == "load" or cell is None:
                    raise Failed(of_fault(fault)) from fault
                found[key] = of_fault(fault)
            finally:
                room.printed = cell.printed if cell else room.printed
        if cell:
            cell.close()
        return found

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        found: dict[str, tuple[Any, float]] = {}
        for key in self.points:
            some: list[Any] = [figures[seed][key] for seed in figures]
            fault = next((each for each in some if isinstance(each, dict)), None)
            found[key] = (sum(some) / len(some) if fault is None else fault), 1.0
        return found


Case = tuple[str, tuple[Any, ...], Any]  # a function, its arguments, the right value


def _share(cell: Cell, cases: list[Case]) -> float:
    right = 0
    for name, arguments, truth in cases:
        message = asked(name, *arguments)
        answer = cell.call("call", message.words, message.arrays)
        value = answer.arrays.get("value")
        right += value is not None and _same(value, np.asarray(truth, float))
    return right / len(cases)


def _same(value: np.ndarray, truth: np.ndarray) -> bool:
    if value.size != truth.size or (value.ndim and truth.ndim and value.shape != truth.shape):
        return False
    return bool(np.allclose(value.ravel(), truth.ravel(), rtol=CLOSE, atol=1e-9, equal_nan=True))


@lru_cache(maxsize=16)
def _cases(seed: int) -> dict[str, list[Case]]:
    """What each function is asked on a seed, the right values with it."""
    replays, videos = _replays(seed)
    first = replays[0]
    day = _where(first, first["day"] == 0)
    few = _where(first, first["viewer"] % 2 == 0)
    order = np.random.default_rng(seed).permutation(len(first["day"]))
    logs = [first, day, few, _where(first, order), {k: np.array(v) for k, v in BY_HAND.items()}]
    pools = [videos] * 4 + [np.array([4, 5, 6, 9])]
    counts = [_exposure(log, pool) for log, pool in zip(logs, pools, strict=True)]
    amounts = [*counts, 7 * counts[0], np.array([0, 0, 0, 5]), np.ones(9), np.zeros(3)]
    return {
        "exposure": [("exposure", (x, v), c) for x, v, c in zip(logs, pools, counts, strict=True)],
        "gini": [("gini", (a,), exposure.gini(torch.tensor(a))) for a in amounts],
        "entropy": [("topic_entropy", (log,), _entropy(log)) for log in logs],
        "luck": [
            ("luck_share", (some, videos), _luck(some, videos))
            for some in (replays, replays[:10], replays[::-1], [*replays[:5]] * 2)
        ],
    }  # fmt: skip


def _where(log: Frame, which: np.ndarray) -> Frame:
    return {column: values[which] for column, values in log.items()}


def _exposure(log: Frame, videos: np.ndarray) -> np.ndarray:
    seen, count = np.unique(log["video"], return_counts=True)
    known = dict(zip(seen.tolist(), count.tolist(), strict=True))
    return np.array([known.get(video, 0) for video in videos.tolist()])


def _entropy(log: Frame) -> float:
    """Bits of the topics that a viewer was shown, the mean over those who were shown any."""
    _, who = np.unique(log["viewer"], return_inverse=True)
    counts = torch.zeros(who.max() + 1, int(log["category"].max()) + 1)
    counts.index_put_((torch.tensor(who), torch.tensor(log["category"]).long()),
                      torch.ones(len(who)), accumulate=True)  # fmt: skip
    return float(bubble.entropy(counts).mean())


def _luck(replays: list[Frame], videos: np.ndarray) -> float:
    """As lesson 2 has it: of ln(1 + impressions), what a video does not share over its replays."""
    y = np.log1p(np.stack([_exposure(log, videos) for log in replays]).astype(float))
    share = alike(np.full(len(videos), len(y)), y.sum(0), np.square(y).sum(0))
    return 1 - min(1.0, max(0.0, share or 0.0))


def _replays(seed: int) -> tuple[list[Frame], np.ndarray]:
    """Logs of one world under so many futures, and the videos that were there on the first day."""
    params = resolve(WORLD, PLATFORM, SIZE, None)
    logs: list[Frame] = []
    videos = torch.zeros(0)
    for future in range(REPLAYS):
        arm = Arm(AGENTS[seed % len(AGENTS)], params, seed, future=future)
        parts = [_columns(arm.step())]
        if not future:
            videos = arm.clock.listing.id[arm.clock.listing.eligible]
        parts += [_columns(day) for day in arm.run(DAYS - 1)]
        logs.append({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})
    return logs, videos.numpy()


def _columns(day: Any) -> Frame:
    """The columns of a day's impressions, as events.parquet has them."""
    from sim.lab.assignments.logs import COLUMNS

    read: dict[str, Callable] = {c.name: c.values for c in columns(False) if c.name in COLUMNS}
    seen = [Impressions.of(e, day.world, torch.arange(len(e.ids))) for e in day.events]
    return {
        name: np.concatenate([values(page).cpu().numpy() for page in seen])
        for name, values in read.items()
    }
