"""The example of PPO learners in one market runs, and a market is what Stable-Baselines3 wants."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import ppo_market
from adapters import ends_of

from agents.registry import find
from sim.seats.market import parallel_env

TINY = {"days": 3, "warm_up": 0, "house": "popular"}


def test_a_market_is_a_vector_of_accounts():
    assert len(ends_of(ppo_market.MarketVecEnv(parallel_env(4, **TINY)), steps=7)) == 8


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


def test_accounts_have_nothing_of_their_own_to_call_set_or_wrap():
    accounts = ppo_market.MarketVecEnv(parallel_env(2, **TINY))
    for refused in (accounts.env_method, lambda name: accounts.set_attr(name, 1)):
        with pytest.raises(NotImplementedError, match="accounts of a market have no"):
            refused("days")
    assert accounts.env_is_wrapped(object) == [False, False]
    assert accounts.get_attr("possible_agents") == [["creator_0", "creator_1"]] * 2
