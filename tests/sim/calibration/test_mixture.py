import numpy as np
import pytest
import torch
from made_logs import KNOTS, known_mixture

from sim.calibration import matching
from sim.calibration.bins import Bins
from sim.calibration.mixture import PARTS, Mixture, fit
from sim.world.state import watched


@pytest.fixture(scope="module")
def lengths() -> np.ndarray:
    return np.exp(np.random.default_rng(5).uniform(np.log(5), np.log(600), 150_000))


@pytest.fixture(scope="module")
def found(lengths) -> Mixture:
    watch = known_mixture().draw(lengths, np.random.default_rng(6))
    return matching.match(fit(watch, lengths), watch, lengths)


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_of_a_known_mixture_are_found_again(found, part):
    inner = getattr(found, part)[2:]  # below 10 s the parts overlap: one bin tells little
    assert np.abs(inner - getattr(known_mixture(), part)[0]).max() < 0.04


@pytest.mark.parametrize(
    ("shape", "slack"),
    [
        ("skip_median", 0.2),
        ("skip_sd", 0.12),
        ("finish_at", 0.02),
        ("finish_sd", 0.015),
        ("leave_bend", 0.25),
    ],
)
def test_the_shapes_of_a_known_mixture_are_found_again(found, shape, slack):
    assert np.abs(getattr(found, shape)[2:] - getattr(known_mixture(), shape)[0]).max() < slack


def test_the_fit_reproduces_what_people_check(found, lengths):
    rng = np.random.default_rng(7)
    real, model = known_mixture().draw(lengths, rng), found.draw(lengths, rng)
    for b in range(len(Bins())):
        here = Bins().of(lengths) == b
        quartiles = np.quantile(model[here], [0.25, 0.5, 0.75, 0.9])
        assert quartiles == pytest.approx(np.quantile(real[here], [0.25, 0.5, 0.75, 0.9]), rel=0.12)


def test_all_who_finish_watch_near_the_whole():
    sure = known_mixture(skip=0.0, leave=0.0, finish=1.0, loop=0.0, finish_at=1.0, finish_sd=0.01)
    watch = sure.draw(np.full(10_000, 40.0), np.random.default_rng(0))
    assert watch.mean() == pytest.approx(40, abs=0.05)
    assert watch.std() == pytest.approx(0.4, abs=0.02)


def test_nobody_who_leaves_sees_the_end():
    sure = known_mixture(skip=0.0, leave=1.0, finish=0.0, loop=0.0, leave_bend=1.0)
    watch = sure.draw(np.full(10_000, 40.0), np.random.default_rng(0))
    assert watch.max() < 40
    assert watch.mean() == pytest.approx(20, abs=0.4)


def test_numbers_are_read_between_knots_on_a_scale_of_ln_duration_and_clamped():
    rising = known_mixture()
    rising = Mixture(**{**rising.__dict__, "skip_sd": np.linspace(0.1, 1.2, len(KNOTS))})
    middle = np.sqrt(KNOTS[3] * KNOTS[4])
    read = rising.at(np.array([0.5, KNOTS[3], middle, 5000.0])).skip_sd
    halfway = (rising.skip_sd[3] + rising.skip_sd[4]) / 2
    assert read == pytest.approx([0.1, rising.skip_sd[3], halfway, 1.2])


def test_the_chance_that_is_matched_is_the_chance_of_the_draws():
    mixture, seconds = known_mixture(), np.full(200_000, 30.0)
    watch = mixture.draw(seconds, np.random.default_rng(1))
    at = torch.tensor([[1.0, 3.0, 10.0, 29.0, 31.0, 60.0]], dtype=torch.float64)
    numbers = matching._numbers(matching._free(mixture))[:1].T
    below = matching._below(numbers, at, torch.tensor([[30.0]], dtype=torch.float64))
    assert below[0].numpy() == pytest.approx(
        [(watch < a).mean() for a in at[0].tolist()], abs=0.005
    )


def test_the_few_who_play_a_long_video_again_are_as_many_as_in_the_log():
    """They are one in a thousand of the plays, and no exponential that begins at the end: most
    of those just beyond it are the peak's own."""
    rng = np.random.default_rng(3)
    lengths = np.exp(rng.uniform(np.log(180), np.log(300), 20_000))
    watch = known_mixture(loop=0.02, loop_mean=0.05, finish_sd=0.01).draw(lengths, rng)
    done = watched.finished(watch, lengths)
    again = done & (rng.random(len(watch)) < 0.01)
    watch = np.where(again, lengths * rng.uniform(1.85, 2.2, len(watch)), watch)
    drawn = matching.match(fit(watch, lengths), watch, lengths).draw(lengths.repeat(20), rng)
    share = watched.again(drawn, lengths.repeat(20)).mean()
    assert share == pytest.approx(again.mean(), rel=3 / again.sum() ** 0.5)


def test_a_mixture_of_too_few_plays_is_refused():
    with pytest.raises(ValueError, match="needs 30 rows"):
        fit(np.ones(5), np.full(5, 20.0))
