"""Many creators, each an agent of its own: PettingZoo's own test passes in silence."""

import pytest

pytest.importorskip("pettingzoo")
from pettingzoo.test import parallel_api_test

from sim.seats.market import parallel_env

pytestmark = pytest.mark.filterwarnings("error")
TINY = {"days": 3, "warm_up": 0, "house": "popular"}


@pytest.mark.parametrize("actions", ["discrete", "box"])
def test_the_interface_is_pettingzoos(actions):
    parallel_api_test(parallel_env(3, actions=actions, **TINY), num_cycles=8)


def test_all_meet_in_one_world_and_are_truncated_together():
    env = parallel_env(4, **TINY)
    seen, _ = env.reset(seed=0)
    assert list(seen) == [f"creator_{i}" for i in range(4)]
    told = []
    while env.agents:
        told.append(env.step({a: env.action_space(a).sample() for a in env.agents}))
    assert len(told) == 3 and all(told[-1][3].values()) and not any(told[-1][2].values())
    assert all(info["measures"]["l"] == 3 for info in told[-1][4].values())
    assert env.state().ndim == 1
