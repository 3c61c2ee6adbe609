"""ShortVideo/Recommender-v0: one viewer's feed; the house recommender serves everybody else."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from sim.presets.seeds import checked_seed
from sim.seats.recommender.feed import Feed
from sim.seats.recommender.replay import Replay
from sim.seats.recommender.seats import Seats
from sim.seats.recommender.spaces import action_masks, action_space, observation_space
from sim.seats.recommender.task import set_up
from sim.seats.recommender.vector_env import RecommenderVectorEnv

__all__ = ["RecommenderEnv", "RecommenderVectorEnv"]


class RecommenderEnv(gymnasium.Env):
    """A step is one page of the seated viewer's feed.

    Observation (a Dict of vectors, see spaces.encode): `viewer`, `history`, `candidates`, and
    `candidate_mask`, 1 where a place holds a video. Ids are no numbers to compute with, so they
    stand in `info`: `candidate_id` and `history_id`, beside `viewer`, `day` and `page`.
    Action: `slots` distinct places among the candidates, in order of showing; with slots=1 a
    Discrete place. Candidates are eligible and were never shown to the viewer, so any slate of
    offered places is a good one.
    Reward: `objective` summed over the videos seen of the page.

    Between two pages time runs on, nights included, until the viewer comes again.
    Terminated: the viewer has left for good. Truncated: `days` are over. The last step's
    `info["measures"]` holds the episode's measures, hidden ones too, its `reward` and `steps`.

    `reset(seed=s)` begins in the world of seed s, as `sim.run --seed s` makes it, and a reset
    without a seed gives the seat to another viewer of the same world, or to another life of the
    same one. The viewer is drawn from those who come on the first day. A world is lived when it is
    first met (nano: about two seconds for 14 days), so give a seed once and not at every reset.
    `options={"future": n}` keeps world and seats and deals other luck.
    With exact=True a reset without a seed makes a new world.

    A bad action raises BadSlate; with `repair=True` doubled and empty places are dropped and others
    fill up, for policies that choose each slot by itself. Keyword arguments: see task.set_up.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # Gymnasium's own form

    def __init__(self, **task: Any):
        params, self.episode = set_up(**task)
        self.seats: Seats = (Feed if self.episode.exact else Replay)(params, self.episode, 1)
        self.observation_space = observation_space(params, self.episode.candidates)
        self.action_space = action_space(self.episode.candidates, params.size.slots)
        self._done = True

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        with self.seats.quiet():
            self.seats.start(seed, self.np_random, options)
            self._done = False
            return self._observe(), self._info()

    def step(self, action: Any):
        if self._done:
            raise ResetNeeded("the episode is over, or none began. Call reset() first.")
        seats = self.seats
        with self.seats.quiet():
            reward = float(seats.serve(seats.choose(action))[0])
            seats.run_on()
            seen, info = self._observe(), self._info()
        terminated, truncated = not bool(seats.held[0]), bool(seats.over[0])
        self._done = terminated or truncated
        if self._done:
            info["measures"] = {k: float(v[0]) for k, v in seats.tallies.measures().items()}
        return seen, reward, terminated, truncated, info

    def action_masks(self) -> np.ndarray:
        """Which places each slot may choose, as sb3-contrib's MaskablePPO asks; see spaces."""
        mask = (self.seats.offered[0] > 0).numpy(force=True)
        return action_masks(mask, self.seats.rules.params.size.slots)

    def _observe(self) -> dict[str, np.ndarray]:
        return {k: v[0].numpy(force=True) for k, v in self.seats.observe().items()}

    def _info(self) -> dict[str, Any]:
        """As it stands with the observation that was just made."""
        seats = self.seats
        return {
            "viewer": int(seats.viewer[0]),
            "day": int(seats.day[0]),
            "page": int(seats.pages[0]),
            "candidate_id": seats.offered[0].numpy(force=True).copy(),
            "history_id": seats.past[0].numpy(force=True).copy(),
        }
