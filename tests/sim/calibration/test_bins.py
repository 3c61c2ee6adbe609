"""Bins of duration follow the log's own durations."""

import numpy as np
import pytest
from made_logs import KNOTS, kuairand, plays

from sim.calibration.bins import EDGES, Bins, cells, of_log
from sim.calibration.collect import survey
from sim.calibration.logs import find
from sim.calibration.matching import match
from sim.calibration.mixture import Mixture, by_knot, fit


def bins_of(seconds: np.ndarray) -> Bins:
    return of_log(cells(seconds))


def test_a_bin_holds_its_upper_end():
    assert Bins().of(np.array([7.0, 7.001, 10.0, 300.0, 300.1])).tolist() == [0, 1, 1, 10, 11]


def test_a_log_of_minutes_has_the_bins_of_the_middle():
    bins = bins_of(np.exp(np.linspace(np.log(8), np.log(290), 5000)))
    assert bins == Bins(EDGES, EDGES)


def test_bins_go_on_while_enough_plays_lie_beyond():
    long = bins_of(np.repeat([100.0, 500.0, 900.0, 2000.0], [900, 60, 30, 10]))
    assert long.edges[len(EDGES) :] == (450.0, 700.0)
    assert long.knots[len(EDGES) :] == (450.0, 700.0)  # ten plays are too few
    short = bins_of(np.repeat([2.0, 4.0, 30.0], [500, 500, 1000]))
    assert short.edges[:3] == (2.2, 3.3, 5.0)


def test_every_play_is_some_knots_and_every_knot_has_enough():
    seconds = np.repeat([3.0, 12.0, 25.0, 3000.0], [5, 40, 10, 7])
    groups = by_knot(seconds)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(seconds)))
    assert [len(rows) for rows in groups] == [45, 17] or min(map(len, groups)) >= 30


def test_bins_are_those_of_the_fitted_days(tmp_path):
    """Held-out days move nothing, and so no bin."""
    table = plays(6000)
    late = table["date"] >= 20220429
    changed = table.assign(duration_ms=table["duration_ms"].where(~late, 3_000_000.0))
    before, after = (
        survey(find(kuairand(tmp_path / name, log), {}), 8, 0, lambda _: None).bins
        for name, log in (("a", table), ("b", changed))
    )
    assert before == after


def test_one_bin_of_durations_makes_two_knots_that_say_the_same():
    seconds = np.full(500, 25.0)
    found = fit(Mixture(KNOTS, *np.full((10, len(KNOTS)), 0.25)).draw(seconds, _rng()), seconds)
    assert len(found.knots) == 2
    assert found.knots[1] > found.knots[0]
    assert found.skip[0] == found.skip[1]


def falling(seconds: np.ndarray) -> np.ndarray:
    """Watch seconds of viewers who finish .2 of videos of a minute, .003 of those of 40 minutes."""
    knots = np.array([60.0, 200.0, 450.0, 800.0, 1200.0, 2500.0])
    finish = np.array([0.2, 0.15, 0.08, 0.02, 0.004, 0.003])
    parts = {"skip": 0.698 - finish, "leave": 0.3, "finish": finish, "loop": 0.002}
    shapes = {"skip_median": 3.0, "skip_sd": 0.8, "finish_at": 1.02, "finish_sd": 0.01}
    numbers = {**parts, **shapes, "loop_mean": 0.2, "leave_bend": 1.5}
    whole = {name: np.broadcast_to(value, knots.shape) for name, value in numbers.items()}
    return Mixture(knots, **whole).draw(seconds, _rng())


def _rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture(scope="module")
def long() -> tuple[np.ndarray, np.ndarray]:
    """A log of longer videos: a median of 450 s."""
    seconds = np.exp(_rng().normal(np.log(450), 0.8, 40_000)).clip(5, 3600)
    return falling(seconds), seconds


@pytest.mark.parametrize(("low", "high"), [(300, 700), (700, 1100), (1100, 1700), (1700, 3600)])
def test_long_videos_are_finished_as_often_as_in_their_log(long, low, high):
    watch, seconds = long
    here = (seconds > low) & (seconds <= high)
    drawn = fitted(long).draw(seconds[here], np.random.default_rng(9))
    seen, model = (watch >= seconds)[here].mean(), (drawn >= seconds[here]).mean()
    assert model == pytest.approx(seen, abs=0.006)


def test_bins_that_end_early_finish_long_videos_too_often(long):
    """What following the log is for: with the bins of minutes the share comes out doubled."""
    watch, seconds = long
    here = seconds > 1100
    drawn = fitted(long, Bins()).draw(seconds[here], np.random.default_rng(9))
    assert (drawn >= seconds[here]).mean() > 2 * (watch >= seconds)[here].mean()


_FITTED: dict[Bins, Mixture] = {}


def fitted(log: tuple[np.ndarray, np.ndarray], bins: Bins | None = None) -> Mixture:
    watch, seconds = log
    bins = bins or bins_of(seconds)
    if bins not in _FITTED:
        start = fit(watch, seconds, bins.knots)
        _FITTED[bins] = match(start, watch, seconds, bins.knots)
    return _FITTED[bins]
