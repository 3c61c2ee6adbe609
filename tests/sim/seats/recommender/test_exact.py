"""Many seats in one world that answers: sleepers, and what happens when viewers leave."""

import numpy as np
import pytest
import torch
from seated import many, walk

from sim.presets.errors import BadInput
from sim.seats.recommender.slate_check import BadSlate

pytestmark = pytest.mark.filterwarnings("error")


def test_a_seat_asleep_is_offered_nothing_and_earns_nothing():
    asleep = 0
    was_awake = np.ones(6, bool)
    for seen, reward, _, _, info in walk(many(exact=True), 12):
        offered = seen["candidate_mask"].any(1)
        assert np.array_equal(offered, info["awake"])
        if reward is not None:
            assert (reward[~was_awake] == 0).all()
        was_awake = info["awake"]
        asleep += (~was_awake).sum()
    assert asleep > 0


def test_days_over_truncate_all_and_the_next_step_is_a_new_world():
    envs = many(days=1, exact=True)
    envs.reset(seed=0)
    action = np.tile(np.arange(10), (6, 1))
    worlds = [envs.seats.world.viewers.taste]
    for _ in range(40):
        *_, terminated, truncated, info = envs.step(action)
        if truncated.any():
            break
    assert truncated.all() and not terminated.any() and info["_measures"].all()
    _, reward, terminated, truncated, info = envs.step(np.zeros((6, 10), int))  # not looked at
    assert (reward == 0).all() and not (terminated | truncated).any() and "measures" not in info
    assert (info["day"] == 0).all() and (info["page"] == 0).all() and info["awake"].any()
    assert not torch.equal(worlds[0], envs.seats.world.viewers.taste)


def test_a_seat_whose_viewer_left_is_given_to_another_in_the_next_step():
    envs = many(2, days=20, settings={"sessions.quit_base": 0.05}, exact=True)
    left = taken = 0
    before, gone_before = None, np.zeros(2, bool)
    for seen, _, terminated, truncated, info in walk(envs, 60, seed=1):
        if terminated is None:
            before = info["viewer"]
            continue
        if gone_before.any() and not truncated.any():
            assert (info["viewer"] != before)[gone_before].all()
            assert (info["viewer"] == before)[~gone_before].all()
            taken += 1
        assert all((part[terminated] == 0).all() for part in seen.values())
        assert not (terminated & truncated).any()
        left += terminated.sum()
        before, gone_before = info["viewer"], terminated
        if truncated.any():
            break
    assert left > 0 and taken > 0


def test_a_platform_that_everybody_leaves_still_comes_to_its_end():
    gone = {"sessions.quit_base": 1.0, "sessions.quit_newcomer": 1.0, "sessions.quit_goodwill": 0.0}
    envs = many(6, days=3, settings=gone, exact=True)
    ends = [(t.sum(), o.sum(), i) for _, _, t, o, i in list(walk(envs, 30))[1:]]
    assert sum(gone for gone, _, _ in ends) > 6
    days = [i["day"][0] for _, _, i in ends]
    assert max(days) == 2 and days.count(0) > 1 and 0 in days[days.index(2) :]


def test_no_viewer_sits_twice():
    for *_, info in walk(many(40, exact=True), 15):
        assert len(set(info["viewer"])) == 40


def test_rows_of_sleepers_are_not_looked_at_and_may_be_masked_by_anything():
    envs = many(40, exact=True)
    _, info = envs.reset(seed=0)
    awake, asleep = np.flatnonzero(info["awake"]), np.flatnonzero(~info["awake"])
    assert len(asleep) and envs.action_masks()[asleep].all()  # a mask of nothing would be refused
    action = np.tile(np.arange(10), (40, 1))
    action[asleep] = 0
    bad = action.copy()
    bad[awake[1], 0] = 9
    with pytest.raises(BadSlate, match=rf"day 0, viewer {info['viewer'][awake[1]]}\b.*got \[9\]"):
        envs.step(bad)
    envs.step(action)


def test_a_part_of_the_seats_of_one_world_cannot_be_reset():
    with pytest.raises(BadInput, match="together"):
        many(exact=True).reset(options={"reset_mask": np.ones(6, bool)})
