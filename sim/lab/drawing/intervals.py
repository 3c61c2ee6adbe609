"""Numbers that figures and reports share: level by seed, interval, paired difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.lab import stats
from sim.measure import exposure
from sim.measure.metrics import measure


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and its 95 % interval (Student's t); `lo` and `hi` are None for one."""

    mean: float
    lo: float | None
    hi: float | None
    viewers: tuple[float, float] | None = None  # over the viewers of these worlds; judges nothing
    told: bool | None = None  # whether it is told for sure, see sim.lab.judge; None: not asked

    @property
    def ends(self) -> tuple[float, float] | None:
        """Over seeds, or with one seed over the viewers of its world, where that is known."""
        return self.viewers if self.lo is None or self.hi is None else (self.lo, self.hi)


def marked(metric: str, change: Interval) -> tuple[str, str]:
    """The verdict on a difference, and its sign; see stats.marked."""
    return stats.marked(metric, change.mean, change.told)


def is_worse(metric: str, change: Interval) -> bool:
    """Worse for sure; with one seed, worse in that seed."""
    return marked(metric, change)[0] == "worse"


def interval(values, metric: str | None = None) -> Interval:
    """Mean and t-interval of one number per seed, within what the metric can be."""
    bounds = measure(metric).range if metric else None
    return read(stats.mean_and_interval(list(values), bounds=bounds))


def read(found: Mapping[str, Any]) -> Interval:
    """From the form of summary.json, {"mean", "ci95", "ci95_viewers" where there is one}."""
    mean, viewers = found["mean"], found.get("ci95_viewers")
    lo, hi = found.get("ci95") or (None, None)
    ends = None if viewers is None else (viewers[0], viewers[1])
    return Interval(float("nan") if mean is None else mean, lo, hi, ends, stats.sure(found))


def levels(metrics: pd.DataFrame, group: str = "all") -> pd.DataFrame:
    """One number per seed (rows) of each metric and agent (columns); see stats.levels."""
    rows = metrics[metrics["group"] == group]
    if rows.empty:
        return pd.DataFrame(columns=pd.MultiIndex.from_tuples([], names=["metric", "agent"]))
    each = {agent: stats.levels(mine) for agent, mine in rows.groupby("agent", sort=False)}
    table = pd.concat(each, names=["agent"]).reset_index("agent")
    return table.pivot_table("value", "seed", ["metric", "agent"], sort=False).sort_index()


def differences(metrics: pd.DataFrame, agent: str, baseline: str) -> dict[str, Interval]:
    """Agent minus baseline per metric, paired by seed."""
    rows = metrics[metrics["group"] == "all"]
    arms = (rows[rows["agent"] == name] for name in (agent, baseline))
    return {m: read(found) for m, found in stats.differences(*arms).get("all", {}).items()}


def means(metrics: pd.DataFrame, metric: str, group: str = "all") -> dict[str, Interval]:
    """The level of one metric for each agent, over seeds."""
    level = levels(metrics[metrics["metric"] == metric], group)
    return {agent: interval(level[metric, agent], metric) for _, agent in level.columns}


def agents_of(metrics: pd.DataFrame, baseline: str | None) -> tuple[list[str], str | None]:
    """Agents in order of appearance, the baseline last; and the baseline (None for one agent)."""
    names = list(dict.fromkeys(metrics["agent"]))
    if len(names) < 2:
        return names, None
    if baseline not in names:
        baseline = "random" if "random" in names else names[-1]
    return [n for n in names if n != baseline] + [baseline], baseline


def chosen(events: pd.DataFrame) -> pd.DataFrame:
    """The impressions that an agent chose: all but advertisements, as the measures have it."""
    return events[~events["ad"]] if "ad" in events and events["ad"].any() else events


def lorenz(events: pd.DataFrame, holder: str) -> dict[str, np.ndarray]:
    """For each agent, the cumulative share of views of the least shown 0, 1, ... 100 %.

    Of a day's views, as the table's inequality is; days and seeds are averaged. Of holders there
    were at least as many as the agent with the widest reach showed on that day of that seed; those
    that no agent showed are not in events and are left out.
    """
    grid = np.linspace(0, 1, 101)
    curves: dict[str, list[np.ndarray]] = {}
    for _, world in chosen(events).groupby(["seed", "day"]):
        known = int(world.groupby("agent")[holder].nunique().max())
        for agent, shown in world.groupby("agent", sort=False):
            views = shown[holder].value_counts().to_numpy()
            views = np.concatenate([np.zeros(known - len(views)), views])
            share = exposure.lorenz(views).numpy()
            at = np.linspace(0, 1, len(share))
            curves.setdefault(str(agent), []).append(np.interp(grid, at, share))
    return {agent: np.mean(c, axis=0) for agent, c in curves.items()}
