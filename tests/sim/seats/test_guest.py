"""A guest sits in the place of a viewer: what a hand does is what the log says."""

import pytest
import torch

from sim.lab.phone.timeline import arrived, params_of
from sim.presets.errors import BadInput
from sim.seats.viewer.guest import Guests, souls
from sim.world.state import EVENT_FLAGS, row_of

PARAMS = params_of("nano", "kuaishou", guests=2)
HAND = [
    {"watch": 1.0}, {"watch": 30.0, "like": 1}, {"watch": 2.0, "hide": 1},
    {"watch": 4.0, "follow": 1}, {"watch": 0.0},
]  # fmt: skip


def platform(agent="popular", count=2, **more):
    guests = Guests(**more)
    return arrived(agent, PARAMS, 0, 1, guests, count), guests


def mine(guests):
    """The page of each guest, as the platform noted it."""
    events = guests.seen
    at, who = guests.places(events.request.row)
    assert who.tolist() == list(range(len(guests.row)))
    return events, at


def heard(clock):
    """What the recommender is told."""
    logs = []
    learn = clock.resident.agent.learn
    clock.resident.agent.learn = lambda log: (logs.append(log), learn(log))[1]
    return logs


def test_what_a_hand_does_is_what_the_recommender_is_told():
    clock, guests = platform()
    logs = heard(clock)
    ids, _ = guests.deal()
    guests.answer(0, HAND)
    clock.serve()
    events, at = mine(guests)
    assert torch.equal(events.ids[at], ids)
    assert events.response.watch[at[0]].tolist() == [act["watch"] for act in HAND]
    for flag in ("like", "follow", "hide"):
        did = events.response.did(flag)[at[0]].tolist()
        assert did == [bool(act.get(flag)) for act in HAND]
    own = logs[0].viewer == clock.world.viewers.id[guests.row[0]]
    assert logs[0].video[own].tolist() == ids[0].tolist()
    assert logs[0].watch[own].tolist() == [act["watch"] for act in HAND]


def test_a_hand_changes_nobody_else_s_page():
    pages = []
    for led in (False, True):
        clock, guests = platform()
        guests.deal()
        if led:
            guests.answer(0, HAND)
        clock.serve()
        events, at = mine(guests)
        others = torch.ones(len(events.ids), dtype=torch.bool)
        others[at[0]] = False
        pages.append((events.ids[others], events.response.watch[others]))
    assert torch.equal(pages[0][0], pages[1][0]) and torch.equal(pages[0][1], pages[1][1])


def test_cards_that_a_hand_did_not_come_to_were_not_seen():
    clock, guests = platform()
    guests.deal()
    guests.answer(0, HAND[:2])
    clock.serve()
    events, at = mine(guests)
    assert events.response.seen[at[0]].tolist() == [True, True, False, False, False]


def test_a_follow_is_remembered():
    clock, guests = platform()
    ids, _ = guests.deal()
    guests.answer(0, HAND)
    clock.serve()
    creator = clock.world.videos.creator[row_of(ids[0, 3], len(clock.world.videos.id))]
    assert int(creator) in clock.world.memory.follows[guests.row[0]].tolist()


def test_with_likes_deleted_all_else_reaches_the_log():
    clock, guests = platform(likes=False)
    guests.deal()
    guests.answer(0, HAND)
    logs = heard(clock)
    clock.serve()
    own = torch.isin(logs[0].viewer, clock.world.viewers.id[guests.row])
    hide, follow = (1 << EVENT_FLAGS.index(name) for name in ("hide", "follow"))
    assert not (logs[0].flags[own] & 1).any() and float(logs[0].watch[own].sum()) > 0
    assert {hide, follow} <= set(logs[0].flags[own].tolist())
    assert (logs[0].flags[~own] & 1).any()


def test_guests_have_the_same_souls_whoever_recommends_and_no_past():
    worlds = [platform(agent)[0].world for agent in ("popular", "random")]
    one, two = (souls(world, 2, 0).tolist() for world in worlds)
    assert one == two and one != souls(worlds[0], 2, 1).tolist()
    clock, guests = platform()
    row, world = guests.row, clock.world
    assert torch.equal(world.viewers.taste[row], world.viewers.taste[guests.soul])
    assert int(world.memory.history[row].sum()) == 0
    assert not world.memory.shown[row].any()
    assert torch.isin(row, clock.request.row).all()


def test_who_has_no_room_is_told():
    with pytest.raises(BadInput, match="a guest has a row of its own"):
        platform(count=200)


def test_a_guest_who_leaves_is_asked_no_more_and_comes_again():
    clock, guests = platform()
    guests.leave()
    assert not torch.isin(guests.row, clock.request.row).any()
    while clock.asked:
        clock.serve()
    clock.turn()
    guests.wake()
    assert torch.isin(guests.row, clock.request.row).all()
