"""How fast and how large: impressions per second of the world, alone and under agents."""

import gc
import os
import platform as machine
import resource
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import torch

from sim.lab.run.arm import Arm
from sim.lab.run.compiling import can_compile, page_and_day
from sim.presets.config import resolve
from sim.world import platform
from sim.world.rng import key
from sim.world.rules import Params
from sim.world.state import Slate, sheet_width

COUNTS = (
    "an impression is one video shown to one viewer who was there to see it, with all its "
    "consequences: watch time, reactions, satisfaction, mood, memory, follows, shares, counts. "
    "World rows time pages under even random slates, which are drawn beforehand; agent rows time "
    "whole days, nights, scoring and learning included. Compilation and a first page are not timed."
)


@dataclass(frozen=True)
class Result:
    what: str  # world or agent
    agent: str | None
    viewers: int
    videos: int
    slots: int
    mode: str  # eager or compiled
    impressions_per_s: float
    spread: float  # (largest - smallest) / median over repeats
    peak_mib: float  # of the process so far
    roofline_ratio: float  # of the memory bandwidth, see below

    def as_dict(self) -> dict:
        return asdict(self)


class Peak:
    """Largest resident memory while the block runs, sampled, for this process alone."""

    def __enter__(self) -> "Peak":
        self.value, self.stop = _resident(), threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.stop.wait(0.02):
            self.value = max(self.value, _resident())

    def __exit__(self, *_) -> None:
        self.stop.set()
        self.thread.join()
        self.value = max(self.value, _resident())


def _resident() -> float:
    """MiB of memory that the process holds now; the peak so far where the system cannot say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def about(device: str) -> dict:
    """The machine, in words that make a figure comparable."""
    name = torch.cuda.get_device_name() if device == "cuda" else machine.processor()
    return {
        "device": device,
        "name": name or machine.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": machine.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "counts": COUNTS,
    }


def bandwidth(device: str) -> float:
    """Bytes a second that a large copy moves on this machine now: the roof for what streams."""
    x = torch.zeros(1 << 25, device=device)
    y = torch.empty_like(x)
    seconds = min(_timed(lambda: y.copy_(x), device) for _ in range(5))
    return 2 * x.numel() * 4 / seconds


def _timed(work, device: str) -> float:
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def sized(viewers: int, slots: int) -> Params:
    """A kuaishou world of so many viewers and twice as many videos, slots a page."""
    return resolve("large", "kuaishou", {"size.viewers": viewers, "size.live": 2 * viewers}, slots)


def world_alone(
    viewers: int, slots: int, compiled: bool, device: str, repeats: int, roof: float
) -> Result | None:
    """Pages of one morning, again and again; None where graphs cannot be built."""
    if compiled and can_compile(device):
        return None
    params = sized(viewers, slots)
    swipe, day = page_and_day(device, compiled)
    rates: list[float] = []
    with Peak() as peak:
        rules, root = platform.rules(params, device), key(0, device)
        world = platform.turn_day(platform.init(rules, root), rules, root)
        listing = platform.public(world, rules)
        live = listing.id[listing.eligible]
        for page in range(repeats + 1):
            request = platform.ask(world, rules)
            draw = root.fold(9_000 + page).integer(request.viewer, len(live), slots)
            slate = Slate(live[draw])
            box: list = []
            seconds = _timed(
                lambda w=world, q=request, s=slate, b=box: b.extend(
                    platform.answer(w, rules, q, s, root, swipe=swipe, donate=True)
                ),
                device,
            )
            shown = int(box[1].response.seen.sum())
            if page:  # the first page warms up
                rates.append(shown / seconds)
            if page % 3 == 2:  # a new day, before too many have gone
                world = day(box[0], rules, root)
            else:
                world = box[0]
    return _result("world", None, params, "compiled" if compiled else "eager", rates, peak, roof)


def _result(what, agent, params: Params, mode, rates, peak: Peak, roof: float) -> Result:
    middle = sorted(rates)[len(rates) // 2]
    spread = (max(rates) - min(rates)) / middle
    # what must cross memory per impression at least: the sheet, the marks and the events, in bytes
    least = 4 * sheet_width(params.size.styles) + 2 * 64 + 40
    share = middle * least / roof
    size = params.size
    return Result(
        what, agent, size.viewers, size.live, size.slots, mode, middle, spread, peak.value, share
    )


def with_agent(agent: str, world: str, slots: int, device: str, days: int, roof: float) -> Result:
    """Whole days under an agent that learns."""
    params = resolve(world, "kuaishou", {}, slots)
    rates = []
    with Peak() as peak:
        arm = Arm(agent, params, 0, device)
        for day in range(days + 1):
            start = time.perf_counter()
            done = arm.step()
            seconds = time.perf_counter() - start
            if day:
                shown = sum(int(e.response.seen.sum()) for e in done.events)
                rates.append(shown / seconds)
    return _result("agent", agent, params, "eager", rates, peak, roof)


def bench(
    viewers: tuple[int, ...],
    agents: tuple[str, ...],
    world: str,
    slots: int,
    device: str,
    repeats: int,
) -> Iterator[Result]:
    """Every result as it comes: worlds by size, eager and compiled, then agents."""
    roof = bandwidth(device)
    for count in viewers:
        for compiled in (False, True):
            result = world_alone(count, slots, compiled, device, repeats, roof)
            if result:
                yield result
            gc.collect()
    for agent in agents:
        yield with_agent(agent, world, slots, device, 2, roof)
        gc.collect()
