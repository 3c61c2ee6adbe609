"""Whose seat it is: a small account of the world, which goes on as it was until it decides."""

import numpy as np
import pytest
import torch
from authored import studios
from worlds import differences

from sim.seats.clock import Clock
from sim.seats.creator import accounts
from sim.seats.creator.task import set_up
from sim.seats.resident import Resident
from sim.world import community
from sim.world.rng import key
from sim.world.state import Choice


def test_a_seat_left_to_habit_changes_nothing_in_its_world():
    """With money on the ledger knows of the cash that a seat brings along."""
    off = {"money": "off"}
    made = studios(5, days=4, warm_up=2, settings=off)
    params, _ = set_up(settings=off)
    clock = Clock(params, Resident("popular"))
    clock.start(0)
    for _ in range(2):
        clock.live()
    for _ in range(3):
        made.live(Choice.habit(5))
        clock.live()
    assert differences(made.world, clock.world) == []


def test_accounts_seated_are_small_differ_and_post():
    made = studios(30)
    followers = community.followers(made.world.memory, len(made.world.creators.id))
    assert len(set(made.row.tolist())) == 30
    assert int(followers[made.row].max()) < accounts.SMALL + 5  # a day has gone by
    assert int(made.world.creators.posts[made.row].min()) > 0


def test_another_reset_seats_other_accounts():
    made = studios(10)
    first = set(made.row.tolist())
    made.start(0, np.random.default_rng(1))
    assert set(made.row.tolist()) != first


@pytest.mark.parametrize("money", ["off", "on"])
def test_a_plan_may_grant_followers_or_take_them(money):
    made, row = studios(1, settings={"money": money}), 3
    world, rules = made.world, made.clock.rules
    for wanted in (40, 7, 0):
        world = accounts.granted(world, rules, row, wanted, key(0))
        if money == "on":
            bond = world.memory.bond[world.memory.follows == row + 1]
            assert len(bond) == wanted and bool((bond > 0).all())
        assert int(community.followers(world.memory, len(world.creators.id))[row]) == wanted
        follows = world.memory.follows
        twice = (follows == row + 1).sum(1)
        assert int(twice.max()) <= 1
    assert bool(world.viewers.registered.any()) and torch.equal(world.day, torch.tensor(0))
