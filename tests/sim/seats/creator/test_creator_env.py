"""One account: the rules of the checkers, seeds, ends, and actions that cannot be."""

import gymnasium
import numpy as np
import pytest
from authored import ID, TINY
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as checked_by_sb3

import sim  # noqa: F401  # names the environments
from sim.presets.errors import BadInput
from sim.world.state import LEVERS

pytestmark = pytest.mark.filterwarnings("error")
FORMS = pytest.mark.parametrize("actions", ["discrete", "box"])


def tiny(**task):
    return gymnasium.make(ID, **{**TINY, **task}).unwrapped


@FORMS
def test_the_checkers_of_gymnasium_and_stable_baselines3_find_nothing_to_say(actions):
    env = tiny(actions=actions)
    check_env(env, skip_render_check=True)
    checked_by_sb3(env, warn=True)


@FORMS
def test_an_episode_is_as_long_as_its_horizon_and_lies_in_its_space(actions):
    env = gymnasium.make(ID, **TINY, actions=actions)
    seen, _ = env.reset(seed=1)
    env.action_space.seed(1)
    told = []
    while not told or not (told[-1][2] or told[-1][3]):
        assert seen in env.observation_space
        seen, *rest = env.step(env.action_space.sample())
        told.append((seen, *rest))
    assert len(told) == 3 and told[-1][3] and not told[-1][2]
    measures = told[-1][4]["measures"]
    assert measures["l"] == 3
    assert measures["r"] == pytest.approx(sum(step[1] for step in told))
    with pytest.raises(ResetNeeded):
        env.unwrapped.step(env.action_space.sample())


def test_a_seed_repeats_an_episode_and_another_future_deals_other_luck():
    def told(**options):
        env = tiny()
        _, info = env.reset(seed=5, options=options)
        return info["creator"], *(env.step(_levels())[0] for _ in range(3))

    one, two, other = told(), told(), told(future=1)
    assert one[0] == two[0] == other[0]
    for a, b in zip(one[1:], two[1:], strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in a)
    assert any(not np.array_equal(one[-1][name], other[-1][name]) for name in one[-1])


def _levels(**some):
    return np.array([some.get(name, 0) for name in LEVERS])


def test_who_posts_more_is_seen_more():
    shown = []
    for level in (0, 3):
        env = tiny(days=8)
        env.reset(seed=3)
        over = False
        while not over:
            *_, over, info = env.step(_levels(count=level, effort_quality=2))
        shown.append(info["measures"]["impressions"])
    assert shown[1] > 3 * shown[0]


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (_levels(count=4), r"count is a level from 0 to 3; got \[4\]"),
        (_levels(hour=-1), r"hour is a level from 0 to 3; got \[-1\]"),
        (np.zeros(3, np.int64), "an action has shape"),
        (_levels().astype(float), "whole numbers"),
        ("post", "an action is an array of numbers"),
    ],
)
def test_an_action_that_cannot_be_is_told_by_the_name_of_its_lever(action, says):
    env = tiny()
    env.reset(seed=0)
    with pytest.raises(BadInput, match=says):
        env.step(action)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"objective": "folowers"}, "Did you mean 'followers'"),
        ({"objective": {"mix": 1.0}}, "mix is a whole"),
        ({"house": "mff"}, "house: unknown agent"),
        ({"house": "bandit"}, "house: unknown agent"),
        ({"delay": -1}, "delay"),
        ({"horizon": 9}, "unknown argument"),
    ],
)
def test_what_cannot_be_made_is_refused(task, says):
    with pytest.raises(BadInput, match=says):
        tiny(**task)
