"""Stable-Baselines3 at the creator's seat: an adapter for many accounts in shared worlds."""

from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv

import sim  # noqa: F401  # names the environments

ID = "ShortVideo/Creator-v0"


class AccountsVecEnv(VecEnv):
    """Many accounts as Stable-Baselines3 wants them; keyword arguments as for gymnasium.make_vec:
    `worlds` of them share out the accounts, each in a process of its own with processes=True."""

    def __init__(self, num_envs: int, **task: Any):
        self.accounts = gymnasium.make_vec(
            ID, num_envs, vectorization_mode="vector_entry_point", autoreset_mode="SameStep", **task
        )
        spaces = self.accounts.single_observation_space, self.accounts.single_action_space
        super().__init__(num_envs, *spaces)

    def reset(self) -> dict[str, np.ndarray]:
        seen, _ = self.accounts.reset(seed=self._seeds[0])
        self._reset_seeds()
        return seen

    def step_async(self, actions: np.ndarray) -> None:
        self.actions = actions

    def step_wait(self):
        seen, reward, gone, over, info = self.accounts.step(self.actions)
        done = gone | over
        told: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for i in np.flatnonzero(done):
            measures = info["final_info"]["measures"]
            told[i] = {
                "terminal_observation": info["final_obs"][i],
                "TimeLimit.truncated": bool(over[i]),
                "measures": {name: float(value[i]) for name, value in measures.items()},
            }
        return seen, reward, done, told

    def close(self) -> None:
        self.accounts.close()

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list:
        raise NotImplementedError("accounts side by side have no methods of their own")

    def get_attr(self, attr_name: str, indices: Any = None) -> list:
        told = getattr(self.accounts.unwrapped, attr_name)
        return [told] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError("accounts side by side have no attributes of their own to set")

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        return [False] * len(list(self._get_indices(indices)))
