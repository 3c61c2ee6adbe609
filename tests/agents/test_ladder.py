"""The ladder: learning beats popularity, popularity beats chance, nothing beats the truth."""

import pytest
import torch

from sim.lab.run.arm import Arm
from sim.presets.config import resolve

LEARNED = ("mf", "ncf", "two_tower")
T_975 = {1: 12.706, 4: 2.776}  # Student's t, by degrees of freedom


def means(name: str, seed: int, days: int) -> dict[str, float]:
    """Means over all days of a run."""
    arm = Arm(name, resolve("small", "kuaishou"), seed)
    rows = [{m: v for m, group, v in d.measures if group == "all"} for d in arm.run(days)]
    names = ("watch_minutes", "finish_rate", "long_view_rate")
    return {m: sum(r[m] for r in rows) / days for m in names}


def lower(better: list[float], worse: list[float]) -> float:
    """The lower end of the paired 95 % confidence interval."""
    gap = torch.tensor(better, dtype=torch.float64) - torch.tensor(worse, dtype=torch.float64)
    n = len(gap)
    return float(gap.mean() - T_975[n - 1] * gap.std() / n**0.5)


def by_measure(name: str, seeds: int, days: int) -> dict[str, list[float]]:
    rows = [means(name, seed, days) for seed in range(seeds)]
    return {m: [r[m] for r in rows] for m in rows[0]}


@pytest.mark.slow
def test_the_ladder_stands_on_watch_time_over_five_seeds_and_thirty_days():
    ran = {n: by_measure(n, 5, 30) for n in ("random", "popular", *LEARNED, "oracle")}
    minutes = {n: r["watch_minutes"] for n, r in ran.items()}
    assert lower(minutes["popular"], minutes["random"]) > 0
    for name in LEARNED:
        assert lower(minutes[name], minutes["popular"]) > 0, name
        assert lower(minutes["oracle"], minutes[name]) > 0, name
    for measure in ("finish_rate", "long_view_rate"):
        best = max(sum(ran[n][measure]) for n in LEARNED)
        assert best >= 2 * sum(ran["random"][measure]), measure


def test_the_ladder_stands_in_small_form():
    ran = {n: means(n, 0, 6) for n in ("random", "popular", "mf", "two_tower")}
    minutes = {n: r["watch_minutes"] for n, r in ran.items()}
    assert minutes["random"] < minutes["popular"] < minutes["two_tower"]
    assert minutes["random"] < minutes["mf"]
    for measure in ("finish_rate", "long_view_rate"):
        assert ran["two_tower"][measure] >= 2 * ran["random"][measure]
