import math

import pytest
import torch

from sim.measure.bubble import divergence, entropy, homogeneity
from sim.measure.bubble import miscalibration as mean_of


@pytest.mark.parametrize("k", [0, 1, 3])
def test_an_even_mix_of_two_to_the_k_topics_has_k_bits(k):
    counts = torch.zeros(1, 16)
    counts[0, : 2**k] = 5
    assert float(entropy(counts)) == pytest.approx(k, abs=1e-6)


def test_who_was_shown_nothing_has_no_entropy():
    assert entropy(torch.tensor([[0.0, 0.0], [1.0, 1.0]])).isnan().tolist() == [True, False]


def test_entropy_in_closed_form():
    p = torch.tensor([0.5, 0.25, 0.125, 0.125])
    assert float(entropy(8 * p[None])) == pytest.approx(1.75)


def test_viewers_shown_the_same_mix_are_quite_alike():
    assert homogeneity(torch.tensor([[1.0, 2.0], [2.0, 4.0], [5.0, 10.0]])) == pytest.approx(1)


def test_viewers_shown_different_topics_are_not_alike():
    assert homogeneity(torch.eye(4)) == pytest.approx(0, abs=1e-12)


def test_likeness_is_the_mean_over_pairs():
    counts = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert homogeneity(counts) == pytest.approx((0 + 2 * math.sqrt(0.5)) / 3)


def test_viewers_shown_nothing_are_left_out_of_likeness():
    counts = torch.tensor([[1.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    assert homogeneity(counts) == pytest.approx(1)
    assert math.isnan(homogeneity(counts[:2]))


def miscalibration(*tables):
    return mean_of(divergence(*tables))


SUPPLY = torch.tensor([0.5, 0.3, 0.2])


def test_who_is_shown_what_suits_their_taste_is_calibrated():
    taste = torch.tensor([[0.0, 1.0, -1.0], [0.3, 0.0, 0.0]])
    own = torch.softmax(taste + SUPPLY.log(), dim=1)
    assert miscalibration(1000 * own, taste, SUPPLY) == pytest.approx(0, abs=1e-6)


def test_without_taste_the_supply_is_what_suits():
    assert miscalibration(10 * SUPPLY[None], torch.zeros(1, 3), SUPPLY) == pytest.approx(
        0, abs=1e-6
    )


def test_one_topic_alone_costs_the_divergence_from_ones_own_mix():
    """KL(p, q) with q = .99 e_0 + .01 p, by hand."""
    p = SUPPLY.double()
    q = 0.01 * p + 0.99 * torch.tensor([1.0, 0, 0])
    wanted = float((p * (p / q).log()).sum())
    assert miscalibration(torch.tensor([[7.0, 0, 0]]), torch.zeros(1, 3), SUPPLY) == pytest.approx(
        wanted, rel=1e-5
    )


def test_nobody_shown_anything_is_no_number():
    assert math.isnan(miscalibration(torch.zeros(2, 3), torch.zeros(2, 3), SUPPLY))
