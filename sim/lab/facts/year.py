"""A year of the smallest world: whether its end is as its beginning. Nothing in the world says that
it should be another, so what wanders off is a defect (docs/facts.md, "A year")."""

from statistics import fmean

import torch
from scipy import stats

from sim.lab.facts.gather import SPELL_DAYS, Tick, nobody, work
from sim.lab.run.arm import Arm, Day
from sim.measure import Window
from sim.measure.spells import Spells
from sim.world.rules import Params

DAYS = 365
BEGUN = 7  # days, after which it is compared
SPAN = 60  # days of its beginning, and of its end


def lived(
    agent: str, params: Params, seed: int, tick: Tick = nobody
) -> tuple[dict[str, float], Spells]:
    """Each figure's last days over its first, by "year." and its name; and the trends of the
    first SPELL_DAYS, as `gather.spells` has them."""
    arm, days, spells = Arm(agent, params, seed), [], None
    for day in arm.run(DAYS):
        tick(work(params))
        days.append(looked_at(day, arm.window))
        if arm.day == SPELL_DAYS:
            spells = arm.window.spells.copy()
    assert spells is not None
    return changes(days), spells


def looked_at(day: Day, window: Window) -> dict[str, float]:
    """A day's figures: who is there, what they are shown, and what tastes are like (their
    variance, its share in six components, their skew)."""
    told = {metric: value for metric, group, value in day.measures if group == "all"}
    viewers, shown = day.world.viewers, window.week().sum(0)
    taste = viewers.taste[viewers.registered].double()
    values = torch.linalg.eigvalsh(torch.cov(taste.T)).flip(0)
    return {
        "viewers": float(viewers.registered.sum()),
        "active": told["active_viewers"],
        "entropy": told["topic_entropy"],
        "alike": told["homogeneity"],
        "top": float(shown.max() / shown.sum()),
        "components": float(values[:6].sum() / values.sum()),
        "skew": float(stats.skew(taste.flatten())),
        "variance": float(taste.var()),
    }


def changes(days: list[dict[str, float]]) -> dict[str, float]:
    """The mean of the last days over that of the first, of each figure."""
    first, last = days[BEGUN : BEGUN + SPAN], days[-SPAN:]
    return {
        f"year.{name}": fmean(d[name] for d in last) / fmean(d[name] for d in first)
        for name in days[0]
    }
