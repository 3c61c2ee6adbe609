"""The example of PPO learners in one market runs, and a market is what Stable-Baselines3 wants."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import ppo_market
from stable_baselines3.common.vec_env import VecMonitor

from agents.registry import find
from sim.seats.market import parallel_env

TINY = {"days": 3, "warm_up": 0, "house": "popular"}


def test_a_market_is_a_vector_of_accounts():
    accounts, ends = VecMonitor(ppo_market.MarketVecEnv(parallel_env(4, **TINY))), 0
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
            ends += over
    assert ends == 8


def test_who_gave_up_gains_nothing_more_and_the_others_go_on():
    accounts = ppo_market.MarketVecEnv(parallel_env(3, **TINY))
    accounts.seed(0)
    accounts.reset()
    accounts.market.agents.remove("creator_1")  # as the market has it once somebody gave up
    actions = np.stack([accounts.action_space.sample() for _ in range(3)])
    _, reward, done, told = accounts.step(actions)
    assert done.tolist() == [False, True, False]
    assert reward[1] == 0 and "terminal_observation" in told[1]


def test_the_recommender_learns_by_what_is_named_whoever_employs_it():
    logs = []

    class Spy(find("popular")):
        objective = None

        def learn(self, log):
            logs.append((self.objective, log))
            return super().learn(log)

    kind = ppo_market.serving(Spy, "satisfaction")
    market = parallel_env(2, days=2, warm_up=1, house=kind)
    market.reset(seed=0)
    objective, log = logs[-1]
    assert objective(log).numpy() == pytest.approx(log_satisfaction(log), nan_ok=True)


def log_satisfaction(log):
    return ppo_market.objectives.reward_of(log, {"satisfaction": 1.0}).numpy()


def test_the_example_tells_what_was_decided():
    args = ppo_market.Arguments(steps=8, creators=4, days=2, agent="popular")
    found = ppo_market.last(*ppo_market.learned(args), 1_000_000)
    assert set(found) == {*ppo_market.TOLD, *ppo_market.ENDS}
    assert 0.3 <= found["honesty"] <= 1 and 0 <= found["count"] <= 3
