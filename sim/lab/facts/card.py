"""The report card: each fact with its source, range, simulated value and spread, pass or not."""

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch

from agents.registry import create
from sim.lab.facts import figures, manners, safety, tastes, year
from sim.lab.facts.gather import SPELL_DAYS, SPELL_WORLDS, Tick, gather, nobody, spells, work
from sim.presets.aside import aside
from sim.presets.config import PRESETS, read_toml, resolve
from sim.presets.errors import BadInput
from sim.presets.files import extended
from sim.world.rules import Params

SECONDS = 1.3e-4  # of work on one idle core, a viewer's day; measured
_done: Any = None  # where a process counts its work
RANDOM_DAYS = (3, 5)  # the random arm's warm-up and kept days: it has nothing to learn
QUANTILE, SHARE = 0.2, 0.05  # tolerances of docs/facts.md, "Watching"
TOLERANCE = {  # of each row of the watching table
    "p25": ("x", QUANTILE),
    "median": ("x", QUANTILE),
    "p75": ("x", QUANTILE),
    "p90": ("x", QUANTILE),
    "mean": ("x", QUANTILE),
    "finish": ("+", SHARE),
    "quick_skip": ("+", SHARE),
    "like": ("x", 0.3),
    "twice": ("+", SHARE),
}
LEARNED, YEAR = "agent=learned", "--year"  # switches that are no settings of the world
FITTED = ("p25", "median", "p75", "p90", "finish", "quick_skip", "like", "twice")  # by the mixture


@dataclass(frozen=True)
class Fact:
    id: str
    what: str
    source: str
    range: tuple[float, float]
    fitted: bool
    value: float = math.nan
    sd: float | None = None  # over seeds; None with one seed
    under: str = ""  # the switches under which it holds; with others it is not asked
    few: str = ""  # why there is too little to judge it by

    @property
    def passed(self) -> bool:
        return not self.few and self.range[0] <= self.value <= self.range[1]

    def as_dict(self) -> dict[str, Any]:
        value = None if math.isnan(self.value) else self.value
        return {**asdict(self), "range": list(self.range), "value": value, "pass": self.passed}


@dataclass(frozen=True)
class CardOptions:
    platform: str = "kuaishou"
    world: str = "small"
    agent: str = "house"
    days: int = 14
    warm_up: int = 21
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    settings: tuple[str, ...] = ()
    jobs: int = 2
    year: bool = False

    def switched(self, switch: str, params: Params) -> bool:
        """Whether a switch under which facts are asked is set: a setting of the world, or
        LEARNED, an agent that must find out who likes what, or YEAR."""
        if switch == LEARNED:
            return not getattr(create(self.agent), "privileged", False)
        name, _, value = switch.partition("=")
        return self.year if switch == YEAR else getattr(params, name) == value


@dataclass(frozen=True)
class Card:
    settings: CardOptions
    facts: list[Fact]
    absent: list[str]  # what the world has no part to express yet

    @property
    def passed(self) -> int:
        return sum(f.passed for f in self.facts)

    def as_dict(self) -> dict[str, Any]:
        s = self.settings
        return {
            "platform": s.platform,
            "world": s.world,
            "agent": s.agent,
            "seeds": list(s.seeds),
            "days": s.days,
            "warm_up": s.warm_up,
            "facts": [f.as_dict() for f in self.facts],
            "passed": self.passed,
            "of": len(self.facts),
            "absent": self.absent,
        }


def targets(platform: str) -> tuple[list[Fact], dict[str, Any]]:
    """The facts of a platform, without values, and the raw tables they came from."""
    tables = read_toml(_facts_of(platform))
    facts = [*_watching(tables.get("watching")), *_deciles(tables.get("ratio"))]
    facts += [
        Fact(
            f["id"], f["what"], f["source"], tuple(f["range"]), f.get("fitted", False),
            under=f.get("under", ""),
        )
        for f in tables.get("fact", [])
    ]  # fmt: skip
    return facts, tables


def _facts_of(platform: str) -> Path:
    """The file of a platform's facts: its own, or that of the platform which its preset extends."""
    name: str | None = platform
    while name:
        if (path := PRESETS / f"facts_{name}.toml").exists():
            return path
        file = PRESETS / f"{name}.toml"
        name = extended(read_toml(file), str(file)) if file.exists() else None
    raise BadInput("facts are kept for platforms that exist", platform, "Take kuaishou or tiktok.")


def asked(facts: list[Fact], params: Params, settings: CardOptions) -> tuple[list[Fact], list[str]]:
    """The facts that a world can be held to, and what is said of the others."""
    on = {s: settings.switched(s, params) for f in facts for s in f.under.split()}
    off = [f for f in facts if not all(on[s] for s in f.under.split())]
    told = [f"{f.what}: it is asked under {f.under}" for f in off]
    return [f for f in facts if f not in off], told


def _watching(table: Mapping | None) -> Iterator[Fact]:
    for name, (kind, by) in TOLERANCE.items() if table else ():
        for label, value in zip(table["bins"], table[name], strict=True):  # type: ignore[index]
            what = f"{name.replace('_', ' ')} of videos of {label} s"
            source = table["source"]  # type: ignore[index]
            within = tuple(table.get("ranges", {}).get(f"{name}.{label}", _around(value, kind, by)))  # type: ignore[union-attr]
            yield Fact(f"{name}.{label}", what, source, within, name in FITTED)  # type: ignore[arg-type]


def _deciles(table: Mapping | None) -> Iterator[Fact]:
    for k, value in enumerate(table["deciles"], start=1) if table else ():
        what = f"watch ratio, decile {k}"
        yield Fact(f"ratio.decile.{k}", what, table["source"], _around(value, "x", QUANTILE), False)  # type: ignore[index]


def _around(value: float, kind: str, by: float) -> tuple[float, float]:
    if kind == "x":
        return (round(value * (1 - by), 6), round(value * (1 + by), 6))
    # half of a small share at least, so that none of it does not pass for it
    return (round(max(value / 2, value - by), 6), round(min(1.0, value + by), 6))


def one_seed(settings: CardOptions, seed: int, tick: Tick = nobody) -> dict[str, float]:
    """Every figure that a pair of arms gives."""
    torch.set_num_threads(max(1, torch.get_num_threads() // settings.jobs))
    params = resolve(settings.world, settings.platform, settings.settings)
    house = gather(settings.agent, params, seed, settings.warm_up, settings.days, tick)
    even = gather("random", params, seed, *RANDOM_DAYS, tick)
    nano = resolve("nano", settings.platform, settings.settings)  # trends are the same in all sizes
    values: dict[str, float] = safety.figures(house.safety)
    first = None
    if settings.year:
        whole, first = year.lived(settings.agent, nano, seed, tick)
        values |= whole
    arms = figures.Arms(house, even, params, spells(settings.agent, nano, seed, tick, first))
    for part in (*figures.PARTS, manners.watchers, tastes.topics):
        values |= part(arms)
    _, tables = targets(settings.platform)
    if "watching" in tables:
        for name, row in figures.watching(arms, tables["watching"]["edges"]).items():
            labels = tables["watching"]["bins"]
            values |= {f"{name}.{label}": x for label, x in zip(labels, row, strict=True)}
    values |= {f"ratio.decile.{k}": x for k, x in enumerate(figures.ratio_deciles(arms), start=1)}
    return values


def whole_work(settings: CardOptions) -> int:
    """All that a card takes, in viewers' days."""
    params, nano = (
        resolve(world, settings.platform, settings.settings) for world in (settings.world, "nano")
    )
    days = settings.warm_up + settings.days + sum(RANDOM_DAYS)
    small = SPELL_DAYS * SPELL_WORLDS + settings.year * (year.DAYS - SPELL_DAYS)
    return len(settings.seeds) * (days * work(params) + small * work(nano))


def expected(settings: CardOptions) -> float:
    """Seconds, roughly, on an idle machine with a core for each job."""
    return whole_work(settings) * SECONDS / min(settings.jobs, len(settings.seeds))


def report_card(settings: CardOptions, tick: Callable[[float], None] = lambda done: None) -> Card:
    """Run every seed, in `jobs` processes, and hold the means against the ranges. `tick` is told
    now and then what share of the work is done."""
    facts, tables = targets(settings.platform)
    of = whole_work(settings)  # bad input fails before the wait
    params = resolve(settings.world, settings.platform, settings.settings)
    facts, resting = asked(facts, params, settings)
    if settings.jobs == 1 or len(settings.seeds) == 1:
        alone, done = replace(settings, jobs=1), count(tick, of)
        runs = [one_seed(alone, seed, done) for seed in settings.seeds]
    else:
        runs = _side_by_side(settings, tick, of)
    absent = [a["what"] for a in tables.get("absent", [])] + resting
    return Card(settings, [_judged(f, runs) for f in facts], absent)


def count(tick: Callable[[float], None], of: int) -> Tick:
    """Adds up the work and tells the share."""
    total = 0

    def add(work: int) -> None:
        nonlocal total
        total += work
        tick(total / of)

    return add


def _side_by_side(
    settings: CardOptions, tick: Callable[[float], None], of: int
) -> list[dict[str, float]]:
    """Seeds in processes, which add up their work in one number."""
    context = get_context("spawn")
    done = context.Value("q", 0)
    pool = ProcessPoolExecutor(settings.jobs, context, _begin, (done,))
    with pool:
        left = [pool.submit(_counted, settings, seed) for seed in settings.seeds]
        waiting = set(left)
        while waiting:
            waiting = wait(waiting, timeout=1.0).not_done
            tick(done.value / of)
        return [each.result() for each in left]


def _begin(done: Any) -> None:
    """In a process of its own."""
    global _done
    _done = done


def _counted(settings: CardOptions, seed: int) -> dict[str, float]:
    def add(work: int) -> None:
        with _done.get_lock():
            _done.value += work

    with aside():
        return one_seed(settings, seed, add)


def _judged(fact: Fact, runs: list[dict[str, float]]) -> Fact:
    values = [run[fact.id] for run in runs if not math.isnan(run.get(fact.id, math.nan))]
    if (found := safety.pooled(fact.id, runs)) is not None:
        sd = stdev(values) if len(values) > 1 else None
        return replace(fact, value=found[0], few=found[1], sd=sd)
    if not values:
        return fact
    return replace(fact, value=fmean(values), sd=stdev(values) if len(values) > 1 else None)
