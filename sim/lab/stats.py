"""Means over seeds with their intervals, and differences paired by seed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # scipy.stats takes half a second to import

from sim.measure.metrics import measure, ordered


def mean_and_interval(values: Sequence[float], level: float = 0.95) -> dict[str, Any]:
    """{"mean", "ci95"}: Student's t over seeds; no interval from one seed; NaN is left out."""
    x = np.asarray([v for v in values if v is not None and math.isfinite(v)], dtype=float)
    if not len(x):
        return {"mean": None, "ci95": None}
    mean = float(x.mean())
    if len(x) < 2:
        return {"mean": mean, "ci95": None}
    half = float(stdtrit(len(x) - 1, (1 + level) / 2) * x.std(ddof=1) / math.sqrt(len(x)))
    return {"mean": mean, "ci95": [mean - half, mean + half]}


def levels(metrics: pd.DataFrame, days: int | None = None) -> pd.DataFrame:
    """One value per seed, metric and group of one agent's rows.

    Flows are the mean over the days after the first third, stocks the last day's. `days` cuts the
    run short, so that arms of unequal length can be compared.
    """
    if days is not None:
        metrics = metrics[metrics["day"] < days]
    if metrics.empty:
        return pd.DataFrame(columns=["seed", "metric", "group", "value"])
    stock = metrics["metric"].isin([m for m in metrics["metric"].unique() if measure(m).stock])
    last = metrics.groupby("seed")["day"].transform("max")
    late = metrics["day"] >= (last + 1) // 3
    kept = metrics[(stock & (metrics["day"] == last)) | (~stock & late)]
    keys = ["seed", "metric", "group"]
    return kept.groupby(keys, sort=False, observed=True)["value"].mean().reset_index()


def described(metrics: pd.DataFrame) -> dict[str, dict[str, dict]]:
    """{group: {metric: {"mean", "ci95", "unit"}}} of one agent's rows."""
    units = metrics.drop_duplicates("metric").set_index("metric")["unit"].to_dict()
    out: dict[str, dict[str, dict]] = {}
    for (group, metric), rows in levels(metrics).groupby(["group", "metric"], sort=False):
        found = mean_and_interval(rows["value"].tolist())
        out.setdefault(group, {})[metric] = {**found, "unit": units[metric]}
    return out


def differences(agent: pd.DataFrame, baseline: pd.DataFrame) -> dict[str, dict[str, dict]]:
    """{group: {metric: {"mean", "ci95"}}} of agent minus baseline, paired by seed.

    A seed counts over the days that both arms have.
    """
    pairs = []
    for seed in sorted(set(agent["seed"]) & set(baseline["seed"])):
        mine, theirs = (rows[rows["seed"] == seed] for rows in (agent, baseline))
        days = 1 + min(mine["day"].max(), theirs["day"].max())
        on = ["seed", "metric", "group"]
        both = levels(mine, days).merge(levels(theirs, days), on=on, suffixes=("", "_base"))
        pairs.append(both.assign(gap=both["value"] - both["value_base"]))
    out: dict[str, dict[str, dict]] = {}
    if pairs:
        for (group, metric), rows in pd.concat(pairs).groupby(["group", "metric"], sort=False):
            out.setdefault(group, {})[metric] = mean_and_interval(rows["gap"].tolist())
    return out


def worse(difference: Mapping[str, dict]) -> list[dict[str, Any]]:
    """What got worse than under the baseline: metric, mean, and whether the seeds agree on it.
    Which way is worse stands in the registry of metrics; where it is a matter of view, neither is.

    `sure` is True where the interval lies wholly on the bad side, False where it does not, None
    with one seed.
    """
    out = []
    for metric in ordered(difference):
        found, sign = difference[metric], -measure(metric).better
        if found["mean"] is None:
            continue
        if sign * found["mean"] > 0:
            ends = found["ci95"]
            sure = None if ends is None else min(sign * e for e in ends) > 0
            out.append({"metric": metric, "mean": found["mean"], "sure": sure})
    return out
