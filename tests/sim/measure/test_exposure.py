import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.exposure import gini, lorenz, overlap, top_share

AMOUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize("n", [1, 7, 100])
def test_where_all_have_the_same_inequality_is_nought(n):
    assert gini(torch.full((n,), 5)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [2, 7, 100])
def test_where_one_has_all_inequality_is_all_but_one_nth(n):
    one = torch.zeros(n, dtype=torch.int64)
    one[n // 2] = 9
    assert gini(one) == pytest.approx((n - 1) / n)


def test_nothing_given_out_has_no_inequality():
    assert gini(torch.zeros(4, dtype=torch.int64)) != gini(torch.zeros(4, dtype=torch.int64))
    assert gini(torch.zeros(0, dtype=torch.int64)) != 0


@given(AMOUNTS)
def test_inequality_is_half_the_mean_difference_over_the_mean(amounts):
    x = torch.tensor(amounts).double()
    plain = (x[:, None] - x).abs().mean() / (2 * x.mean())
    assert gini(torch.tensor(amounts)) == pytest.approx(float(plain), abs=1e-9)


@given(AMOUNTS)
def test_inequality_is_twice_the_area_above_the_lorenz_curve(amounts):
    curve = lorenz(torch.tensor(amounts))
    n = len(amounts)
    area = float((curve[1:] + curve[:-1]).sum()) / (2 * n)
    assert gini(torch.tensor(amounts)) == pytest.approx(1 - 2 * area, abs=1e-9)
    assert float(curve[0]) == 0 and float(curve[-1]) == pytest.approx(1)


@pytest.mark.parametrize(("share", "held"), [(0.25, 0.4), (0.5, 0.7), (1.0, 1.0), (0.01, 0.4)])
def test_the_top_holders_have_what_they_have(share, held):
    assert top_share(torch.tensor([1, 4, 2, 3]), share) == pytest.approx(held)


def test_a_holder_on_the_edge_of_the_top_counts_in_part():
    """The top hundredth of 150 is one and a half: all of the first, half of the second."""
    amounts = np.array([30, 20] + [1] * 148)
    assert top_share(amounts, 0.01) == pytest.approx((30 + 10) / 198)
    assert top_share(torch.from_numpy(amounts), 0.01) == top_share(amounts, 0.01)


@given(AMOUNTS, st.floats(0.05, 1.0))
def test_the_top_holds_what_the_lorenz_curve_leaves_it(amounts, share):
    n = len(amounts)
    held = max(share, 1 / n)  # at least one holder
    curve = lorenz(torch.tensor(amounts)).numpy()
    wanted = 1 - np.interp(1 - held, np.linspace(0, 1, n + 1), curve)
    assert top_share(torch.tensor(amounts), share) == pytest.approx(wanted, abs=1e-9)


def test_of_nothing_there_is_no_top():
    assert np.isnan(top_share(np.zeros(3, dtype=int), 0.1)) and np.isnan(
        top_share(np.array([]), 1.0)
    )


def test_the_overlap_of_two_viewers_is_that_of_all_pairs_counted_by_hand():
    shown = [{1, 2, 3}, {1, 2, 4}, {1, 5, 6}]
    views = [sum(v in each for each in shown) for v in range(1, 7)]
    pairs = [len(a & b) / 3 for i, a in enumerate(shown) for b in shown[:i]]
    assert overlap(torch.tensor(views), 3) == pytest.approx(sum(pairs) / 3)
    assert overlap(torch.tensor([4, 4]), 4) == 1.0
    assert overlap(torch.tensor([1, 1, 1]), 3) == 0.0
    assert math.isnan(overlap(torch.tensor([1]), 1))
