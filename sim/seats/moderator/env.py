"""ShortVideo/Moderator-v0: the moderation desk of one platform."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from sim.presets.seeds import checked_seed
from sim.seats.moderator.action import action_space, checked, policy_of
from sim.seats.moderator.observation import encode, observation_space
from sim.seats.moderator.office import Office
from sim.seats.moderator.task import set_up
from sim.seats.moderator.vector_env import ModeratorVectorEnv

__all__ = ["ModeratorEnv", "ModeratorVectorEnv"]


class ModeratorEnv(gymnasium.Env):
    """A step is a night and a day of the platform under one policy.

    Observation (a Dict of vectors, see observation.encode): the queue, scores, reports, what people
    looked at and found, appeals, staff; nothing of what videos truly are. Action: with
    actions="discrete" a level of every handle (state.HANDLES: a threshold for each kind of harm and
    action, hours, their split, sweeps, penalties), with "box" a number from -1 to 1 for each.
    Reward: `objective` of the day, by the truth. Never terminated; truncated after `days`. The last
    step's `info["measures"]` holds the episode's measures.

    `reset(seed=s)` begins in the world of seed s; a reset without a seed in a new world.
    `options={"future": n}` deals other luck. Keyword arguments: see task.set_up.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # Gymnasium's own form

    def __init__(self, **task: Any):
        params, self.episode = set_up(**task)
        self.office = Office(params, self.episode)
        self.observation_space = observation_space()
        self.action_space = action_space(self.episode.actions)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        with self.office.quiet():
            self.office.start(seed, self.np_random, options)
            return self._observe(), self._info()

    def step(self, action: Any):
        if self.office.over:
            raise ResetNeeded("the episode is over, or none began. Call reset() first.")
        kind, office = self.episode.actions, self.office
        with office.quiet():
            chosen = checked(action, kind, office.device)
            reward = float(office.live(policy_of(chosen, kind, office.usual)))
            seen, info = self._observe(), self._info()
        if office.over:
            info["measures"] = {k: float(v) for k, v in office.meter.measures().items()}
        return seen, reward, False, office.over, info

    def _observe(self) -> dict[str, np.ndarray]:
        return {k: v.numpy(force=True) for k, v in encode(self.office.observe()).items()}

    def _info(self) -> dict[str, Any]:
        return {"day": self.office.days}
