"""A plan's futures: one past, then so many ways that luck may go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.lab.studio.lives import Life, Task
from sim.lab.studio.plan.fields import Conduct, Goal, Plan
from sim.lab.studio.plan.planned import Planned

MONTH = 30  # days
Z = 1.959964  # of a 95 % interval


def tasks(
    plan: Plan | None, like: Task, futures: Sequence[int], scale: float, start: Plan
) -> list[Task]:
    """The lives of a plan, or where there is none of the habit from `start`'s own start, of one
    seed: until the seat is taken all are one."""
    out = []
    for future in futures:
        episode = replace(like.episode, future=future)
        lived = Plan("habit", Conduct(), start.start) if plan is None else plan
        agent = Planned(lived, scale)
        out.append(replace(like, label=lived.name, agent=agent, episode=episode, branch=True))
    return out


def outcome(life: Life, metric: str, scale: float) -> float:
    """What a goal asks about, at a real platform's size."""
    if metric == "followers":
        return float(life.followers[-1] * scale)
    if metric == "brand_equity":
        return float(life.brand_equity[-1])
    last = slice(-MONTH, None)
    days = min(MONTH, life.days)
    return float((life.income[last].sum() - life.spent[last].sum()) * scale * MONTH / days)


@dataclass(frozen=True)
class Chance:
    """How many futures reach a goal, with Wilson's interval (1927)."""

    reached: int
    of: int

    @property
    def share(self) -> float:
        return self.reached / self.of

    @property
    def ends(self) -> tuple[float, float]:
        n, p = self.of, self.share
        middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * (p * (1 - p) / n + Z**2 / (4 * n**2)) ** 0.5
        return max(0.0, middle - half), min(1.0, middle + half)


def chance(values: Sequence[float], goal: Goal) -> Chance:
    return Chance(sum(v >= goal.value for v in values), len(values))


def luck(groups: Sequence[Sequence[float]]) -> float | None:
    """Of the variance of outcomes over these lives, the share that lies within a plan, where luck
    alone differs: 1 is all luck. What luck lends to the plans' means is taken off (as in a one-way
    analysis of variance, by the method of moments). None where there is no spread, or one plan."""
    sizes = [len(g) for g in groups]
    if len(groups) < 2 or min(sizes) < 2:
        return None
    within = float(np.mean([np.var(g, ddof=1) for g in groups]))
    noise = float(np.mean([np.var(g, ddof=1) / len(g) for g in groups]))
    between = max(0.0, float(np.var([np.mean(g) for g in groups], ddof=1)) - noise)
    return within / (within + between) if within + between > 0 else None


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def fan(lives: Sequence[Life], scale: float) -> np.ndarray:
    """(QUANTILES, days) of followers at a real platform's size. A life that ended early stays where
    it ended."""
    days = max(life.days for life in lives)
    rows = [np.pad(life.followers, (0, days - life.days), mode="edge") for life in lives]
    return np.quantile(np.stack(rows) * scale, QUANTILES, axis=0)
