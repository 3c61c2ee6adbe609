"""How well a recommender knows people, by hand and against worlds where the answer is known."""

import math
from dataclasses import replace

import pytest
import torch
from worlds import live_through, moods, nano_rules, people, stock, tiny

from sim.measure import Window, knowing, measure_day
from sim.measure.knowing import Knowing, match
from sim.seats.recommender.view import truth
from sim.world import platform
from sim.world.rng import key
from sim.world.state import Events, Request, Response


def page_of(ids, day=0, row=None):
    """A page in which all that is not 0 was seen."""
    ids = torch.tensor(ids)
    row = torch.arange(len(ids)) if row is None else torch.tensor(row)
    seen, zero = ids > 0, torch.zeros(ids.shape)
    response = Response(seen, zero + 5, (zero > 0).int(), zero > 0, zero, zero, zero)
    request = Request(row, row + 1, torch.full((len(row),), 12.0))
    at = torch.tensor(day), torch.tensor(0)
    return Events(*at, request, ids, torch.zeros_like(ids), zero, response)


def tasteful(viewers=2, **changes):
    """Twelve videos, three of each of four topics; viewer 1 likes topic 0, viewer 2 topic 3."""
    taste = torch.tensor([[2.0, 1.0, -1.0, -2.0], [-2.0, -1.0, 1.0, 2.0]]).repeat(viewers, 1)
    crowd = people(viewers, taste=taste[:viewers], **changes)
    topic = torch.arange(12) % 4
    world = tiny(viewers, 12, viewers=crowd, mood=moods(viewers))
    return replace(world, videos=stock(12, topic=topic, topic2=topic))


def values(world, events, window=None):
    rows = measure_day(world, events, window or Window.empty(world))
    return {metric: value for metric, group, value in rows if group == "all"}


def test_match_is_the_mean_over_what_was_shown(monkeypatch):
    """Videos 1 and 5 are of topic 0, 4 of topic 3; half of the variance is the tags'."""
    world = tasteful()
    found = values(world, [page_of([[1, 5], [4, 0]])])
    assert found["match"] == pytest.approx(0.5**0.5 * 2)
    found = values(world, [page_of([[1, 4], [0, 0]])])
    assert found["match"] == pytest.approx(0)


def test_favourites_are_the_topics_liked_most(monkeypatch):
    monkeypatch.setattr(knowing, "FAVOURITES", 2)
    world = tasteful()
    found = values(world, [page_of([[1, 2, 3, 4], [1, 0, 0, 0]])])
    assert found["favourites"] == pytest.approx(2 / 5)  # topics 0 and 1 of viewer 1's four


def test_match_is_what_appeal_makes_of_taste_and_style():
    """Rested viewers of no passing interest who follow nobody, videos that differ in tags and
    style alone."""
    rules, root = nano_rules("size.viewers=40", "size.live=60", "tastes.fancy=0.0"), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    row = torch.arange(8)
    request = Request(row, world.viewers.id[row], world.mood.hour[row])
    video = (world.videos.id > 0).nonzero().squeeze(1)
    want = truth(world, rules, request).appeal(video.expand(8, -1))
    p = rules.params.appeal
    suits = match(world.viewers, row, world.videos, video.expand(8, -1), p.topic_share)
    rest = want - p.match * suits
    v = world.videos
    other = p.quality * world.viewers.choosiness[row][:, None] * v.quality[video]
    other = other + p.hook * v.hook[video]
    left = rest - other - (rest - other).mean(0)  # age and trend are all viewers' alike
    assert float(left.std()) < 0.05 * float(want.std())


def test_a_strong_interest_is_counted_from_the_131st_video_to_the_230th(monkeypatch):
    monkeypatch.setattr(knowing, "FIRST", 2)
    monkeypatch.setattr(knowing, "LAST", 4)
    monkeypatch.setattr(knowing, "ENOUGH", 0.1)
    world, window = tasteful(), Window.empty(tasteful())
    assert "interest_lift" not in values(world, [page_of([[1, 1], [2, 2]])], window)
    later = replace(world, day=torch.tensor(1))
    found = values(later, [page_of([[1, 2, 5, 9], [1, 0, 0, 0]], day=1)], window)
    assert found["interest_lift"] == pytest.approx((1 + 0 + 0) / (3 / 4))  # a quarter by chance


def walked(newcomers, half=20, length=80, level=1.0):
    """Newcomers whose match rises evenly to `level`, and is half of it at `half` videos."""
    world = tasteful(4, joined=torch.tensor([-9, -9, -9, -9]))
    window = Knowing.empty(world, torch.arange(4))
    window.newcomers += newcomers
    for step in range(length // knowing.STEP):
        middle = (step + 0.5) * knowing.STEP
        mean = min(level, level * middle / (2 * half))
        window.way[step] = torch.tensor([100 * mean, 100.0]).double()
    window.week[0] = torch.tensor([50 * level, 50.0, 0.0, 50.0]).double()
    return window


@pytest.mark.parametrize("half", [12, 20, 33])
def test_swipes_to_know_are_where_newcomers_are_half_of_the_way(half):
    assert walked(200, half)._swipes() == pytest.approx(half)


def test_nothing_is_said_of_few_newcomers_or_where_nobody_is_known():
    assert math.isnan(walked(99)._swipes())
    assert math.isnan(walked(200, level=0.04)._swipes())
    assert math.isnan(walked(200, half=200)._swipes())  # not yet half of the way


def test_chance_is_what_random_showing_gives():
    rules = nano_rules("size.viewers=400", "size.live=300")
    world, events = live_through(rules, days=1, pages=4)
    row = torch.arange(len(world.viewers.id))
    total, count = knowing._chance(world, row, row < 0, 0.5).tolist()
    shown = values(world, events)["match"]
    seen = sum(int(e.response.seen.sum()) for e in events)
    assert abs(shown - total / count) < 4 / seen**0.5


def test_newcomers_are_who_arrives_after_day_7_and_count_from_their_first_video():
    joined = torch.tensor([-9, 7, 8, 8])
    world = replace(tasteful(4, joined=joined), day=torch.tensor(9))
    window = Knowing.empty(world, torch.arange(4))
    page = page_of([[1, 2], [1, 2], [1, 2], [0, 0]], day=9)
    window.take_in(world, [page, page], torch.arange(4), 0.5)
    assert int(window.newcomers) == 1 and window.seen.tolist() == [4, 4, 4, 0]
    assert window.way[0, 1] == 4 and window.week[9 % 7, 1] == 8


def test_a_row_that_gets_a_new_viewer_starts_anew():
    world = tasteful(2)
    window = Knowing.empty(world, torch.arange(2))
    window.take_in(world, [page_of([[1, 2], [1, 2]])], torch.arange(2), 0.5)
    names = replace(world.viewers, id=torch.tensor([3, 2]), joined=torch.tensor([1, -9]))
    later = replace(world, day=torch.tensor(1), viewers=names)
    window.take_in(later, [], torch.arange(2), 0.5)
    assert window.seen.tolist() == [0, 2]


def test_the_closest_curve_that_never_falls():
    assert knowing._rising([1.0, 3.0, 1.0], [1.0, 1.0, 1.0]) == [1.0, 2.0, 2.0]
    assert knowing._rising([2.0, 1.0, 3.0], [3.0, 1.0, 1.0]) == [1.75, 1.75, 3.0]
    assert knowing._crossing([0.0, 1.0, 1.0], 0.5) == 10.0
    assert knowing._crossing([0.6], 0.5) == 5.0 and math.isnan(knowing._crossing([0.0], 0.5))
