"""ShortVideo/Recommender-v0: one viewer's feed; the house recommender serves everybody else."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from sim.presets.seeds import checked_seed
from sim.seats.recommender.feed import Feed
from sim.seats.recommender.spaces import SlateSpace, observation_space
from sim.seats.recommender.task import set_up
from sim.seats.recommender.vector_env import RecommenderVectorEnv

__all__ = ["RecommenderEnv", "RecommenderVectorEnv"]


class RecommenderEnv(gymnasium.Env):
    """A step is one page of the seated viewer's feed.

    Observation (a Dict, see spaces.encode): `viewer`, `history`, `candidates` with their
    features, `history_id`, `candidate_id`, and `candidate_mask`, 1 where a place holds a video.
    Action: `slots` distinct places among the candidates, in order of showing. Candidates are
    eligible and were never shown to the viewer, so any slate of offered places is a good one.
    Reward: `objective` summed over the videos seen of the page.

    Between two pages the world runs on, nights included, until the viewer comes again.
    Terminated: the viewer has left for good. Truncated: `days` are over. The last step's
    `info["episode"]` holds the episode's measures, hidden ones too, and its return `r` and length
    `l`; Gymnasium's RecordEpisodeStatistics wants that name, so give it another `stats_key`.

    `reset(seed=s)` makes the world of seed s, as `sim.run --seed s` does, and
    `reset(seed=s, options={"future": n})` the same world with other luck. The viewer is drawn
    from those who come on the first day. A bad action raises BadSlate; with `repair=True`
    doubled and empty places are dropped and others fill up, for policies that choose each slot
    by itself. Keyword arguments: see task.set_up.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # Gymnasium's own form

    def __init__(self, **task: Any):
        params, self.episode = set_up(**task)
        self.feed = Feed(params, self.episode, 1)
        self.observation_space = observation_space(params, self.episode.candidates)
        self.action_space = SlateSpace(self.episode.candidates, params.size.slots)
        self._done = True

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        self.feed.start(seed, self.np_random, options)
        self._done = False
        return self._observe(), self._info()

    def step(self, action: Any):
        if self._done:
            raise ResetNeeded("the episode is over, or none began. Call reset() first.")
        feed = self.feed
        reward = float(feed.serve(feed.choose(action))[0])
        feed.run_on()
        terminated, truncated = not bool(feed.held[0]), feed.over
        self._done = terminated or truncated
        info = self._info()
        if self._done:
            info["episode"] = {k: float(v[0]) for k, v in feed.tallies.measures().items()}
        return self._observe(), reward, terminated, truncated, info

    def _observe(self) -> dict[str, np.ndarray]:
        return {k: v[0].numpy(force=True) for k, v in self.feed.observe().items()}

    def _info(self) -> dict[str, Any]:
        feed = self.feed
        return {"viewer": int(feed.viewer[0]), "day": feed.day, "page": feed.clock.page}
