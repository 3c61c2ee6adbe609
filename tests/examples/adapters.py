"""What every adapter for Stable-Baselines3 is held to."""

from typing import Any

import numpy as np
from stable_baselines3.common.vec_env import VecEnv, VecMonitor


def ends_of(rows: VecEnv, steps: int) -> list[dict[str, Any]]:
    """What is told of every end within so many steps of drawn decisions: what was seen last, and
    the monitor's own account. Whatever is seen has the shapes and types of its spaces."""
    rows, ends = VecMonitor(rows), []
    rows.seed(0)
    _is_of_its_space(rows.reset(), rows)
    for _ in range(steps):
        actions = np.stack([rows.action_space.sample() for _ in range(rows.num_envs)])
        seen, _, done, told = rows.step(actions)
        _is_of_its_space(seen, rows)
        for over, info in zip(done, told, strict=True):
            assert over == ("terminal_observation" in info) == ("episode" in info)
        ends += [info for over, info in zip(done, told, strict=True) if over]
    assert all(info["terminal_observation"] in rows.observation_space for info in ends)
    return ends


def _is_of_its_space(seen: dict[str, np.ndarray], rows: VecEnv) -> None:
    assert {name: (x.shape, x.dtype) for name, x in seen.items()} == {
        name: ((rows.num_envs, *space.shape), space.dtype)
        for name, space in rows.observation_space.items()
    }
