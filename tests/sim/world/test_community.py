from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from worlds import blank_memory, live_through, nano, nano_rules, people, stock, tiny

from sim.world import community, platform
from sim.world.rng import key
from sim.world.state import Slate, Trends, following

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


QUIET = replace(P, trend_spark=0.0)


def test_trends_fade_without_sparks_and_talk():
    hot = Trends(torch.tensor([1.0, 0.5, 0.0, 0.0]))
    night = replace(QUIET, trend_echo=0.0)
    for k in range(1, 4):
        hot = community.sway(hot, stock(8), torch.tensor(k), night, key(k))
        faded = P.trend_keep**k * torch.tensor([1.0, 0.5, 0.0, 0.0])
        torch.testing.assert_close(hot.strength, faded)


def test_talk_feeds_a_trend_but_lights_none():
    videos = stock(8, topic=torch.tensor([0, 1] * 4), views_today=torch.full((8,), 100))
    warm = Trends(torch.tensor([0.5, 0.0, 0.5, 0.0]))
    strength = community.sway(warm, videos, torch.tensor(1), QUIET, key(0)).strength
    assert strength[0] > P.trend_keep * 0.5 > strength[2]  # topic 2 is not talked of
    assert strength[1] == 0 and strength[3] == 0


def test_sparks_light_topics_at_their_rate_and_size():
    n, often = 20_000, replace(P, trend_spark=0.1, trend_echo=0.0, trend_size=0.1)
    calm = Trends(torch.zeros(n))
    strength = community.sway(calm, stock(8), torch.tensor(1), often, key(3)).strength
    lit = strength[strength > 0]
    assert abs(len(lit) - 0.1 * n) < 4 * (0.09 * n) ** 0.5
    assert float(lit.mean()) == pytest.approx(0.1, rel=4 / len(lit) ** 0.5)


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
