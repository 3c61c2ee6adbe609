"""How fast and how large: impressions per second of the world, alone and under agents."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sim.lab import meter
from sim.lab.run.arm import Arm
from sim.lab.run.compiling import can_compile, page_and_day
from sim.presets.config import resolve
from sim.world import platform
from sim.world.rng import Root, key
from sim.world.rules import Params, Rules
from sim.world.state import Request, Slate, World, sheet_width

COUNTS = (
    "an impression is one video shown to one viewer who was there to see it, with all its "
    "consequences: watch time, reactions, satisfaction, mood, memory, follows, shares, counts. "
    "World rows time pages, day rows whole days with their nights, both under even random slates, "
    "which are drawn beforehand; agent rows time whole days, nights, scoring and learning "
    "included. Compilation and a first page or day are not timed."
)
DAYS = 3  # timed, of a day or an agent row
# Seconds of one core of a 2023 server at 2 GHz, for `expected` alone
_BIRTH, _PAGE, _DAY = 30e-6, 6e-6, 36e-6  # a viewer
_GRAPHS = 130.0  # to build page and night, a size
_AGENT = 60e-6 * 10  # a viewer and day; the slowest agent takes ten times a world's own day


@dataclass(frozen=True)
class Result:
    what: str  # world, day or agent
    agent: str | None
    viewers: int
    videos: int
    slots: int
    mode: str  # eager or compiled
    impressions_per_s: float
    spread: float  # (largest - smallest) / median over repeats
    peak_mib: float  # of the process so far
    roofline_ratio: float  # of the memory bandwidth, see below
    night_share: float | None  # of the seconds of a day row

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Stage:
    """A world on its first morning, and the story that moves it on."""

    params: Params
    rules: Rules
    root: Root
    swipe: Any
    day: Any
    device: str

    def morning(self) -> World:
        eve = platform.init(self.rules, self.root)
        return self.day(eve, self.rules, self.root)

    def slate(self, world: World, request: Request, page: int) -> Slate:
        """An even random one."""
        listing = platform.public(world, self.rules)
        live = listing.id[listing.eligible]
        draw = self.root.fold(9_000 + page).integer(
            request.viewer, len(live), self.params.size.slots
        )
        return Slate(live[draw])

    def page(self, world: World, slate: Slate, request: Request) -> tuple[World, int, float]:
        """The world after a page, videos seen in it, and seconds."""
        box: list = []
        seconds = meter.timed(lambda: box.extend(self._answer(world, request, slate)), self.device)
        return box[0], int(box[1].response.seen.sum()), seconds

    def _answer(self, world: World, request: Request, slate: Slate):
        rules, root = self.rules, self.root
        return platform.answer(world, rules, request, slate, root, swipe=self.swipe, donate=True)

    def night(self, world: World) -> tuple[World, float]:
        box: list = []
        work: Callable = lambda: box.append(self.day(world, self.rules, self.root))  # noqa: E731
        seconds = meter.timed(work, self.device)
        return box[0], seconds


def sized(viewers: int, slots: int) -> Params:
    """A kuaishou world of so many viewers and twice as many videos, slots a page."""
    return resolve("large", "kuaishou", {"size.viewers": viewers, "size.live": 2 * viewers}, slots)


def staged(viewers: int, slots: int, compiled: bool, device: str) -> Stage | None:
    """None where graphs cannot be built."""
    if compiled and can_compile(device):
        return None
    params = sized(viewers, slots)
    swipe, day = page_and_day(device, compiled)
    return Stage(params, platform.rules(params, device), key(0, device), swipe, day, device)


def world_alone(stage: Stage, mode: str, repeats: int, roof: float) -> Result:
    """Pages of one morning, again and again."""
    rates: list[float] = []
    with meter.Peak() as peak:
        world = stage.morning()
        for page in range(repeats + 1):
            request = platform.ask(world, stage.rules)
            world, shown, seconds = stage.page(world, stage.slate(world, request, page), request)
            if page:  # the first page warms up
                rates.append(shown / seconds)
            if page % 3 == 2:  # a new day, before too many have gone
                world = stage.day(world, stage.rules, stage.root)
    return _result("world", None, stage.params, mode, rates, peak, roof)


def whole_days(stage: Stage, mode: str, days: int, roof: float) -> Result:
    """Whole days: the night, and pages for as long as anybody is awake to ask for one."""
    rates: list[float] = []
    nights = total = 0.0
    with meter.Peak() as peak:
        world = stage.morning()
        for day in range(days + 1):
            world, spent = stage.night(world)
            night, seen = spent, 0
            for page in range(stage.params.size.pages):
                request = platform.ask(world, stage.rules)
                if not len(request.row):
                    break
                slate = stage.slate(world, request, 100 * day + page)
                world, shown, seconds = stage.page(world, slate, request)
                spent, seen = spent + seconds, seen + shown
            if day:  # the first day warms up
                rates.append(seen / spent)
                nights, total = nights + night, total + spent
    share = nights / total
    return _result("day", None, stage.params, mode, rates, peak, roof, share)


def _result(
    what, agent, params: Params, mode, rates, peak: meter.Peak, roof: float, night=None
) -> Result:
    middle = sorted(rates)[len(rates) // 2]
    spread = (max(rates) - min(rates)) / middle
    # what must cross memory per impression at least: the sheet, the marks and the events, in bytes
    least = 4 * sheet_width(params.size.styles) + 2 * 64 + 40
    size = params.size
    return Result(
        what, agent, size.viewers, size.live, size.slots, mode, middle, spread, peak.value,
        middle * least / roof, night,
    )  # fmt: skip


def with_agent(agent: str, world: str, slots: int, device: str, days: int, roof: float) -> Result:
    """Whole days under an agent that learns."""
    params = resolve(world, "kuaishou", {}, slots)
    rates = []
    with meter.Peak() as peak:
        arm = Arm(agent, params, 0, device)
        for day in range(days + 1):
            start = time.perf_counter()
            done = arm.step()
            seconds = time.perf_counter() - start
            if day:
                shown = sum(int(e.response.seen.sum()) for e in done.events)
                rates.append(shown / seconds)
    return _result("agent", agent, params, "eager", rates, peak, roof)


def expected(viewers: tuple[int, ...], agents: int, world: str, device: str, repeats: int) -> float:
    """Seconds that the bench takes, roughly, on an idle machine."""
    modes = 1 if can_compile(device) else 2
    crowd = sum(viewers)
    rows = 2 * _BIRTH + repeats * _PAGE + (DAYS + 2) * _DAY
    graphs = (modes - 1) * _GRAPHS * len(viewers)
    served = agents * resolve(world).size.viewers * (DAYS * _AGENT + _BIRTH)
    return modes * crowd * rows + graphs + served


def bench(
    viewers: tuple[int, ...],
    agents: tuple[str, ...],
    world: str,
    slots: int,
    device: str,
    repeats: int,
) -> Iterator[Result]:
    """Every result as it comes: worlds by size, eager and compiled, then agents."""
    roof = meter.bandwidth(device)
    for count in viewers:
        for mode in ("eager", "compiled"):
            stage = staged(count, slots, mode == "compiled", device)
            if stage:
                yield world_alone(stage, mode, repeats, roof)
                yield whole_days(stage, mode, DAYS, roof)
            del stage
            gc.collect()
    for agent in agents:
        yield with_agent(agent, world, slots, device, DAYS - 1, roof)
        gc.collect()
