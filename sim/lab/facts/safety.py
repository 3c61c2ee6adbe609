"""What the facts about safety are computed from: counts, so that they can be pooled over seeds."""

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from sim.lab.run.arm import Day
from sim.measure import trail

FIRST = 7  # days until the stock of day 0 is gone; what comes after counts, warm-up or not
ENOUGH = 500  # removals, pooled over seeds; with fewer a share of them is too uncertain to judge
PARTS = {  # by fact: what is divided by what
    "safety.removed": ("removals", "uploads"),
    "safety.day": ("soon", "removals"),
    "safety.unseen": ("unseen", "removals"),
    "safety.reinstated": ("reinstated", "removals"),
    "safety.appealed": ("appeals", "removals"),
    "safety.won": ("won", "answered"),
    "safety.precision": ("right", "machine"),
    "safety.prevalence": ("violative", "views"),
}


def of_day(day: Day) -> dict[str, float]:
    """A day's counts; empty where nothing is moderated."""
    world = day.world
    if world.moderation is None or day.day < FIRST:
        return {}
    table = trail.rows(world)
    gone = table[trail.is_(table, None, "remove")]
    machine = gone[trail.is_(gone, "machine", "remove")]
    age = trail.column(gone, "day") - trail.column(gone, "uploaded")
    new = (world.videos.id > 0) & (world.videos.uploaded == world.day)
    told = {m: v for m, g, v in day.measures if g == "all"}
    views = told.get("impressions", 0.0)
    won = trail.is_(table, "appeal", "reinstate")
    return {
        "uploads": _count(new),
        "removals": float(len(gone)),
        "soon": _count(age <= 1),  # taken down at upload, or the night after
        "unseen": _count(trail.column(gone, "views") == 0),
        "reinstated": _count(trail.is_(table, None, "reinstate")),
        "appeals": _count(trail.is_(table, "filing", "appeal")),
        "won": _count(won),
        "answered": _count(won | trail.is_(table, "appeal", "uphold")),
        "machine": float(len(machine)),
        "right": _count(trail.column(machine, "harm") > 0),
        "views": views,
        "violative": views * told.get("violative_view_rate", 0.0),
    }


def _count(some: Tensor) -> float:
    return float(some.sum())


def figures(days: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Each fact of one seed, and beside it its two counts; nothing where there are none."""
    if not days:
        return {}
    total = {name: sum(day[name] for day in days) for name in days[0]}
    told: dict[str, float] = {"safety.count": total["removals"]}
    for fact, (part, of) in PARTS.items():
        told |= {f"{fact}#part": total[part], f"{fact}#of": total[of]}
        told[fact] = total[part] / total[of] if total[of] else math.nan
    return told


def pooled(fact: str, runs: Sequence[Mapping[str, float]]) -> tuple[float, str] | None:
    """A fact over all seeds, and why it cannot be judged, "" where it can; None where it is not
    one of these."""
    if fact not in PARTS or not any(f"{fact}#of" in run for run in runs):
        return None
    part, of = (sum(run.get(f"{fact}#{end}", 0.0) for run in runs) for end in ("part", "of"))
    n = sum(run.get("safety.count", 0.0) for run in runs)
    few = f"too few: {n:.0f} removals of {ENOUGH}" if n < ENOUGH else ""
    return (part / of if of else math.nan), few
