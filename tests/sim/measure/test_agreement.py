import numpy as np
import pytest

from sim.measure.agreement import icc


def test_groups_that_are_opposite_agree_wholly_and_alike_ones_least():
    n = np.full(100, 10)
    assert icc(n, np.repeat([0, 10], 50)) == pytest.approx(1)
    assert icc(n, np.full(100, 5)) == pytest.approx(-1 / 9)  # its least value, -1 / (n - 1)


@pytest.mark.parametrize(
    "tries, hits", [([5], [2]), ([1, 1, 1], [0, 1, 1]), ([5, 5], [0, 0]), ([5, 5], [5, 5])]
)
def test_one_group_single_tries_and_what_never_or_always_happens_tell_nothing(tries, hits):
    assert icc(np.array(tries), np.array(hits)) is None


def test_of_a_beta_it_is_one_over_alpha_and_beta_and_one():
    rng = np.random.default_rng(0)
    share = rng.beta(1.0, 3.0, 20_000)
    tries = rng.integers(2, 30, len(share))
    assert icc(tries, rng.binomial(tries, share)) == pytest.approx(1 / 5, abs=0.01)
