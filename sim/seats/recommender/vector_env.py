"""ShortVideo/Recommender-v0 for many: N viewers of one shared world, seated side by side."""

from typing import Annotated, Any, Literal

import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.recommender.feed import Feed
from sim.seats.recommender.spaces import SlateSpace, observation_space
from sim.seats.recommender.task import set_up
from sim.world.ranges import Within


class RecommenderVectorEnv(VectorEnv):
    """`num_envs` seats in one world, each as in RecommenderEnv.

    A step is one page round of the world: every seated viewer who is awake swipes through a
    page. Seats asleep in it (`info["awake"]` False, an all-zero `candidate_mask`) get reward 0
    and their row of the action is not looked at; time runs on until at least one seat is awake.

    Autoreset is NEXT_STEP. A seat whose viewer has left for good (terminated) is given to another
    viewer in the next step, where its action is not looked at; the world goes on. When the days
    are over all seats are truncated, and the next step starts a new world whose seed is drawn
    from `np_random`. A seat that was to be given away as the days ended, or when no viewer was
    left, ends again at once: an episode of length 0.

    `output` is "torch" (tensors on the device) or "numpy".
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium's own form
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(self, num_envs: int = 1, output: str = "torch", **task: Any):
        params, self.episode = set_up(**task)
        seats = Annotated[int, Within(1, params.size.viewers)]  # no more than there are viewers
        num_envs = value(seats, num_envs, "num_envs")
        value(Literal["torch", "numpy"], output, "output")
        self.num_envs, self.output = num_envs, output
        self.feed = Feed(params, self.episode, num_envs)
        self.single_observation_space = observation_space(params, self.episode.candidates)
        self.single_action_space = SlateSpace(self.episode.candidates, params.size.slots)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._done: Tensor | None = None  # seats whose episode ended in the last step

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        if options and "reset_mask" in options:
            cure = "Seats share one world; leave reset_mask out."
            raise BadInput("all seats are reset together", "reset_mask", cure)
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        self.feed.start(seed, self.np_random, options)
        self._done = torch.zeros_like(self.feed.held)
        return self._observe(), self._info()

    def step(self, actions: Any):
        if self._done is None:
            raise ResetNeeded("no episode began. Call reset() first.")
        feed, fresh = self.feed, self._done
        feed.tallies.clear(fresh)
        if feed.over:
            feed.start(None, self.np_random)
            reward, gone, over = feed.row.new_zeros(self.num_envs).float(), ~feed.held, ~feed.held
        else:
            reward, gone, over = self._page(actions, fresh)
        self._done = gone | over
        info = self._info()
        if bool(self._done.any()):
            ended = {k: v.where(self._done, 0) for k, v in feed.tallies.measures().items()}
            info["episode"] = {k: self._out(v) for k, v in ended.items()}
            info["_episode"] = self._out(self._done)
        out = (self._out(x) for x in (reward, gone, over))
        return self._observe(), *out, info

    def _page(self, actions: Any, fresh: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A page round: the reward, and whose viewer is gone, and whether the days are over."""
        feed, before = self.feed, self.feed.held
        ids = feed.choose(actions, self.num_envs)
        reward = feed.serve(ids) if bool(feed.awake.any()) else ids.new_zeros(len(ids)).float()
        feed.run_on()
        if not feed.over and bool(fresh.any()):  # their seats are given away only now, so that
            feed.fill(fresh, self.np_random)  # the first page of the new viewer is not the house's
            feed.run_on()
            before = before | fresh
        gone = before & ~feed.held
        return reward, gone, ~gone & feed.over

    def _observe(self) -> dict[str, Any]:
        """Made anew for every step, as all that is handed out."""
        return {k: self._form(v) for k, v in self.feed.observe().items()}

    def _info(self) -> dict[str, Any]:
        """The same for every seat but `viewer` and `awake`."""
        feed = self.feed
        moment = torch.tensor([feed.day, feed.clock.page], device=feed.device).repeat(
            self.num_envs, 1
        )
        return {
            "viewer": self._out(feed.viewer),
            "awake": self._out(feed.awake),
            "day": self._out(moment[:, 0]),
            "page": self._out(moment[:, 1]),
        }

    def _out(self, x: Tensor) -> Any:
        """A copy: what a caller writes in it changes nothing here."""
        return self._form(x.clone())

    def _form(self, x: Tensor) -> Any:
        return x if self.output == "torch" else x.numpy(force=True)
