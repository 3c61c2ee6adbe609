"""A year of the smallest world under the house: it ends about as it began."""

import pytest
import torch
from scipy import stats
from worlds import nano

from sim.lab.run.arm import Arm, Day
from sim.measure import Window

MONTHS = 2  # of the year's beginning and of its end that are compared
# How far the end may lie from the beginning, as a share: wide enough for what trends move in two
# months of one small world, narrow enough for what drift as noise, or trends without an end, did
# (docs/facts.md, "A year")
WITHIN = {
    "viewers": 0.15, "active": 0.15, "entropy": 0.12, "alike": 0.25, "top": 0.35,
    "components": 0.04, "skew": 0.12, "variance": 0.06,
}  # fmt: skip


def looked_at(day: Day, window: Window) -> dict[str, float]:
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


@pytest.mark.slow
def test_a_year_is_stationary():
    arm = Arm("house", nano(), 0)
    days = [looked_at(day, arm.window) for day in arm.run(365)]
    first, last = days[7 : 7 + 30 * MONTHS], days[-30 * MONTHS :]
    change = {}
    for name in WITHIN:
        old, new = (sum(day[name] for day in part) / len(part) for part in (first, last))
        change[name] = new / old - 1
    assert {n: x for n, x in change.items() if abs(x) > WITHIN[n]} == {}
