"""Equal agents are told nothing, however many measures there are; real differences still are."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as known

from sim.lab import judge, stats
from sim.lab.run import record
from sim.lab.run.arm import Arm
from sim.measure.metrics import MEASURES
from sim.presets.config import resolve

SEEDS = (3, 5, 10)
RATE = [name for name, each in MEASURES.items() if each.unit("en") == "%"][:22]
NONE = math.nan


def told(p_values):
    found = {str(i): {"ci95": [0, 0], "p": p} for i, p in enumerate(p_values)}
    return [each["sure"] for each in judge.judged(found).values()]


def test_the_largest_set_whose_false_share_is_bounded_is_told():
    """Benjamini and Hochberg's own thresholds: .0125, .025, .0375, .05 of four."""
    assert told([0.2, 0.02, 0.001, 0.012]) == [False, True, True, True]
    assert told([0.2, 0.04, 0.013, 0.012]) == [False, False, True, True]
    assert told([0.2, 0.04, 0.026, 0.013]) == [False] * 4


def test_one_measure_alone_is_held_to_one_in_twenty():
    assert told([0.05]) == [True] and told([0.051]) == [False]


def test_one_seed_is_neither_sure_nor_unsure():
    found = judge.judged({"a": {"ci95": None, "p": None}, "b": {"ci95": [1, 2], "p": None}})
    assert [each["sure"] for each in found.values()] == [None, False]


def test_the_p_value_is_students_where_days_are_calm():
    gaps = [0.3, 1.1, 0.7, 0.2]
    wanted = known.ttest_1samp(gaps, 0.0).pvalue
    assert judge.p_value(gaps, [0.0] * 4) == pytest.approx(wanted)
    assert judge.p_value([-g for g in gaps], [0.0] * 4) == pytest.approx(wanted)
    assert judge.p_value([0.5, -0.5], [0.0, 0.0]) == 1.0


def test_seeds_that_agree_by_chance_count_no_more_than_their_days_allow():
    """Three runs with one report more each: the days say how far that is chance."""
    one = [1e-4] * 3
    assert judge.p_value(one, [0.0] * 3) == 0.0
    least = 1e-8 * known.chi2.ppf(0.05, 2) / 2  # of the variance, by the days' noise
    t = 1e-4 / math.sqrt(least / 3)
    assert judge.p_value(one, [1e-8] * 3) == pytest.approx(2 * known.t.sf(t, 2))
    assert judge.p_value(one, [0.5e-8, 1.5e-8, NONE]) == pytest.approx(2 * known.t.sf(t, 2))


def test_with_a_day_each_few_seeds_settle_nothing():
    assert judge.p_value([1.0], [0.1]) is None
    assert judge.p_value([1.0, 1.1, 1.2], [NONE] * 3) is None
    assert judge.p_value([1.0, 1.1, 1.2, 1.1, 1.0], [NONE] * 5) < 1e-5


def family(draw, n, trials=2000, days=6, measures=22):
    """The share of comparisons of equals of which anything is told. `draw` gives (days, seeds,
    measures) differences of mean 0."""
    rng, hits = np.random.default_rng(n), 0
    for _ in range(trials):
        gaps = draw(rng, (days, n, measures))
        level, noise = gaps.mean(0), gaps.var(0, ddof=1) / days
        found = {
            str(m): {"ci95": [0, 0], "p": judge.p_value(level[:, m], noise[:, m])}
            for m in range(measures)
        }
        hits += any(each["sure"] for each in judge.judged(found).values())
    return hits / trials


def alike(rng, shape):
    """Measures that go together, as minutes and long views do."""
    common = rng.standard_normal((*shape[:2], 1))
    return 0.7 * common + 0.7 * rng.standard_normal(shape)


def apart(rng, shape):
    return rng.standard_normal(shape)


def rare(rng, shape):
    """Counts of some acts in a small world, a few a run."""
    return rng.poisson(0.3, shape) - rng.poisson(0.3, shape)


@pytest.mark.parametrize("draw", [alike, apart, rare])
@pytest.mark.parametrize("n", SEEDS)
def test_equal_agents_are_told_anything_in_at_most_one_comparison_of_twenty(draw, n):
    assert family(draw, n, trials=400) <= 0.05


def table(agent, level, n, days=6, spread=0.1):
    """Rates of n runs that differ from run to run and from day to day."""
    rng = np.random.default_rng(len(agent))
    rows = [
        (seed, agent, day, metric, "all", 0.4 + gain + spread * rng.normal() / 10, "share")
        for seed in range(n)
        for day in range(days)
        for metric, gain in zip(RATE, level, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(record.COLUMNS))


@pytest.mark.parametrize("n", SEEDS)
def test_what_differs_by_much_is_still_told_and_the_rest_is_not(n):
    gain = [0.3] * 8 + [0.0] * (len(RATE) - 8)
    mine, base = table("mine", gain, n), table("random", [0.0] * len(RATE), n)
    found = stats.differences(mine, base)["all"]
    assert [found[m]["sure"] for m in RATE] == [g > 0 for g in gain]
    worse = {each["metric"] for each in stats.worse(found) if each["sure"]}
    assert worse == {m for m in RATE[:8] if MEASURES[m].better < 0} != set()


@pytest.mark.parametrize(("n", "gap", "share"), [(3, 5, 0.58), (5, 3, 0.95), (10, 1.5, 0.94)])
def test_how_much_of_what_differs_is_told(n, gap, share):
    """8 measures of 22 differ, by so many standard deviations of the paired gap between seeds.
    The shares are those of 150 families; here are 60, of 8 measures that go together."""
    rng, told, false = np.random.default_rng(n), 0, 0
    for _ in range(60):
        level = 0.7 * rng.standard_normal((n, 1)) + 0.71 * rng.standard_normal((n, 22))
        level[:, :8] += gap
        noise = rng.chisquare(5, (n, 22)) / 60  # of a mean of six days
        found = judge.judged(
            {
                str(m): {"ci95": [0, 0], "p": judge.p_value(level[:, m], noise[:, m])}
                for m in range(22)
            }
        )
        sure = [found[str(m)]["sure"] for m in range(22)]
        told, false = told + sum(sure[:8]), false + sum(sure[8:])
    assert told / 480 == pytest.approx(share, abs=0.15)
    assert false < 0.1 * told


def test_intervals_stay_each_measures_own():
    mine, base = table("mine", [0.0] * len(RATE), 5), table("random", [0.0] * len(RATE), 5)
    found = stats.differences(mine, base)["all"]
    gaps = stats.levels(mine).merge(stats.levels(base), on=stats.KEYS)
    one = gaps[gaps["metric"] == RATE[0]]
    wanted = stats.mean_and_interval((one["value_x"] - one["value_y"]).tolist())
    assert {k: found[RATE[0]][k] for k in ("mean", "ci95")} == wanted


def test_days_on_which_a_measure_is_missing_are_skipped():
    mine, base = table("mine", [0.1] * len(RATE), 3), table("random", [0.0] * len(RATE), 3)
    part = mine[(mine["metric"] != RATE[0]) | (mine["day"] != 4)]
    found = stats.differences(part, base)["all"][RATE[0]]

    def late(rows, days):
        return rows[(rows["metric"] == RATE[0]) & rows["day"].isin(days)]["value"].mean()

    assert found["mean"] == pytest.approx(late(mine, [2, 3, 5]) - late(base, [2, 3, 4, 5]))


class Deals:
    """`random` under a seed of its own besides the world's."""

    def __new__(cls, deal: int):
        from agents.recommender.random import Random

        class Dealt(Random):
            def reset(self, catalog, *, seed, **more):
                super().reset(catalog, seed=seed + 7919 * deal, **more)

        return Dealt()


@pytest.mark.slow
@pytest.mark.parametrize("days", [2, 6])
def test_random_against_random_is_told_nothing_in_95_of_100_comparisons(days):
    """Real runs: 400 pairs at 3, 5 and 10 seeds, resampled from 40 worlds under five deals each."""
    params, arms = resolve("nano"), {}
    for seed in range(40):
        for deal in range(5):
            rows = [row for day in Arm(Deals(deal), params, seed).run(days) for row in
                    record.rows_of(day)]  # fmt: skip
            arms[seed, deal] = record.frame({(seed, "x"): rows})
    rng = np.random.default_rng(0)
    for n in SEEDS:
        hits = 0
        for _ in range(400):
            pairs = [(s, *rng.permutation(5)[:2]) for s in rng.permutation(40)[:n]]
            one, two = (pd.concat([arms[p[0], p[k]] for p in pairs]) for k in (1, 2))
            found = stats.differences(one, two)["all"]
            hits += any(each["sure"] for each in found.values())
        assert hits <= 20, f"{hits} of 400 at {n} seeds"
