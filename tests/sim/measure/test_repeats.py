import math

import pytest
import torch

from sim.measure.repeats import topic_lift


def days(*counts):
    return [torch.tensor(day) for day in counts]


def test_who_sees_a_topic_each_by_halves_sees_it_twice_as_often_as_by_chance():
    """Two viewers, two topics, each keeps to one: every pair is alike, half of all would be."""
    kept = days([[4, 0], [0, 4]], [[4, 0], [0, 4]])
    assert topic_lift(kept, 0) == pytest.approx(2) == topic_lift(kept, 1)


def test_a_view_is_no_pair_with_itself():
    assert topic_lift(days([[1, 1], [1, 1]]), 0) == 0
    assert topic_lift(days([[2, 1], [2, 1]]), 0) == pytest.approx((2 / 6) / (5 / 9))


def test_what_changes_by_the_day_is_alike_within_it_alone():
    kept = days([[4, 0], [0, 4]], [[0, 4], [4, 0]])
    assert topic_lift(kept, 0) == pytest.approx(2)
    assert topic_lift(kept, 1) == 0


def test_pairs_count_and_not_viewers():
    """By hand: same pairs 6 + 0, of 6 + 1; shares 5/6 and 1/6."""
    kept = days([[4, 0], [1, 1]])
    assert topic_lift(kept, 0) == pytest.approx((12 / 14) / (25 / 36 + 1 / 36))


def test_without_pairs_there_is_no_lift():
    assert math.isnan(topic_lift(days([[1, 0], [0, 1]]), 0))
    assert math.isnan(topic_lift(days([[3, 0]]), 5))
