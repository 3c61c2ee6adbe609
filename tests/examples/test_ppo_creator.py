"""The example of a creator who learns by PPO runs, and is held against the account's habit."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import ppo_creator
from sb3_creators import AccountsVecEnv
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

TINY = {"days": 3, "warm_up": 0, "house": "popular"}


def test_the_adapter_tells_ends_as_stable_baselines3_reads_them():
    accounts, ends = VecMonitor(AccountsVecEnv(4, **TINY)), 0
    accounts.seed(0)
    accounts.reset()
    for _ in range(7):
        actions = np.stack([accounts.action_space.sample() for _ in range(4)])
        seen, _, done, told = accounts.step(actions)
        assert {name: x.shape for name, x in seen.items()} == {
            name: (4, *space.shape) for name, space in accounts.observation_space.items()
        }
        for over, info in zip(done, told, strict=True):
            assert over == ("terminal_observation" in info) == ("episode" in info)
            if over:
                assert info["terminal_observation"] in accounts.observation_space
                assert info["episode"]["r"] == pytest.approx(info["measures"]["r"], abs=1e-4)
                ends += info["TimeLimit.truncated"]
    assert ends == 8


def test_a_difference_is_paired_by_world():
    found = ppo_creator.paired(np.array([11.0, 105.0, 7.0]), np.array([10.0, 103.0, 4.0]))
    assert found["mean"] == pytest.approx(2.0)
    assert found["high"] - 2.0 == pytest.approx(4.302653 / 3**0.5, rel=1e-5)


def test_a_scale_read_from_text_is_the_one_that_was_learnt():
    learnt = VecNormalize(AccountsVecEnv(4, **TINY))
    learnt.seed(0)
    learnt.reset()
    for _ in range(3):
        learnt.step(np.stack([learnt.action_space.sample() for _ in range(4)]))
    scale = json.loads(json.dumps(ppo_creator.scale_of(learnt)))
    seen = learnt.get_original_obs()
    for name, told in learnt.normalize_obs(seen).items():
        assert np.array_equal(ppo_creator.scaled(seen, scale)[name], told), name


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["income", "brand_equity"])
def test_ppo_beats_the_habit_in_twenty_worlds_that_it_never_saw(objective):
    found = ppo_creator.compare(ppo_creator.Arguments(objective=objective))
    measure = {"income": "net_income"}.get(objective, objective)
    print(found)
    assert found["against_habit"]["ppo"][measure]["low"] > 0
    assert not found["against_habit"]["random"][measure]["low"] > 0
