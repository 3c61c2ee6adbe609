"""Small seats, and policies that walk through them; what the tests of environments share."""

import numpy as np
import pytest

from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.vector_env import RecommenderVectorEnv

ID = "ShortVideo/Recommender-v0"
TINY = {"size.viewers": 60, "size.live": 400}  # quicker than nano


def tiny(**task) -> RecommenderEnv:
    settings = TINY | task.pop("settings", {})
    return RecommenderEnv(**{"days": 3, "candidates": 30, "settings": settings} | task)


FORMS = pytest.mark.parametrize("exact", [False, True], ids=["on record", "exact"])


def play(env, seed=0, most=1000):
    """Observations, rewards and infos of an episode under a random policy of its own seed."""
    seen, info = env.reset(seed=seed)
    env.action_space.seed(seed)
    steps = [(seen, 0.0, False, False, info)]
    while not (steps[-1][2] or steps[-1][3]) and len(steps) <= most:
        steps.append(env.step(env.action_space.sample()))
    return steps


def same(a, b) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a)


def many(num_envs=6, **task) -> RecommenderVectorEnv:
    settings = TINY | task.pop("settings", {})
    return RecommenderVectorEnv(
        num_envs, **{"days": 3, "candidates": 30, "settings": settings} | task
    )


def walk(envs, steps, seed=0):
    """(observation, reward, terminated, truncated, info) of a random policy, the reset first."""
    seen, info = envs.reset(seed=seed)
    envs.action_space.seed(seed)
    yield seen, None, None, None, info
    for _ in range(steps):
        yield envs.step(envs.action_space.sample())
