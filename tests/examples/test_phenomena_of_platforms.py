"""The same accounts with the same plan under one recommender and another."""

import sys
from pathlib import Path

import pytest
import torch
from scipy.stats import spearmanr

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import phenomena_of_platforms as made

SMALL = {"size.viewers": 60, "size.live": 240, "size.slots": 5, "size.pages": 4}


def test_ranks_are_spearmans():
    one, two = torch.tensor([3.0, 1, 1, 5, 9, torch.nan]), torch.tensor([2.0, 7, 1, 8, 8, 3])
    assert made.ranks(one, two) == pytest.approx(spearmanr(one[:5], two[:5])[0])
    few = torch.tensor([True, True, False, True, True, True])
    assert made.ranks(one, two, few) == pytest.approx(
        spearmanr(one[[0, 1, 3, 4]], two[[0, 1, 3, 4]])[0]
    )


def test_who_makes_nothing_of_views_has_nothing_to_try(monkeypatch):
    monkeypatch.setattr(made, "BONUSES", (0.0, 10.0))
    how = {"days": 8, "pairs": 8}
    found = made.exploration("plain", 0, True, SMALL, how)
    assert found["mean views, bonus 0"] > 0
    assert all(value == 0 for name, value in found.items() if "less" in name)
    found = made.exploration("plain", 0, False, SMALL, how)
    assert any(value != 0 for name, value in found.items() if "less" in name)


def test_newcomers_begin_when_they_should():
    lived = made.trial(["base"], "plain", 0, SMALL, agent="random", days=4, pairs=8, since=3)
    none = [bool(day["first_day"].isnan().all()) for day in lived.days]
    assert none == [True, True, True, False]
    assert int(lived.world.creators.followers[lived.row].sum()) <= 8


def test_agents_that_rest_draw_from_everything_alike():
    agent = made.resting(made.lucky(made.MF, 3))
    assert agent.shortlist >= 4000 and agent.retrieved >= 4000
    found = made.recommenders("plain", 0, True, SMALL, {"days": 2, "pairs": 8})
    assert found["views, mf less mf again"] != 0  # luck of their own
    assert found["views, mf less two_tower"] != 0


def over_seeds(ask, which, off, **how):
    """{measure: a figure for each of seeds 0 to 2 of the plain world}"""
    lived = [ask("plain", seed, off, {}, {**made.WHICH[which][1], **how}) for seed in range(3)]
    return {name: [one[name] for one in lived] for name in lived[0]}


@pytest.mark.slow
def test_small_brands_suffer_twice_unless_videos_are_alike():
    name = "share of followers who came with awareness"
    on, off = (over_seeds(made.jeopardy, "jeopardy", rests)[name] for rests in (False, True))
    assert made.told(on)[1][0] > 0
    assert made.told(off)[1][0] <= 0
    assert min(on) > max(off)


@pytest.mark.slow
def test_one_plan_fares_otherwise_under_another_recommender():
    on = over_seeds(made.recommenders, "recommenders", False, days=20)
    assert made.told(on["joy, popular less mf"])[1][1] < 0
    low, high = made.told(on["joy, mf less mf again"])[1]
    assert low <= 0 <= high
    pairs = zip(
        on["ranks by views, popular with mf"],
        on["ranks by views, mf with mf again"],
        strict=True,
    )
    assert all(other < luck for other, luck in pairs)
    off = over_seeds(made.recommenders, "recommenders", True, days=12)
    assert made.told(off["joy, popular less mf"])[1][1] >= 0


@pytest.mark.slow
def test_who_explores_more_tries_more_newcomers():
    found = over_seeds(made.exploration, "exploration", False)
    assert made.told(found["views of a post's first day, bonus 10 less 0"])[1][0] > 0
