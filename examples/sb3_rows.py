"""Stable-Baselines3 at a seat: what all adapters of this folder share, whose rows (accounts or
seats) are one environment and step together."""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv

import sim  # noqa: F401  # names the environments


class RowsVecEnv(VecEnv):
    """Rows of `together`: what one attribute tells, it tells for each; none has methods or
    attributes of its own, and none is wrapped by itself."""

    rows: ClassVar[str]  # what a row is called

    def __init__(self, together: Any, count: int, *spaces: gymnasium.Space):
        self.together = together
        super().__init__(count, *spaces)

    def reset(self) -> dict[str, np.ndarray]:
        seen = self._begun(self._seeds[0])
        self._reset_seeds()
        return seen

    def _begun(self, seed: int | None) -> dict[str, np.ndarray]:
        """What rows see first of an episode with this seed."""
        raise NotImplementedError

    def step_async(self, actions: np.ndarray) -> None:
        self.actions = actions

    def close(self) -> None:
        self.together.close()

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list:
        raise NotImplementedError(f"{self.rows} have no methods of their own")

    def get_attr(self, attr_name: str, indices: Any = None) -> list:
        told = getattr(self.together.unwrapped, attr_name)
        return [told] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError(f"{self.rows} have no attributes of their own to set")

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        return [False] * len(list(self._get_indices(indices)))


class MadeVecEnv(RowsVecEnv):
    """Rows that gymnasium makes; keyword arguments as for gymnasium.make_vec."""

    environment: ClassVar[str]  # its id

    def __init__(self, num_envs: int, **task: Any):
        made = gymnasium.make_vec(
            self.environment, num_envs, vectorization_mode="vector_entry_point",
            autoreset_mode="SameStep", **task,
        )  # fmt: skip
        super().__init__(made, num_envs, made.single_observation_space, made.single_action_space)

    def _begun(self, seed: int | None) -> dict[str, np.ndarray]:
        seen, _ = self.together.reset(seed=seed)
        return seen

    def step_wait(self) -> Any:
        seen, reward, gone, over, info = self.together.step(self.actions)
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
