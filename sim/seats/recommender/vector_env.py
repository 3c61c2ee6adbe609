"""ShortVideo/Recommender-v0 for many: seats side by side, stepped all at once."""

from typing import Annotated, Any, Literal

import numpy as np
import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.recommender.feed import Feed
from sim.seats.recommender.replay import Replay
from sim.seats.recommender.seats import Seats
from sim.seats.recommender.spaces import action_masks, action_space, observation_space
from sim.seats.recommender.task import set_up
from sim.world.ranges import Within

MOST = 1 << 20  # seats


class RecommenderVectorEnv(VectorEnv):
    """`num_envs` seats, each as in RecommenderEnv: seat i meets the same episodes whatever else
    sits beside it, and seat 0 those of the single form.

    Every seat has a day and a page of its own, so none is ever asleep: a row of a step is the next
    page of its viewer, whenever that is. `autoreset_mode` is Gymnasium's: NEXT_STEP (a seat whose
    episode ended begins another in the next step, where its action is not looked at), SAME_STEP
    (at once; `info["final_obs"]` and `info["final_info"]` hold the end) or DISABLED
    (`reset(options={"reset_mask": ...})` says which begin anew).

    `output` is "numpy", which every wrapper of Gymnasium takes, or "torch", tensors on the device.

    exact=True seats all of them in one world that answers to what they show, on one clock. There a
    step is one page round of the world, which most seats sleep through: `info["awake"]` is False,
    `candidate_mask` all zero, the reward 0 and the row of the action not looked at; time runs on
    until at least one seat is awake. A seat whose viewer left is given to another in the next step
    while the world goes on; when the days are over all are truncated and the next step begins a new
    world. A seat that was to be given away as the days ended, or when no viewer was left, ends
    again at once: an episode of length 0.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium's own form
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        output: str = "numpy",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **task: Any,
    ):
        params, self.episode = set_up(**task)
        self.mode = _mode(autoreset_mode, self.episode.exact)
        # in one world no more than there are viewers
        most = params.size.viewers if self.episode.exact else MOST
        num_envs = value(Annotated[int, Within(1, most)], num_envs, "num_envs")
        value(Literal["numpy", "torch"], output, "output")
        self.num_envs, self.output = num_envs, output
        self.metadata = {**self.metadata, "autoreset_mode": self.mode}
        kind: type[Seats] = Feed if self.episode.exact else Replay
        self.seats = kind(params, self.episode, num_envs)  # type: ignore[call-arg,arg-type]
        if output == "torch":
            self.seats.quiet = torch.no_grad
        self.single_observation_space = observation_space(params, self.episode.candidates)
        self.single_action_space = action_space(self.episode.candidates, params.size.slots)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._done: Tensor | None = None  # seats whose episode ended in the last step

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        mask = (options or {}).get("reset_mask")
        with self.seats.quiet():
            if mask is None:
                self.seats.start(seed, self.np_random, options)
                self._done = torch.zeros_like(self.seats.held)
            else:
                self._deal_again(mask, self._done)
            return self._observe(), self._info(torch.zeros_like(self.seats.held))

    def _deal_again(self, mask: Any, done: Tensor | None) -> None:
        if self.episode.exact or done is None:
            cure = "Reset all of them together; with exact=True they share one world."
            raise BadInput("seats that began can be reset apart", "reset_mask", cure)
        which = torch.as_tensor(np.asarray(mask, dtype=bool), device=self.seats.device)
        if which.shape != (self.num_envs,):
            cure = "Give one bool a seat."
            raise BadInput(f"reset_mask has shape ({self.num_envs},)", tuple(which.shape), cure)
        self.seats.deal(which)
        self._done = done & ~which

    def step(self, actions: Any):
        if self._done is None:
            raise ResetNeeded("no episode began. Call reset() first.")
        if self.mode is AutoresetMode.DISABLED and bool(self._done.any()):
            raise ResetNeeded("episodes are over. Call reset(options={'reset_mask': ...}) first.")
        with self.seats.quiet():
            reward, gone, over = self.seats.turn(actions, self._done, self.np_random)
            done, final = gone | over, {}
            if self.mode is AutoresetMode.SAME_STEP and bool(done.any()):
                final = self._final(done)
                self.seats.deal(done)
                done = torch.zeros_like(done)
            self._done = done
            seen, info = self._observe(), self._info(done) | final
        return seen, *(self._out(x) for x in (reward, gone, over)), info

    def _observe(self) -> dict[str, Any]:
        """Made anew for every step, as all that is handed out."""
        return {k: self._form(v) for k, v in self.seats.observe().items()}

    def _info(self, done: Bool[Tensor, " seats"]) -> dict[str, Any]:
        """As it stands with the observation that was just made; `measures` where one ended."""
        seats = self.seats
        told = {
            "viewer": seats.viewer,
            "awake": seats.awake,
            "day": seats.day,
            "page": seats.pages,
            "candidate_id": seats.offered,
            "history_id": seats.past,
        }
        info: dict[str, Any] = {name: self._out(value) for name, value in told.items()}
        if bool(done.any()):
            measures = seats.tallies.measures()  # 0 for episodes that go on
            info["measures"] = {n: self._out(value.where(done, 0)) for n, value in measures.items()}
            info["_measures"] = self._out(done)
        return info

    def _final(self, done: Bool[Tensor, " seats"]) -> dict[str, Any]:
        """How the episodes that ended in this step looked at their end, by Gymnasium's names."""
        seen, info = self._observe(), self._info(done)
        last = np.full(self.num_envs, None, dtype=object)
        for i in done.nonzero().squeeze(1).tolist():
            last[i] = {name: value[i] for name, value in seen.items()}
        ended = {"_final_obs": self._out(done), "_final_info": self._out(done)}
        return {"final_obs": last, "final_info": info, **ended}

    def action_masks(self) -> np.ndarray:
        """Which places each slot of each seat may choose; see spaces.action_masks."""
        mask = (self.seats.offered > 0).numpy(force=True)
        return action_masks(mask, self.seats.rules.params.size.slots)

    def _out(self, x: Tensor) -> Any:
        """A copy: what a caller writes in it changes nothing here."""
        return self._form(x.clone())

    def _form(self, x: Tensor) -> Any:
        return x if self.output == "torch" else x.numpy(force=True)


def _mode(mode: AutoresetMode | str, exact: bool) -> AutoresetMode:
    known = {str(name).lower(): m for m in AutoresetMode for name in (m.name, m.value)}
    if str(getattr(mode, "value", mode)).lower() not in known:
        got = f"one of {', '.join(m.name for m in AutoresetMode)}"
        raise BadInput("autoreset_mode is one of Gymnasium's", mode, f"Take {got}.")
    mode = known[str(getattr(mode, "value", mode)).lower()]
    if exact and mode is not AutoresetMode.NEXT_STEP:
        cure = "Leave it out: seats of one world do not begin one by one."
        raise BadInput("with exact=True autoreset_mode is NEXT_STEP", mode.name, cure)
    return mode
