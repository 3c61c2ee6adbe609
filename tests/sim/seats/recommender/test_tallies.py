"""An episode's measures, by hand: mornings and pages are written out and counted."""

from dataclasses import replace

import pytest
import torch
from worlds import moods, stock, tiny

from sim.seats.recommender.tallies import Tallies
from sim.world.state import EVENT_FLAGS, Response

ALL = torch.tensor([True, True])
ROW = torch.tensor([0, 1])
LIKE = 1 << EVENT_FLAGS.index("like")


def after(*mornings, held=None):
    """Tallies of two seats after some mornings, each a letter for a seat: "x" came, "." did not;
    `held` says from which day on a seat's viewer is gone."""
    tallies = Tallies(2, 4, torch.device("cpu"))
    tallies.clear(ALL)
    for day, came in enumerate(mornings):
        here = torch.tensor([c == "x" for c in came])
        who = torch.tensor([held is None or day < end for end in held or (0, 0)])
        world = replace(tiny(2), day=torch.tensor(day), mood=moods(2, present=here))
        tallies.morning(world, ROW, who)
    return tallies


def rate(tallies):
    return [None if x != x else x for x in tallies.measures()["return_rate"].tolist()]


def test_nobody_can_come_back_on_an_episodes_first_day():
    assert rate(after("xx")) == [None, None]


def test_days_after_a_visit_on_which_the_viewer_came_again():
    assert rate(after("xx", "x.", "xx", "xx")) == [1.0, 0.5]
    assert rate(after("x.", "..", "..")) == [0.0, None]


def test_who_leaves_for_good_did_not_come_back_and_has_no_further_day():
    tallies = after("xx", "xx", "xx", "xx", held=(2, 9))
    assert rate(tallies) == [0.5, 1.0]  # came back on day 1, was gone on day 2
    assert tallies.measures()["days"].tolist() == [2, 4]


def test_a_morning_told_again_counts_only_for_the_seat_that_was_just_filled():
    tallies = after("xx", "xx")
    new = torch.tensor([True, False])
    tallies.clear(new)
    world = replace(tiny(2), day=torch.tensor(1), mood=moods(2))
    tallies.morning(world, ROW, new)
    assert tallies.measures()["days"].tolist() == [1, 2]
    assert rate(tallies) == [None, 1.0]
    tallies.morning(replace(world, day=torch.tensor(2)), ROW, ALL)
    assert rate(tallies) == [1.0, 1.0]


def test_a_page_is_counted_per_impression():
    """20 s videos: seat 1 watches 30 s, 12 s and 2 s and regrets the second; seat 2 sees none."""
    watch = torch.tensor([[30.0, 12.0, 2.0], [0.0, 0.0, 0.0]])
    seen = watch > 0
    flags = torch.tensor([[LIKE, 0, 0], [0, 0, 0]]).to(torch.uint8)
    satisfaction = torch.tensor([[0.9, 0.3, 0.1], [0.0, 0.0, 0.0]])
    zero = torch.zeros(watch.shape)
    page = Response(seen, watch, flags, ~seen & seen, zero, zero, satisfaction)
    world = replace(tiny(2, 4), videos=stock(4, topic=torch.tensor([0, 1, 1, 2])))
    tallies = after("xx")
    ids = torch.tensor([[1, 2, 3], [0, 0, 0]])
    tallies.page(world, ids, page, torch.tensor([2.5, 0.0]), ALL)
    found = {name: value[0].item() for name, value in tallies.measures().items()}
    assert found["watch_minutes"] == pytest.approx(44 / 60)
    assert found["finish_rate"] == found["quick_skip_rate"] == pytest.approx(1 / 3)
    assert found["long_view_rate"] == found["like_rate"] == pytest.approx(1 / 3)
    assert found["regret"] == pytest.approx(1 / 3) and found["regret_rate"] == pytest.approx(1 / 2)
    assert found["satisfaction"] == pytest.approx(1.3 / 3)
    assert found["topic_entropy"] == pytest.approx(0.918296, abs=1e-6)  # one of three, two of three
    assert (found["r"], found["l"], found["impressions"]) == (2.5, 1.0, 3.0)
    assert all(tallies.measures()[name][1].isnan() for name in ("finish_rate", "satisfaction"))
