import math
from dataclasses import replace

import pytest
import torch
from worlds import authors, live_through, moods, nano_rules, people, stock, tiny

from sim.measure import Window, measure_day, welfare
from sim.world.state import EVENT_FLAGS, Events, Request, Response

LIKE = 1 << EVENT_FLAGS.index("like")


def page_of(watch, ids, satisfaction, flags):
    """What viewers at rows 0, 1, ... did, by hand; 0 seconds of video 0 = not seen."""
    ids, watch = torch.tensor(ids), torch.tensor(watch)
    n, seen, zero = len(ids), ids > 0, torch.zeros(ids.shape)
    acts = torch.tensor(flags).int()
    response = Response(seen, watch, acts, seen & False, zero, zero, torch.tensor(satisfaction))
    request = Request(torch.arange(n), torch.arange(1, n + 1), torch.full((n,), 12.0))
    return Events(
        torch.tensor(0), torch.tensor(0), request, ids, torch.zeros_like(ids), zero, response
    )


def two_viewers(**changes):
    """Viewer 1 watched 30 s and 60 s, viewer 2 just 6 s; a third was not here."""
    here = torch.tensor([True, True, False])
    topic = torch.tensor([0, 1, 1, 2])
    views = torch.tensor([1, 1, 1, 0])
    world = tiny(3, 4, **{"mood": moods(3, present=here), **changes})
    videos = stock(4, topic=topic, views_today=views, creator=torch.tensor([1, 2, 2, 3]))
    page = page_of(
        [[30.0, 60.0], [6.0, 0.0]], [[1, 2], [3, 0]], satisfaction=[[0.9, 0.3], [0.5, 0.0]],
        flags=[[LIKE, 0], [0, 0]],
    )  # fmt: skip
    return replace(world, videos=videos), [page]


def measured(world, events, window=None):
    rows = measure_day(world, events, window or Window.empty(world))
    return {(metric, group): value for metric, group, value in rows}


def test_watch_minutes_by_hand():
    values = measured(*two_viewers())
    assert values["watch_minutes", "all"] == pytest.approx(96 / 60 / 3)
    assert values["watch_minutes_active", "all"] == pytest.approx(96 / 60 / 2)
    assert values["impressions", "all"] == 3 and values["active_viewers", "all"] == 2


def test_those_not_registered_do_not_count():
    gone = people(3, registered=torch.tensor([True, True, False]))
    values = measured(*two_viewers(viewers=gone))
    assert values["watch_minutes", "all"] == pytest.approx(96 / 60 / 2)


def test_rates_by_hand():
    """Videos last 20 s: two of three watched to the end, the third for 6 s."""
    values = measured(*two_viewers())
    assert values["finish_rate", "all"] == pytest.approx(2 / 3)
    assert values["long_view_rate", "all"] == pytest.approx(2 / 3)
    assert values["quick_skip_rate", "all"] == 0
    assert values["like_rate", "all"] == pytest.approx(1 / 3)
    assert values["satisfaction", "all"] == pytest.approx((0.9 + 0.3 + 0.5) / 3)
    assert values["regret", "all"] == pytest.approx(1 / 3)  # watched, and not satisfied
    assert values["regret_rate", "all"] == pytest.approx(1 / 2)  # two were watched past half


def test_breadth_of_topics_is_that_of_the_week():
    world, events = two_viewers()
    window = Window.empty(world)
    assert measured(world, events, window)["topic_entropy", "all"] == pytest.approx(0.5)  # 1 and 0
    later = replace(world, day=torch.tensor(6))
    assert measured(later, [], window)["topic_entropy", "all"] == pytest.approx(0.5)
    gone = replace(world, day=torch.tensor(7))  # takes the place of day 0
    assert ("topic_entropy", "all") not in measured(gone, [], window)


def test_a_new_viewer_on_an_old_row_was_shown_nothing_yet():
    world, events = two_viewers()
    window = Window.empty(world)
    measured(world, events, window)
    later = replace(world, day=torch.tensor(1), viewers=people(3, id=torch.tensor([4, 2, 3])))
    values = measured(later, [], window)
    assert values["topic_entropy", "all"] == 0  # of viewer 2 alone, who was shown one topic


def test_what_cannot_be_told_of_a_day_has_no_row():
    """Nobody came, nothing was shown: shares of nothing are missing, amounts are 0."""
    world, _ = two_viewers(mood=moods(3, present=torch.zeros(3) > 0))
    still = replace(world, videos=replace(world.videos, views_today=torch.zeros(4).long()))
    values = measured(still, [])
    assert all(math.isfinite(value) for value in values.values())
    assert {metric for metric, _ in values} == {
        "watch_minutes", "impressions", "active_viewers", "coverage",
    }  # fmt: skip
    assert set(values.values()) == {0.0}


def test_exposure_by_hand():
    creators = authors(4, followers=torch.tensor([500, 3, 50, 9]))
    values = measured(*two_viewers(creators=creators))
    assert values["coverage", "all"] == pytest.approx(3 / 4)
    assert values["video_gini", "all"] == pytest.approx(1 / 4)  # views 1 1 1 0
    assert values["creator_gini", "all"] == pytest.approx(4 / 9)  # views 1 2 0; 4 did not post
    assert values["newcomer_share", "all"] == pytest.approx(2 / 3)
    assert values["exposure_share", "creator:large"] == pytest.approx(1 / 3)
    large, small = (values["exposure_share", f"creator:{k}"] for k in ("large", "small"))
    assert large + small == pytest.approx(1)


def test_groups_part_the_heavy_from_the_light_and_know_the_new():
    joined = torch.tensor([-365] * 7 + [-2, 0])
    crowd = people(9, minutes=torch.arange(1.0, 10.0), joined=joined)
    groups = welfare.groups(tiny(9, viewers=crowd, day=torch.tensor(3)))
    assert groups["viewer:light"].nonzero().flatten().tolist() == [0, 1, 2]
    assert groups["viewer:heavy"].nonzero().flatten().tolist() == [6, 7, 8]
    assert groups["viewer:new"].nonzero().flatten().tolist() == [8]


def test_a_days_measures_agree_with_each_other_and_with_the_counts():
    world, events = live_through(nano_rules("size.viewers=2000"), days=1, pages=3)
    values = measured(world, events)
    shown = int(world.videos.counts[:, 0].sum())
    assert values["impressions", "all"] == shown > 500
    seconds = float(world.videos.counts[:, 1].sum()) / 1000
    registered = int(world.viewers.registered.sum())
    assert values["watch_minutes", "all"] == pytest.approx(seconds / 60 / registered, rel=1e-4)
    finishes = int(world.videos.counts[:, 2].sum())
    assert values["finish_rate", "all"] == pytest.approx(finishes / shown)
    light, heavy = (values["watch_minutes", f"viewer:{k}"] for k in ("light", "heavy"))
    assert light < values["watch_minutes", "all"] < heavy


def test_a_window_comes_back_from_its_state():
    world, events = two_viewers()
    window, other = Window.empty(world), Window.empty(world)
    window.take_in(world, events)
    other.load_state_dict(window.state_dict())
    later = replace(world, day=torch.tensor(1))
    assert measured(later, [], window) == pytest.approx(measured(later, [], other), nan_ok=True)
