"""Shares of several causes, against games whose values are known."""

from itertools import combinations

import pytest

from sim.lab.twins import attribute, shapley
from sim.presets.errors import BadInput


def worth(causes, of):
    ways = [frozenset(c) for n in range(len(causes) + 1) for c in combinations(causes, n)]
    return {some: of(some) for some in ways}


def test_causes_that_add_up_have_what_they_add():
    own = {"a": 1.0, "b": -2.0, "c": 0.5}
    found = shapley(worth("abc", lambda some: 7 + sum(own[x] for x in some)), "abc")
    assert found == pytest.approx(own)


def test_the_glove_game():
    """One left glove, two right ones, a pair is worth 1: 2/3, 1/6, 1/6 (Shapley, 1953)."""
    found = shapley(worth("lrs", lambda some: float("l" in some and len(some) > 1)), "lrs")
    assert found == pytest.approx({"l": 2 / 3, "r": 1 / 6, "s": 1 / 6})


def test_shares_add_up_and_what_does_nothing_has_none():
    found = shapley(worth("abc", lambda some: float(len(some - {"c"})) ** 2), "abc")
    assert sum(found.values()) == pytest.approx(4)
    assert found["c"] == 0 and found["a"] == found["b"]


def test_over_seeds_a_share_has_an_interval_and_every_world_is_lived_once():
    asked = []

    def measured(on, seed):
        asked.append((on, seed))
        return seed + 2.0 * ("taste" in on) + seed * ("feed" in on)

    found = attribute(measured, ["taste", "feed"], [1, 2, 3])
    assert len(asked) == len(set(asked)) == 12
    assert found["taste"]["by_seed"] == pytest.approx([2, 2, 2])
    assert found["feed"]["mean"] == pytest.approx(2)
    low, high = found["feed"]["ci95"]
    assert low == pytest.approx(2 - 4.3027 / 3**0.5, abs=1e-3) and high > 4
    assert found["all"]["mean"] == pytest.approx(4)


@pytest.mark.parametrize("causes", [[], ["a", "a"], [*"abcdefghi"]])
def test_what_cannot_be_shared_out_is_refused(causes):
    with pytest.raises(BadInput, match="1 to 8 different names"):
        attribute(lambda on, seed: 0.0, causes, [0])


def test_a_world_that_was_not_lived_is_named():
    with pytest.raises(BadInput, match="none for a"):
        shapley({frozenset(): 0.0}, ["a"])
