"""What a seat may choose: bad actions, places without a candidate, one slot, masks."""

import gymnasium
import numpy as np
import pytest
import torch
from seated import FORMS, same, tiny

from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.spaces import SlateSpace

pytestmark = pytest.mark.filterwarnings("error")


BAD = {
    "shape": (np.arange(9), "shape", "Give 10 places"),
    "float": (np.arange(10.0), "integer", "astype"),
    "nan": (np.full(10, np.nan), "NaN", "division"),
    "bool": (np.ones(10, bool), "integer", "long"),
    "text": (["a"] * 10, "dtype|numbers", "Give"),
    "device": (torch.zeros(10, dtype=torch.int64, device="meta"), "lies on cpu", "Move it"),
    "high": (np.arange(21, 31), r"0\.\.29; got \[30\]", "not video ids"),
    "negative": (np.arange(-1, 9), r"0\.\.29; got \[-1\]", "not video ids"),
    "repeated": (np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 3]), r"repeats no video; got \[3\]", "top k"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_action_is_named_with_its_rule_and_cure_and_changes_nothing(name):
    action, rule, cure = BAD[name]
    env = tiny()
    before, info = env.reset(seed=0)
    with pytest.raises(BadSlate, match=rule) as raised:
        env.step(action)
    text = str(raised.value)
    assert "recommender's seat" in text and "day 0" in text and cure in text
    if name in ("high", "negative", "repeated"):
        assert f"viewer {info['viewer']}" in text
    assert same(before, env._observe())


def test_a_page_of_one_slot_is_a_discrete_choice():
    env = tiny(slots=1)
    assert env.action_space == gymnasium.spaces.Discrete(30)
    seen, info = env.reset(seed=0)
    place = env.action_space.sample(mask=seen["candidate_mask"])
    *_, after = env.step(place)
    assert after["history_id"][-1] == info["candidate_id"][place]
    for bad, rule in ((30, "a place lies in"), (np.arange(1), "shape"), (1.0, "integer")):
        with pytest.raises(BadSlate, match=rule):
            env.step(bad)


@pytest.mark.parametrize("slots", [1, 3])
def test_action_masks_allow_each_slot_what_is_offered(slots):
    env = tiny(slots=slots, candidates=400, days=9, repair=True)
    seen = until_some_were_shown(env)
    masks = env.action_masks()
    assert masks.dtype == bool and masks.shape == (slots * 400,)
    assert (masks.reshape(slots, 400) == (seen["candidate_mask"] == 1)).all()


def until_some_were_shown(env):
    """What a seat sees when there are fewer videos for it than places."""
    seen, _ = env.reset(seed=0)
    while (seen["candidate_mask"] == 1).all():
        seen, _, gone, over, _ = env.step(env.action_space.sample(mask=seen["candidate_mask"]))
        if gone or over:
            seen, _ = env.reset()
    return seen


@FORMS
def test_a_place_without_a_candidate_is_refused_and_sampling_by_the_mask_avoids_it(exact):
    env = tiny(candidates=400, days=9, exact=exact)  # as many as live, about: some are soon seen
    seen = until_some_were_shown(env)
    empty = np.flatnonzero(seen["candidate_mask"] == 0)
    assert len(empty) > 0 and (seen["candidates"].reshape(400, -1)[empty] == 0).all()
    action = np.arange(10)
    action[4] = empty[0]
    with pytest.raises(BadSlate, match="candidate_mask is 1"):
        env.step(action)
    chosen = env.action_space.sample(mask=seen["candidate_mask"])
    assert not set(chosen) & set(empty)
    env.step(chosen)


def test_a_policy_that_chooses_each_slot_by_itself_works_with_repair():
    env = tiny(repair=True)
    env.reset(seed=0)
    _, reward, _, _, info = env.step(np.full(10, 7))
    offered = env.reset(seed=0)[1]["candidate_id"]
    shown = [i for i in info["history_id"] if i]
    assert shown == list(offered[[7, 0, 1, 2, 3, 4, 5, 6, 8, 9]])[: len(shown)]
    assert env.step(np.array([7, 0, 1, 2, 3, 4, 5, 6, 8, 9]))[1] == reward


def test_a_sampled_slate_is_distinct_and_only_distinct_ones_belong():
    space = SlateSpace(12, 10, seed=0)
    assert all(len(set(space.sample())) == 10 for _ in range(50))
    assert np.arange(10) in space and np.zeros(10, int) not in space
    assert isinstance(space, gymnasium.spaces.MultiDiscrete) and (space.nvec == 12).all()
