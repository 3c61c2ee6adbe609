"""ShortVideo/Creator-v0: an account of one's own; one recommender serves everybody."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from sim.presets.seeds import checked_seed
from sim.seats.creator.action import action_space, checked, choice_of
from sim.seats.creator.observation import encode, observation_space
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up
from sim.seats.creator.vector_env import CreatorVectorEnv

__all__ = ["CreatorEnv", "CreatorVectorEnv"]


class CreatorEnv(gymnasium.Env):
    """A step is a day of the seated creator's account.

    Observation (a Dict of vectors, see observation.encode): the account's own figures, as old as
    `delay` days, and what its owner knows: cash, energy, hours. Action: with actions="discrete" a
    level of every lever (action.LEVERS), with "box" a number from -1 to 1 for each. Reward:
    `objective` of the day.

    The seat takes over a small account that posts (accounts.py), drawn from `reset`'s generator.
    Terminated: the creator gave up, or the purse is empty. Truncated: `days` are over. The last
    step's `info["measures"]` holds the episode's measures.

    `reset(seed=s)` begins in the world of seed s; a reset without a seed in a new world.
    `options={"future": n}` deals other luck. Keyword arguments: see task.set_up.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # Gymnasium's own form

    def __init__(self, **task: Any):
        params, self.episode = set_up(**task)
        self.studios = Studios(params, self.episode, 1)
        self.observation_space = observation_space(params)
        self.action_space = action_space(self.episode.actions)
        self._done = True

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        with self.studios.quiet():
            self.studios.start(seed, self.np_random, options)
            self._done = False
            return self._observe(), self._info()

    def step(self, action: Any):
        if self._done:
            raise ResetNeeded("the episode is over, or none began. Call reset() first.")
        kind, shape, studios = self.episode.actions, self.action_space.shape, self.studios
        assert shape is not None
        with studios.quiet():
            chosen = checked(action, shape, kind, studios.device)[None]
            reward = float(studios.live(choice_of(chosen, kind, self._seen))[0])
            seen, info = self._observe(), self._info()
        terminated = not bool(studios.held[0])
        truncated = studios.over and not terminated
        self._done = terminated or truncated
        if self._done:
            info["measures"] = {k: float(v[0]) for k, v in studios.tallies.measures().items()}
        return seen, reward, terminated, truncated, info

    def _observe(self) -> dict[str, np.ndarray]:
        self._seen = self.studios.observe()
        return {k: v[0].numpy(force=True) for k, v in encode(self._seen).items()}

    def _info(self) -> dict[str, Any]:
        seen = self._seen
        return {"creator": int(seen.creator[0]), "day": seen.day, "video": seen.video[0].numpy()}
