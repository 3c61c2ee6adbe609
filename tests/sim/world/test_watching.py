from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from worlds import grips, nano, watchers

from sim.world import watching
from sim.world.rng import key

P = nano().watch
N = 40_000
NAMES = torch.arange(1, N + 1)
KINDS = ("skip", "leave", "finish", "loop")


def told_apart(params=P):
    """Skips of no time, finishes at the very end: seconds tell which of the four happened."""
    n = len(params.knots)
    return replace(params, skip_median=(1e-6,) * n, finish_at=(1.0,) * n, finish_sd=(1e-9,) * n)


def watched(params, duration: float, appeal, names=NAMES, seed=0) -> torch.Tensor:
    shown = torch.full((1, len(names)), duration)
    video = watching.describe(shown, watching.tables(params, "cpu"))
    appeal = appeal if isinstance(appeal, torch.Tensor) else torch.full((len(names),), appeal)
    dice = key(seed).dice(watching.STREAMS, 1).cast(names)
    crowd = watchers(len(names), params)
    grip = grips(params, shown)
    return watching.watch(appeal[None], shown, video, crowd, params, dice, grip)[0]


def under_the_house(names=NAMES) -> torch.Tensor:
    return P.logging_appeal + P.logging_spread * key(99).normal(names)


def kinds(seconds, duration) -> dict[str, torch.Tensor]:
    end = torch.isclose(seconds, torch.tensor(duration), rtol=1e-6, atol=0)
    return {
        "skip": seconds < 1e-3,
        "leave": (seconds >= 1e-3) & (seconds < duration) & ~end,
        "finish": end,
        "loop": (seconds > duration) & ~end,
    }


@pytest.mark.parametrize("knot", range(0, len(P.knots), 2))
def test_the_standard_policys_shares_are_the_presets(knot):
    duration = P.knots[knot]
    got = kinds(watched(told_apart(), duration, under_the_house()), duration)
    total = sum(getattr(P, k)[knot] for k in KINDS)
    for kind in KINDS:
        share = getattr(P, kind)[knot] / total
        error = 4.5 * (share * (1 - share) / N) ** 0.5
        assert abs(float(got[kind].float().mean()) - share) < error + 0.004  # grid of durations


@pytest.mark.parametrize("knot", [1, 4, 8])
def test_seconds_follow_the_mixture_in_closed_form(knot):
    """Appeal moves the shares only; averaged under the logging policy they are the preset's."""
    duration = P.knots[knot]
    share = np.array([getattr(P, k)[knot] for k in KINDS])
    share /= share.sum()
    at = {k: getattr(P, k)[knot] for k in ("skip_median", "skip_sd", "finish_at", "finish_sd")}
    loop = stats.expon(duration, duration * P.loop_mean[knot])
    finish = stats.norm(at["finish_at"] * duration, at["finish_sd"] * duration)
    skip = stats.lognorm(at["skip_sd"], scale=at["skip_median"])

    def chance(t):
        leave = np.clip(t / duration, 0, 1) ** (1 / P.leave_bend[knot])
        parts = [skip.cdf(t), leave, finish.cdf(t), loop.cdf(t)]
        return share @ np.stack(parts)

    seconds = watched(P, duration, under_the_house()).numpy()
    assert stats.kstest(seconds, chance).statistic < 1.63 / N**0.5 + 0.004


def test_a_random_video_is_skipped_more_than_what_the_house_shows():
    house, chance = (
        kinds(watched(told_apart(), 43.0, appeal), 43.0)["skip"].float().mean()
        for appeal in (under_the_house(), P.logging_spread * key(98).normal(NAMES))
    )
    assert chance > house + 0.1


@pytest.mark.parametrize("duration", [6.4, 43.0, 300.0])
def test_with_more_appeal_and_the_same_noise_nobody_skips_more(duration):
    before = torch.ones(N, dtype=torch.bool)
    for appeal in (-2.0, -0.5, 0.5, 1.5, 3.0):
        skipped = kinds(watched(told_apart(), duration, appeal), duration)["skip"]
        assert not (skipped & ~before).any()
        before = skipped


def test_with_more_appeal_and_the_same_noise_more_is_finished():
    low, high = (
        (watched(told_apart(), 43.0, appeal) >= 43.0 * (1 - 1e-6)).float().mean()
        for appeal in (0.0, 2.0)
    )
    assert high > low + 0.05


@pytest.mark.parametrize("appeal", [-30.0, 0.0, 30.0])
def test_seconds_are_finite_and_never_negative(appeal):
    for duration in (0.5, 20.0, 7200.0):
        seconds = watched(P, duration, appeal)
        assert torch.isfinite(seconds).all() and (seconds >= 0).all()


def test_mean_seconds_lie_between_a_glance_and_the_video():
    for duration in (10.0, 43.0, 120.0):
        mean = float(watched(P, duration, under_the_house()).mean())
        assert 1.0 < mean < 1.2 * duration


def test_pull_is_in_step_with_low_appeal_and_level_when_high():
    low = watching.pull(torch.tensor([-8.0, -7.0]), P)
    high = watching.pull(torch.tensor([8.0, 9.0]), P)
    torch.testing.assert_close(low, torch.tensor([-8.0, -7.0]) - P.pull_turn, rtol=1e-4, atol=0)
    assert float((high[1] - high[0]).abs()) < 1e-3
    turn = watching.pull(torch.tensor(P.pull_turn), P)
    assert float(turn) == pytest.approx(-np.log(2) / P.pull_bend, rel=1e-5)


def test_pull_of_arrays_and_of_tensors_is_the_same():
    grid = np.linspace(-30, 30, 121)
    np.testing.assert_allclose(
        watching.pull(torch.tensor(grid), P).numpy(), watching.pull(grid, P), atol=1e-6
    )


def test_videos_shorter_than_a_second_or_longer_than_an_hour_are_described_as_those():
    tables = watching.tables(P, "cpu")
    odd = watching.describe(torch.tensor([[0.2, 20_000.0]]), tables)
    edge = watching.describe(torch.tensor([[1.0, 3600.0]]), tables)
    torch.testing.assert_close(odd.skip, edge.skip, rtol=0, atol=2e-3)
    torch.testing.assert_close(odd.skip_median, edge.skip_median, rtol=0, atol=2e-3)


def test_the_steps_of_the_tables_follow_the_mixture_between_the_knots():
    """Read at the knots themselves, where the mixture bends: within what half a step may change."""
    knots = torch.tensor([P.knots])
    read = watching.describe(knots, watching.tables(P, "cpu"))
    for name in ("skip_sd", "finish_at", "finish_sd", "loop_mean", "leave_bend"):
        exact = torch.tensor([getattr(P, name)])
        torch.testing.assert_close(getattr(read, name), exact, rtol=0.03, atol=0.005)
    median = torch.tensor([P.skip_median]).log()
    torch.testing.assert_close(read.skip_median, median, rtol=0, atol=0.03)


def test_what_watching_tells_of_appeal_sums_to_certainty_and_averages_to_the_house():
    chance, over = watching.told(P, (10.0, 40.0, 120.0), (0.1, 0.5, 1.0, 2.0))
    assert chance.shape == (5, len(over))
    assert chance.sum() == pytest.approx(1)
    assert float(chance.sum(0) @ over) == pytest.approx(0, abs=1e-9)
    mean = chance @ over / chance.sum(1)
    assert mean[0] < 0 < mean[2]  # left at once: it appealed less than what is usually shown
