"""Many desks at once: as one by one, whatever the mode."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from officed import ID, TINY

import sim  # noqa: F401  # names the environments
from sim.presets.errors import BadInput


def many(num=2, **task):
    how = {"num_envs": num, "vectorization_mode": "vector_entry_point"}
    return gymnasium.make_vec(ID, **how, **{**TINY, **task})


def alone(seed, actions):
    env = gymnasium.make(ID, **TINY).unwrapped
    env.reset(seed=seed)
    return [env.step(action) for action in actions]


def test_side_by_side_is_as_one_by_one_and_another_episode_follows():
    env = many()
    env.action_space.seed(3)
    env.reset(seed=4)
    actions = [env.action_space.sample() for _ in range(5)]
    told = [env.step(action) for action in actions]
    for i in range(2):
        each = alone(4 + i, [action[i] for action in actions[:3]])
        for one, both in zip(each, told[:3], strict=True):
            assert all(np.array_equal(one[0][k], both[0][k][i]) for k in one[0])
            assert one[1] == both[1][i] and one[3] == both[3][i]
        ended = told[2][4]["measures"]["r"][i]
        assert ended == pytest.approx(each[-1][4]["measures"]["r"])
    assert told[3][1].tolist() == [0, 0] and not told[3][3].any()  # the action was not looked at
    assert told[4][4]["day"].tolist() == [1, 1]


def test_in_the_same_step_the_end_is_handed_over_beside_the_beginning():
    env = many(autoreset_mode=AutoresetMode.SAME_STEP, days=1)
    env.reset(seed=4)
    seen, _, _, over, info = env.step(env.action_space.sample())
    assert over.all() and info["day"].tolist() == [0, 0]
    assert info["final_info"]["measures"]["l"].tolist() == [1, 1]
    assert set(info["final_obs"][0]) == set(seen)
    *_, over, info = env.step(env.action_space.sample())
    assert over.all()


def test_too_few_rows_of_actions_are_refused():
    env = many()
    env.reset(seed=0)
    with pytest.raises(BadInput, match="a row for each of 2 platforms"):
        env.step(env.action_space.sample()[:1])
