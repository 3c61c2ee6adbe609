"""What environments hand out is the caller's: writing in it changes nothing that comes later."""

import numpy as np
import pytest
import torch

from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.vector_env import RecommenderVectorEnv

TINY = {"size.viewers": 40, "size.live": 300, "sessions.quit_base": 0.2}
TASK = {"days": 3, "candidates": 30, "settings": TINY}


def scribble(told, done: list) -> None:
    """Write 1 into every array and tensor of what was handed out."""
    if isinstance(told, dict):
        told = tuple(told.values())
    if isinstance(told, tuple):
        for value in told:
            scribble(value, done)
    elif isinstance(told, torch.Tensor | np.ndarray) and told.shape:
        told[...] = 1
        done.append(told)


def plain(told):
    """The same in numbers, as it was when it was handed out."""
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items()}
    if isinstance(told, tuple):
        return tuple(plain(value) for value in told)
    return told.tolist() if hasattr(told, "tolist") else told


def story(env, action, steps: int, ruin: bool):
    """All that an environment told, of a policy that never looks at it."""
    actions = np.random.default_rng(0)
    told, ruined = [env.reset(seed=0)], []
    for _ in range(steps):
        if True in [end for end in told[-1][2:4] if isinstance(end, bool)]:
            break  # a single seat's episode is over
        kept = plain(told[-1])
        if ruin:
            scribble(told[-1], ruined)
        told[-1] = kept
        act = action(actions)
        told.append(env.step(act))
        if ruin and isinstance(act, np.ndarray):
            act[...] = 0
    told[-1] = plain(told[-1])
    return told, ruined


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("output", ["torch", "numpy"])
def test_what_is_written_in_what_a_vector_step_tells_changes_no_later_step(output, exact):
    def one(ruin):
        env = RecommenderVectorEnv(6, output=output, repair=True, exact=exact, **TASK)
        return story(env, lambda rng: rng.integers(0, 30, (6, 10)), 30, ruin)

    (told, _), (again, ruined) = one(False), one(True)
    assert repr(told) == repr(again)
    assert len(ruined) > 30 * 10
    ends = [step[4]["_measures"] for step in told[1:] if "_measures" in step[4]]
    assert any(not all(end) for end in ends)
    assert sum(sum(step[1]) for step in told[1:]) > 100


@pytest.mark.parametrize("exact", [False, True])
def test_what_is_written_in_what_a_step_tells_changes_no_later_step(exact):
    def one(ruin):
        env = RecommenderEnv(repair=True, exact=exact, **TASK)
        return story(env, lambda rng: rng.integers(0, 30, 10), 9, ruin)

    (told, _), (again, ruined) = one(False), one(True)
    assert repr(told) == repr(again) and len(ruined) > 10
