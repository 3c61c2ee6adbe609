"""Means over seeds with their intervals, and differences paired by seed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit  # scipy.stats takes half a second to import

from sim.lab import judge
from sim.measure.metrics import measure, ordered

KEYS = ["seed", "metric", "group"]


def mean_and_interval(
    values: Sequence[float], level: float = 0.95, bounds: tuple[float, float] | None = None
) -> dict[str, Any]:
    """{"mean", "ci95"}: Student's t over seeds; no interval from one seed; NaN is left out.

    Within `bounds` (what the measure can be) the interval never leaves them: of what lies in 0 to 1
    it is taken on the scale of log-odds, where a half-width cannot cross an end. A bootstrap over
    seeds would stay inside as well, but of three seeds it covers far less than it says.
    """
    x = np.asarray([v for v in values if v is not None and math.isfinite(v)], dtype=float)
    if not len(x):
        return {"mean": None, "ci95": None}
    mean = float(x.mean())
    if len(x) < 2:
        return {"mean": mean, "ci95": None}
    if bounds == (0, 1) and x.min() > 0 and x.max() < 1:
        low, high = (float(expit(end)) for end in _ends(logit(x), level))
        return {"mean": mean, "ci95": [min(low, mean), max(high, mean)]}
    low, high = _ends(x, level)
    if bounds:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return {"mean": mean, "ci95": [low, high]}


def _ends(x: np.ndarray, level: float) -> tuple[float, float]:
    mean = float(x.mean())
    half = float(stdtrit(len(x) - 1, (1 + level) / 2) * x.std(ddof=1) / math.sqrt(len(x)))
    return mean - half, mean + half


def levels(metrics: pd.DataFrame, days: int | None = None) -> pd.DataFrame:
    """One value per seed, metric and group of one agent's rows.

    Flows are the mean over the days after the first third, stocks the last day's. `days` cuts the
    run short, so that arms of unequal length can be compared. Days on which a metric is missing
    are skipped.
    """
    kept = _kept(metrics, days)
    if kept.empty:
        return pd.DataFrame(columns=[*KEYS, "value"])
    return kept.groupby(KEYS, sort=False, observed=True)["value"].mean().reset_index()


def _kept(metrics: pd.DataFrame, days: int | None) -> pd.DataFrame:
    """The rows that count."""
    if days is not None:
        metrics = metrics[metrics["day"] < days]
    stock = _is_stock(metrics["metric"])
    last = metrics.groupby("seed")["day"].transform("max")
    late = metrics["day"] >= (last + 1) // 3
    return metrics[(stock & (metrics["day"] == last)) | (~stock & late)]


def _is_stock(metrics: pd.Series) -> pd.Series:
    return metrics.isin([m for m in metrics.unique() if measure(m).stock])


def described(metrics: pd.DataFrame) -> dict[str, dict[str, dict]]:
    """{group: {metric: {"mean", "ci95", "unit"}}} of one agent's rows."""
    units = metrics.drop_duplicates("metric").set_index("metric")["unit"].to_dict()
    out: dict[str, dict[str, dict]] = {}
    for (group, metric), rows in levels(metrics).groupby(["group", "metric"], sort=False):
        found = mean_and_interval(rows["value"].tolist(), bounds=measure(metric).range)
        out.setdefault(group, {})[metric] = {**found, "unit": units[metric]}
    return out


def differences(agent: pd.DataFrame, baseline: pd.DataFrame) -> dict[str, dict[str, dict]]:
    """{group: {metric: {"mean", "ci95", "p", "sure"}}} of agent minus baseline, paired by seed.

    A seed counts over the days that both arms have. The interval is each measure's own; what is
    sure is judged over all measures of a group together (see judge).
    """
    pairs = []
    for seed in sorted(set(agent["seed"]) & set(baseline["seed"])):
        mine, theirs = (rows[rows["seed"] == seed] for rows in (agent, baseline))
        days = 1 + min(mine["day"].max(), theirs["day"].max())
        both = levels(mine, days).merge(levels(theirs, days), on=KEYS, suffixes=("", "_base"))
        both = both.merge(_noise(mine, theirs, days), on=KEYS, how="left")
        pairs.append(both.assign(gap=both["value"] - both["value_base"]))
    out: dict[str, dict[str, dict]] = {}
    if pairs:
        for (group, metric), rows in pd.concat(pairs).groupby(["group", "metric"], sort=False):
            found = mean_and_interval(rows["gap"].tolist())
            p = judge.p_value(rows["gap"].tolist(), rows["noise"].tolist())
            out.setdefault(group, {})[metric] = {**found, "p": p}
    return {group: judge.judged(found) for group, found in out.items()}


def _noise(mine: pd.DataFrame, theirs: pd.DataFrame, days: int) -> pd.DataFrame:
    """By seed, metric and group: the variance of the difference by its own days, nan from one day;
    0 for a stock, which is one day's by its nature."""
    on = [*KEYS, "day"]
    daily = _kept(mine, days).merge(_kept(theirs, days), on=on, suffixes=("", "_base"))
    gap = (daily["value"] - daily["value_base"]).groupby([daily[key] for key in KEYS], sort=False)
    noise = (gap.var() / gap.count()).rename("noise").reset_index()
    return noise.assign(noise=noise["noise"].mask(_is_stock(noise["metric"]), 0.0))


def worse(difference: Mapping[str, dict]) -> list[dict[str, Any]]:
    """What got worse than under the baseline: metric, mean, and whether the seeds agree on it.
    Which way is worse stands in the registry of metrics; where it is a matter of view, neither is.

    `sure` is True where the measures of the comparison, judged together, allow to tell it, False
    where they do not, None with one seed.
    """
    out = []
    for metric in ordered(difference):
        found, sign = difference[metric], -measure(metric).better
        if found["mean"] is None:
            continue
        if sign * found["mean"] > 0:
            out.append({"metric": metric, "mean": found["mean"], "sure": sure(found)})
    return out


def sure(found: Mapping[str, Any]) -> bool | None:
    """Whether a difference is told for sure; by its own interval where it stands alone."""
    if "sure" in found or found.get("ci95") is None:
        return found.get("sure")
    low, high = found["ci95"]
    return low > 0 or high < 0


# one sign for one verdict, in tables, pages and figures; hollow where one seed judges nothing
SIGNS = {"better": "●○", "worse": "■□", "changed": "▲△", "unsure": "◆◇"}


def verdict(metric: str, sign: int) -> str:
    """better, worse, changed (good or bad is a matter of view), or unsure, of a difference whose
    sign is told for sure; 0: it is not."""
    good = sign * measure(metric).better
    return "unsure" if not sign else "better" if good > 0 else "worse" if good < 0 else "changed"


def marked(metric: str, mean: float, sure: bool | None) -> tuple[str, str]:
    """The verdict on a difference and its sign; with one seed (None) the way it points, hollow."""
    kind = verdict(metric, 0 if sure is False else (mean > 0) - (mean < 0))
    return kind, SIGNS[kind][sure is None]
