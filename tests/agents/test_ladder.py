"""The ladder: learning beats popularity, popularity beats chance, nothing beats the truth."""

import pytest
import torch

from sim.lab.run.arm import Arm
from sim.presets.config import resolve

IDS, FEATURED, BEST = "mf_ids", ("mf", "ncf", "two_tower"), "bayes"
LEARNED = (IDS, *FEATURED, BEST)
T_975 = {1: 12.706, 4: 2.776}  # Student's t, by degrees of freedom


def means(name: str, seed: int, days: int) -> dict[str, float]:
    """Means over all days of a run."""
    arm = Arm(name, resolve("small", "kuaishou"), seed)
    rows = [{m: v for m, group, v in d.measures if group == "all"} for d in arm.run(days)]
    names = ("watch_minutes", "satisfaction", "finish_rate", "long_view_rate", "favourites")
    return {m: sum(r[m] for r in rows) / days for m in names}


def lower(better: list[float], worse: list[float]) -> float:
    """The lower end of the paired 95 % confidence interval."""
    gap = torch.tensor(better, dtype=torch.float64) - torch.tensor(worse, dtype=torch.float64)
    n = len(gap)
    return float(gap.mean() - T_975[n - 1] * gap.std() / n**0.5)


def by_measure(name: str, seeds, days: int) -> dict[str, list[float]]:
    rows = [means(name, seed, days) for seed in seeds]
    return {m: [r[m] for r in rows] for m in rows[0]}


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["watch_minutes", "satisfaction"])
def test_the_ladder_stands_over_five_seeds_and_fourteen_days(measure, ladder):
    """On seeds that nothing was tuned on, paired: from chance to the truth."""
    found = {name: ran[measure] for name, ran in ladder.items()}
    assert lower(found["popular"], found["random"]) > 0
    assert lower(found[IDS], found["popular"]) > 0
    for name in FEATURED:
        assert lower(found[name], found[IDS]) > 0, name
        assert lower(found["oracle"], found[name]) > 0, name
    assert lower(found["oracle"], found[BEST]) > 0


@pytest.mark.slow
def test_content_and_a_posterior_show_favourites_where_ids_do_not(ladder):
    found = {name: ran["favourites"] for name, ran in ladder.items()}
    assert lower(found["ncf"], found[IDS]) > 0
    assert lower(found[BEST], found["ncf"]) > 0
    for measure in ("finish_rate", "long_view_rate"):
        best = max(sum(ladder[n][measure]) for n in LEARNED)
        assert best >= 2 * sum(ladder["random"][measure]), measure


@pytest.fixture(scope="module")
def ladder():
    return {n: by_measure(n, range(21, 26), 14) for n in ("random", "popular", *LEARNED, "oracle")}


def test_the_ladder_stands_in_small_form():
    ran = {n: means(n, 0, 6) for n in ("random", "popular", "mf", "two_tower")}
    minutes = {n: r["watch_minutes"] for n, r in ran.items()}
    assert minutes["random"] < minutes["popular"] < minutes["two_tower"]
    assert minutes["random"] < minutes["mf"]
    for measure in ("finish_rate", "long_view_rate"):
        assert ran["two_tower"][measure] >= 2 * ran["random"][measure]
