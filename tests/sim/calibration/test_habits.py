"""Habits of viewers are found again in a log that they made."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from worlds import nano, watchers

from sim.calibration import habits
from sim.measure.agreement import alike, icc
from sim.world import watching
from sim.world.rng import key

P = replace(
    nano().watch, haste_sd=1.2, stay_sd=0.5, haste_stay=-0.4, pace_share=0.3, video_haste_sd=0.0,
    video_stay_sd=0.0,
)  # fmt: skip
DURATIONS = (9.0, 14.0, 25.0, 50.0, 90.0, 180.0)
LENGTHS = np.repeat(DURATIONS, 100)


def log(params, viewers, slots, seed=0):
    """Viewers, and sums of `habits.columns` by viewer and day, of plays under the logging policy:
    two days, and as many plays on each."""
    crowd = watchers(viewers, params)
    of, own = key(seed), params.logging_alike**0.5
    length = torch.tensor(DURATIONS)[of.fold(1).integer(crowd.id, len(DURATIONS), slots).T]
    over = (
        own * of.fold(2).normal(crowd.id)
        + (1 - own**2) ** 0.5 * of.fold(3).normal(crowd.id, slots).T
    )
    video = watching.describe(length, watching.tables(params, "cpu"))
    dice = of.fold(4).dice(watching.STREAMS, slots).cast(crowd.id)
    appeal = params.logging_appeal + params.logging_spread * over
    watch = watching.watch(appeal, length, video, crowd, params, dice)
    columns = habits.columns(watch.double().numpy().ravel(), length.double().numpy().ravel())
    days = [column.reshape(2, slots // 2, viewers).sum(1).ravel() for column in columns]
    return np.tile(crowd.id.numpy(), 2), days


@pytest.mark.parametrize("slots", [2, 30])
def test_the_law_and_a_log_of_it_agree_however_few_the_plays(slots):
    seen = habits.seen(*log(P, 20_000, slots))
    model = habits.model(P, LENGTHS)
    assert set(seen) == set(model) == set(habits.MEASURES)
    for name in habits.MEASURES:
        assert seen[name] == pytest.approx(model[name], abs=0.012), name


def test_the_spreads_that_made_a_log_are_found_in_it():
    sums = log(P, 20_000, 6)
    found = habits.fit(P, LENGTHS, habits.seen(*sums), habits.errors(*sums))
    assert found["haste_sd"] == pytest.approx(P.haste_sd, abs=0.25)
    assert found["stay_sd"] == pytest.approx(P.stay_sd, abs=0.2)
    assert found["pace_share"] == pytest.approx(P.pace_share, abs=0.12)


def test_viewers_who_watch_alike_are_found_to():
    same = replace(P, haste_sd=0.0, stay_sd=0.0, pace_share=0.0)
    sums = log(same, 20_000, 6)
    found = habits.fit(P, LENGTHS, habits.seen(*sums), habits.errors(*sums))
    assert found["haste_sd"] < 0.35 and found["stay_sd"] < 0.35 and found["pace_share"] < 0.1


def test_more_viewers_tell_more_surely():
    few, many = (habits.errors(*log(P, n, 6)) for n in (1000, 16_000))
    assert np.mean([many[m] / few[m] for m in habits.MEASURES]) < 0.5


def test_too_few_viewers_tell_nothing():
    assert habits.seen(*log(P, habits.LEAST_VIEWERS - 1, 6)) == {}
    assert habits.errors(*log(P, habits.LEAST_VIEWERS - 1, 6)) == {}


def test_of_yes_and_no_the_two_correlations_are_one():
    rng = np.random.default_rng(0)
    tries = rng.integers(1, 20, 500)
    hits = rng.binomial(tries, rng.beta(1, 4, 500))
    assert alike(tries, hits, hits) == icc(tries, hits)


def test_a_number_that_is_each_groups_own_is_wholly_alike():
    value, tries = np.array([1.0, 2.0, 5.0]), np.array([4, 3, 6])
    assert alike(tries, tries * value, tries * value**2) == pytest.approx(1)
