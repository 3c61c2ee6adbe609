import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from worlds import blank_memory, live_through, nano, nano_rules, people, stock, tiny

from sim.world import community, platform
from sim.world.rng import key
from sim.world.state import COUNTS, Buzz, Slate, Trends, following

P = nano().community


def followed(held, count, creators, made):
    held, count = community.follow(
        torch.tensor([held]), torch.tensor([count]), torch.tensor([creators]), torch.tensor([made])
    )
    return held[0].tolist(), int(count)


def test_a_follow_takes_the_next_empty_place():
    assert followed([5, 0, 0], 1, [7], [True]) == ([5, 7, 0], 2)


def test_following_twice_counts_once():
    assert followed([5, 0, 0], 1, [5], [True]) == ([5, 0, 0], 1)
    assert followed([5, 0, 0], 1, [7, 7], [True, True]) == ([5, 7, 0], 2)


def test_a_full_list_drops_its_oldest():
    assert followed([5, 6, 7], 3, [8, 9], [True, True]) == ([8, 9, 7], 5)


def test_what_was_not_done_changes_nothing():
    assert followed([5, 0, 0], 1, [7, 8], [False, False]) == ([5, 0, 0], 1)


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=25))
def test_a_list_holds_the_last_distinct_creators_followed(acts):
    """Against a queue of four, written the plain way."""
    queue = []
    for creator, made in acts:
        if made and creator not in queue:
            queue = [*queue, creator][-4:]
    held, count = [0] * 4, 0
    for creator, made in acts:
        held, count = followed(held, count, [creator], [made])
    assert sorted(c for c in held if c) == sorted(queue)


def test_who_follows_whom_is_known_to_the_page():
    memory = replace(blank_memory(1, 4), follows=torch.tensor([[3, 0, 9, 0]]))
    held, creator = following(memory, torch.tensor([0])), torch.tensor([[9.0], [4.0], [3.0]])
    assert community.follows(held, creator)[:, 0].tolist() == [True, False, True]


def test_followers_are_the_sum_of_the_viewers_lists():
    memory = blank_memory(3, 4)
    lists = torch.tensor([[1, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0]])
    counted = community.followers(replace(memory, follows=lists), 4)
    assert counted.tolist() == [1, 0, 2, 0]


def test_after_many_days_followers_still_are_the_sum_of_the_lists():
    rules = nano_rules("reactions.follow_by_ratio=[0.2, 0.2, 0.2, 0.2, 0.2]", "size.followed=4")
    world, events = live_through(rules, days=5, pages=3)
    assert sum(int(e.response.did("follow").sum()) for e in events) > 100
    world = platform.turn_day(world, rules, key(0))
    for creator, count in zip(world.creators.id, world.creators.followers, strict=True):
        assert int((world.memory.follows == creator).sum()) == count
    for row in world.memory.follows.tolist():
        held = [c for c in row if c]
        assert len(held) == len(set(held))


def test_nobody_follows_a_creator_again():
    rules = nano_rules("reactions.follow_by_ratio=[0.2, 0.2, 0.2, 0.2, 0.2]")
    memory = replace(blank_memory(200, 12), follows=torch.tensor([[1, 0, 0, 0]] * 200))
    world = tiny(200, memory=memory)
    request = platform.ask(world, rules)
    slate = Slate(torch.arange(1, 5).expand(200, 4))
    _, events = platform.answer(world, rules, request, slate, key(0))
    assert not events.response.did("follow").any()


def test_residents_follow_by_fame_and_nobody_twice():
    fame = torch.tensor([1.0, 10.0, 100.0] + [0.1] * 20)
    held = community.first_follows(people(5000), fame, 16, 6.0, key(0))
    count = torch.bincount(held.flatten(), minlength=24)[1:]
    assert count[2] > count[1] > count[0] > count[3:].max()
    ordered = held.sort(dim=1).values
    assert not ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)).any()


def test_newcomers_follow_nobody_yet():
    fresh = people(100, joined=torch.zeros(100, dtype=torch.int64))
    assert (community.first_follows(fresh, torch.ones(50), 8, 6.0, key(0)) == 0).all()


QUIET = replace(P, trend_spark=0.0, trend_luck=0.0, trend_echo=0.0)


def said(usual=(0.25,) * 4, told=(0,) * 4):
    return Buzz(torch.tensor(usual), torch.tensor(told))


def discussed(*comments):
    """A video a topic, with so many comments."""
    counts = torch.zeros(4, len(COUNTS), dtype=torch.int64)
    counts[:, COUNTS.index("comments")] = torch.tensor(comments)
    return stock(4, topic=torch.arange(4), counts=counts)


def night(strength, params, videos=None, talk=None, at=0):
    hot, videos = Trends(torch.tensor(strength)), videos or discussed(0, 0, 0, 0)
    trends, after = community.sway(hot, talk or said(), videos, params, key(at))
    return trends.strength.tolist(), after


def test_trends_fade_without_sparks_and_talk_until_they_are_forgotten():
    hot = [0.4, 0.2, 0.0, community.FORGOTTEN / P.trend_keep]
    left, _ = night(hot, QUIET)
    assert left == pytest.approx([0.4 * P.trend_keep, 0.2 * P.trend_keep, 0, 0])


def test_luck_carries_trends_up_and_down_by_factors():
    n, lucky = 20_000, replace(QUIET, trend_luck=0.4)
    calm = Buzz(torch.full((n,), 1 / n), torch.zeros(n, dtype=torch.int64))
    start = torch.full((n,), 0.14)  # far from the top, and from what is forgotten
    trends, _ = community.sway(Trends(start), calm, stock(8), lucky, key(1))
    logs = (trends.strength / start).clamp(min=1e-9).log()
    assert float(logs.median()) == pytest.approx(math.log(P.trend_keep), abs=0.02)
    up, down = (float(logs.quantile(q)) for q in (0.8413, 0.1587))
    assert (up - down) / 2 == pytest.approx(0.4, abs=0.02)


def test_more_talk_than_usual_feeds_a_trend_but_lights_none():
    loud = replace(QUIET, trend_echo=0.5)
    left, _ = night([0.2, 0.0, 0.2, 0.0], loud, discussed(300, 300, 20, 20))
    assert left[0] > P.trend_keep * 0.2 > left[2]
    assert left[1] == left[3] == 0


def test_a_topic_that_always_is_popular_has_no_surplus():
    loud, big = replace(QUIET, trend_echo=0.5), said((0.7, 0.1, 0.1, 0.1))
    left, _ = night([0.2, 0.2, 0.2, 0.2], loud, discussed(700, 100, 100, 100), big)
    assert left == pytest.approx([0.2 * P.trend_keep] * 4)


def test_what_stays_loud_becomes_usual():
    talk = said()
    for _ in range(40):
        _, talk = night([0.2] * 4, QUIET, discussed(700, 100, 100, 100), talk)
    assert talk.usual.tolist() == pytest.approx([0.7, 0.1, 0.1, 0.1], abs=0.01)


def test_only_what_was_said_today_is_talk_of_today():
    loud, told = replace(QUIET, trend_echo=0.5), community.heard(said(), discussed(500, 0, 0, 0))
    left, _ = night([0.2] * 4, loud, discussed(600, 100, 100, 100), told)
    assert left == pytest.approx([0.2 * P.trend_keep] * 4)


def test_sparks_light_topics_at_their_rate_and_size():
    n, often = 20_000, replace(QUIET, trend_spark=0.1, trend_size=0.1)
    calm = Buzz(torch.full((n,), 1 / n), torch.zeros(n, dtype=torch.int64))
    strength = community.sway(Trends(torch.zeros(n)), calm, stock(8), often, key(3))[0].strength
    lit = strength[strength > 0]
    rate = 0.1 * math.exp(-community.FORGOTTEN / 0.1)  # the weaker ones nobody hears of
    assert abs(len(lit) - rate * n) < 4 * (rate * n) ** 0.5
    assert float(lit.median()) == pytest.approx(community.FORGOTTEN + 0.1 * math.log(2), rel=0.1)


def test_spells_of_trends_end_and_are_as_long_as_those_of_hashtags():
    """Half are over in 5 to 6 days, 27 % pass 14 (docs/facts.md); here without any talk."""
    n, lengths = 2000, []
    trends, talk = Trends(torch.zeros(n)), Buzz(torch.ones(n) / n, torch.zeros(n).long())
    run = torch.zeros(n, dtype=torch.int64)
    for day in range(240):
        trends, talk = community.sway(trends, talk, stock(8), P, key(7).fold(day))
        on = trends.strength > 0
        if day >= 120:
            lengths += run[(run > 0) & ~on].tolist()
        run = (run + 1) * on
    lengths = torch.tensor(lengths).float()
    assert len(lengths) > 500
    assert 5 <= float(lengths.median()) <= 7
    assert 0.22 < float((lengths > 14).float().mean()) < 0.32
    assert 0.9 < float(lengths.log().std()) < 1.6


def sent(sender, ids, at=0, viewers=50, inbox=None):
    inbox = torch.zeros(viewers, dtype=torch.int64) if inbox is None else inbox
    ids = torch.tensor(ids)
    return community.send(
        inbox, torch.tensor(sender), ids, ids > 0, viewers, P, key(0).fold(at), key(1)
    )


def test_a_share_reaches_one_friend():
    inbox = sent([4], [[0, 9, 0]])
    assert sorted(inbox.tolist()) == [0] * 49 + [9]


def test_of_two_shares_to_one_friend_the_newest_upload_stays():
    inbox = sent([4, 5, 6], [[3, 8]] * 3, viewers=1)
    assert inbox.tolist() == [8]


def test_what_waits_in_an_inbox_waits_on_unless_newer_comes():
    assert sent([4], [[3]], viewers=1, inbox=torch.tensor([7])).tolist() == [7]


def test_nothing_shared_is_nothing_sent():
    assert (sent([4, 5], [[0, 0], [0, 0]]) == 0).all()


def test_a_viewers_friends_are_the_same_on_every_page():
    met = set()
    for at in range(200):
        met |= set(sent([4], [[9, 9, 9]], at=at, viewers=1000).nonzero().squeeze(1).tolist())
    assert len(met) <= P.friends
