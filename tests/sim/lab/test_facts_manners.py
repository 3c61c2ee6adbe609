"""The card's figures of how viewers differ, against logs whose figures are known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.lab.facts import manners


def made(skips: np.ndarray, plays: np.ndarray) -> SimpleNamespace:
    """A log in which a viewer skips with a chance of their own; all other plays are whole."""
    rng = np.random.default_rng(0)
    viewer = np.repeat(np.arange(len(plays)), plays)
    skip = rng.random(len(viewer)) < skips[viewer]
    table = pd.DataFrame(
        {
            "viewer": viewer,
            "video": rng.integers(0, 300, len(viewer)),
            "day": 0,
            "duration": np.float32(30),
            "watch": np.where(skip, 1.0, 30.0).astype(np.float32),
        }
    )
    return SimpleNamespace(house=SimpleNamespace(impressions=table))


def test_viewers_of_one_mind_are_not_alike_and_those_of_two_are():
    plays = np.full(2000, 30)
    same = manners.watchers(made(np.full(2000, 0.4), plays))
    two = manners.watchers(made(np.repeat([0.2, 0.6], 1000), plays))
    for name in ("ratio", "ln_watch", "quick_skip", "long_view"):
        assert abs(same[f"watchers.{name}"]) < 0.01
        assert two[f"watchers.{name}"] == pytest.approx(0.04 / 0.24, abs=0.02)


def test_shares_of_skips_are_told_of_viewers_whose_plays_tell_them():
    """A log of few plays a viewer, in which some have 25 and skip a tenth or most."""
    plays = np.repeat([4, 25, 25], [6000, 200, 200])
    skips = np.repeat([0.5, 0.1, 0.7], [6000, 200, 200])
    found = manners.watchers(made(skips, plays))
    assert found["watchers.skips_low"] == pytest.approx(0.05, abs=0.04)
    assert found["watchers.skips_high"] == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("k", [0.8, 3.0])
def test_the_dispersion_of_plays_is_found_however_thin_the_log(k):
    rng = np.random.default_rng(1)
    plays = rng.poisson(rng.gamma(k, 60 / k, 6000))
    assert manners.dispersion(plays[plays > 0]) == pytest.approx(k, rel=0.1)
    found = manners.watchers(made(np.full(6000, 0.4), plays))["watchers.plays"]
    assert found == pytest.approx(k, rel=0.15)
