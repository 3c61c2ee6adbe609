from dataclasses import replace

import pytest
import torch
from worlds import blank_memory, live_through, moods, nano_rules, stock, tiny

from sim.world import platform
from sim.world.delivery import deliver
from sim.world.rng import key
from sim.world.state import COUNTS, EVENT_FLAGS, SOURCES, Request, Slate
from sim.world.state.watched import LONG_VIEW

RULES = nano_rules()
SHARE = SOURCES.index("share")


def played(world, ids, seed=0, rules=RULES):
    """All viewers meet the same slate."""
    request = platform.ask(world, rules)
    slate = Slate(torch.tensor(ids).expand(len(request.row), -1))
    after, events = platform.answer(world, rules, request, slate, key(seed))
    return after, events.response, events


def with_inbox(sent: int, shown=(), **videos):
    memory = replace(blank_memory(2, 12), inbox=torch.tensor([sent, 0]))
    for id_ in shown:
        memory.shown[0, id_ - 1] = 1
    return replace(tiny(memory=memory), videos=stock(12, **videos))


def delivered(world, ids):
    slates = torch.tensor([ids, ids])
    row = torch.arange(2)
    got = deliver(world, RULES, Request(row, row + 1, torch.zeros(2)), slates)
    return got.ids.T.tolist(), got.source.T.tolist()


def test_what_a_friend_sent_takes_the_last_place():
    ids, source = delivered(with_inbox(7), [1, 2, 3])
    assert ids == [[1, 2, 7], [1, 2, 3]]
    assert source == [[0, 0, SHARE], [0, 0, 0]]


def test_it_is_not_delivered_when_it_was_seen():
    assert delivered(with_inbox(7, shown=[7]), [1, 2, 3])[0] == [[1, 2, 3]] * 2


def test_it_is_not_delivered_when_it_is_in_the_slate_already():
    assert delivered(with_inbox(2), [1, 2, 3]) == ([[1, 2, 3]] * 2, [[0, 0, 0]] * 2)


@pytest.mark.parametrize(
    "videos",
    [
        {"uploaded": torch.full((12,), -99)},
        {"removed": torch.ones(12) > 0},
        {"id": torch.arange(13, 25)},  # its row has a younger video now
    ],
    ids=["old", "removed", "reborn"],
)
def test_it_is_not_delivered_when_it_is_gone(videos):
    assert delivered(with_inbox(7, **videos), [1, 2, 3])[0] == [[1, 2, 3]] * 2


def test_a_share_is_delivered_once():
    after, response, events = played(with_inbox(7), [1, 2, 3])
    assert events.ids[0].tolist() == [1, 2, 7] and response.seen[0, 2]
    assert after.memory.inbox[0] == 0 or int(response.did("share").sum()) > 0
    again = replace(after, memory=replace(after.memory, inbox=torch.tensor([7, 0])))
    assert played(again, [4, 5, 6])[2].ids[0].tolist() == [4, 5, 6]


def test_where_nothing_is_shown_nothing_happens():
    world = tiny(500)
    after, response, _ = played(world, [0, 3, 0])
    assert not response.seen[:, [0, 2]].any() and response.seen[:, 1].all()
    for field in ("watch", "flags", "survey", "appeal", "satisfaction", "left"):
        assert (getattr(response, field)[:, [0, 2]] == 0).all()
    assert after.videos.counts[:, 0].nonzero().flatten().tolist() == [2]


def test_below_the_video_that_ends_the_session_nothing_is_seen():
    world = tiny(500, mood=moods(500, time_left=torch.full((500,), 15.0)))
    after, response, _ = played(world, list(range(1, 11)))
    seen, left = response.seen, response.left
    assert (seen.long().diff(dim=1) <= 0).all()  # a beginning of the page
    assert ((response.watch > 0) <= seen).all()
    over = (after.mood.time_left <= 0) | (after.mood.patience_left <= 0)
    assert torch.equal(left.any(1), over) and over.sum() > 100
    last = seen.sum(1) - 1
    assert (left.long().argmax(1) == last)[over].all() and (left.sum(1) <= 1).all()


def test_who_has_time_and_patience_sees_the_whole_page():
    _, response, _ = played(tiny(500), [1, 2, 3, 4])
    assert response.seen.all() and not response.left.any()


def test_history_keeps_the_last_videos_newest_last():
    after, response, _ = played(tiny(1), [1, 2, 3])
    assert after.memory.history[0].tolist() == [0, 0, 1, 2, 3]
    later, _, _ = played(after, [4, 5, 6, 7])
    assert later.memory.history[0].tolist() == [3, 4, 5, 6, 7]
    assert later.memory.history_watch[0, 0] == response.watch[0, 2]


def test_a_friends_video_takes_the_first_empty_place_of_a_short_slate():
    world = tiny(1)
    world = replace(world, memory=replace(world.memory, inbox=torch.tensor([9])))
    after, _, events = played(world, [1, 2, 0, 0, 0])
    assert events.ids[0].tolist() == [1, 2, 9, 0, 0]
    assert after.memory.history[0].tolist() == [0, 0, 1, 2, 9]


def test_counts_of_a_page_are_those_of_a_plain_loop():
    rules = nano_rules(*(f"reactions.{f}_by_ratio=[0.2, 0.2, 0.2, 0.2, 0.2]" for f in EVENT_FLAGS))
    world = tiny(60, mood=moods(60, time_left=torch.full((60,), 90.0)))
    after, response, events = played(world, [3, 1, 12, 5, 6], rules=rules)
    wanted = torch.zeros_like(world.videos.counts)
    for viewer, slot in response.seen.nonzero().tolist():
        row, watch = int(events.ids[viewer, slot]) - 1, float(response.watch[viewer, slot])
        duration = float(world.videos.duration[row])
        acts = [bool(response.did(f)[viewer, slot]) for f in EVENT_FLAGS]
        more = [1, round(watch * 1000), watch >= duration, watch >= min(LONG_VIEW, duration)]
        wanted[row] += torch.tensor([int(x) for x in more + acts])
    assert len(COUNTS) == 4 + len(EVENT_FLAGS)
    assert (after.videos.counts - wanted).abs()[:, [0, 2, 3, *range(4, 11)]].max() == 0
    assert (after.videos.counts - wanted)[:, 1].abs().max() <= 60  # half a millisecond each


def test_the_same_page_again_is_the_same_and_another_seed_another():
    world = tiny(200)
    one, same, other = (played(world, [1, 2, 3], seed)[1].watch for seed in (0, 0, 1))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_all_that_was_seen_is_remembered():
    world, events = live_through(RULES, days=1, pages=2)
    for page in events:
        who, slot = page.response.seen.nonzero(as_tuple=True)
        ids = page.ids[who, slot]
        known = platform.shown_before(world, page.request.row[who], ids[:, None])
        assert known.all()
