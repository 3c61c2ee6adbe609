"""ShortVideo/Creator-v0 for many: accounts side by side, in one world or in several."""

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
from sim.seats.creator.action import action_space, checked
from sim.seats.creator.observation import observation_space
from sim.seats.creator.sides import Apart, Side, Told
from sim.seats.creator.task import set_up
from sim.world.ranges import Within


class CreatorVectorEnv(VectorEnv):
    """`num_envs` accounts, each as in CreatorEnv, stepped a day at a time all at once.

    They share one world (the default), where they compete for the same viewers under one
    recommender, or sit in `worlds` worlds, evenly; with worlds=num_envs each has its own. With
    processes=True each world lives in a process of its own, so that two cores live two at once.
    A seat whose creator gave up or went bankrupt is given to another account; when the days are
    over all seats of a world are truncated, and a new world begins. `autoreset_mode` is
    Gymnasium's: NEXT_STEP (in the next step, where the action is not looked at) or SAME_STEP (at
    once; `info["final_obs"]` and `info["final_info"]` hold the end).

    `output` is "numpy", which every wrapper of Gymnasium takes, or "torch".
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium's own form
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        output: str = "numpy",
        worlds: int = 1,
        processes: bool = False,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **task: Any,
    ):
        self.params, self.episode = params, _ = set_up(**task)
        self.num_envs = value(Annotated[int, Within(1, 1 << 20)], num_envs, "num_envs")
        value(Literal["numpy", "torch"], output, "output")
        value(Annotated[int, Within(1, num_envs)], worlds, "worlds")
        value(bool, processes, "processes")
        if num_envs % worlds:
            cure = "Take a number that divides it."
            raise BadInput(f"worlds share out num_envs, {num_envs}, evenly", worlds, cure)
        most = params.creator_count // 2
        if num_envs // worlds > most:
            cure = "Take fewer seats, more worlds=, or a larger world=."
            raise BadInput(f"at most half of a world's creators are seated, {most}", num_envs, cure)
        self.output, self.mode = output, _mode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": self.mode}
        at_once = self.mode is AutoresetMode.SAME_STEP
        kind: type[Side] | type[Apart] = Apart if processes else Side
        self.sides = [
            kind(params, self.episode, num_envs // worlds, at_once) for _ in range(worlds)
        ]
        self.device = torch.device("cpu" if processes else self.episode.device)
        self.single_observation_space = observation_space(params)
        self.single_action_space = action_space(self.episode.actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._done: Bool[Tensor, " seats"] | None = None  # whose episode ended in the last step

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        for i, side in enumerate(self.sides):
            luck = int(self.np_random.integers(1 << 63))
            side.ask("start", None if seed is None else seed + i, luck, options)
        seen, *_, info = self._told()
        return seen, info

    def step(self, actions: Any):
        if self._done is None:
            raise ResetNeeded("no episode began. Call reset() first.")
        shape = self.action_space.shape
        assert shape is not None
        chosen = checked(actions, shape, self.episode.actions, self.device)
        each = self.num_envs // len(self.sides)
        parts = zip(self.sides, chosen.split(each), self._done.split(each), strict=True)
        for side, some, fresh in parts:
            side.ask("turn", some, fresh)
        return self._told()

    def _told(self) -> tuple[dict[str, Any], Any, Any, Any, dict[str, Any]]:
        """What all worlds tell, as a step returns it."""
        told = [side.answer() for side in self.sides]

        def joined(name: str) -> Tensor:
            return torch.cat([getattr(one, name) for one in told])

        seen = {n: self._form(torch.cat([t.seen[n] for t in told])) for n in told[0].seen}
        gone, over = joined("gone"), joined("over")
        self._done = done = gone | over
        info: dict[str, Any] = {n: self._form(joined(n)) for n in ("day", "creator")}
        if bool(done.any()):
            ends = {"measures": self._measures(told, done), "_measures": self._form(done)}
            at_once = self.mode is AutoresetMode.SAME_STEP
            info |= self._final(told, done, ends) if at_once else ends
        if self.mode is AutoresetMode.SAME_STEP:
            self._done = torch.zeros_like(done)
        return seen, *(self._form(x) for x in (joined("reward"), gone, over)), info

    def _measures(self, told: list[Told], done: Bool[Tensor, " seats"]) -> dict[str, Any]:
        """Of the episodes that ended; 0 for those that go on."""
        names = next(one.measures for one in told if one.measures)
        blank = torch.zeros(self.num_envs // len(self.sides))
        parts = {n: [one.measures.get(n, blank) for one in told] for n in names}
        return {n: self._form(torch.cat(x).where(done, 0)) for n, x in parts.items()}

    def _final(
        self, told: list[Told], done: Bool[Tensor, " seats"], ends: dict[str, Any]
    ) -> dict[str, Any]:
        """How the episodes that ended looked at their end, by Gymnasium's names."""
        last, each = np.full(self.num_envs, None, dtype=object), self.num_envs // len(told)
        for i in done.nonzero().squeeze(1).tolist():
            one = told[i // each].final
            last[i] = {name: self._form(x[i % each]) for name, x in one.items()}
        known = {"_final_obs": self._form(done), "_final_info": self._form(done)}
        return {"final_obs": last, "final_info": ends, **known}

    def close_extras(self, **how: Any) -> None:
        for side in self.sides:
            if isinstance(side, Apart):
                side.close()

    def _form(self, x: Tensor) -> Any:
        return x.clone() if self.output == "torch" else x.numpy(force=True).copy()


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    known = {str(word).lower(): m for m in AutoresetMode for word in (m.name, m.value)}
    found = known.get(str(getattr(mode, "value", mode)).lower())
    if found not in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
        raise BadInput("autoreset_mode is NEXT_STEP or SAME_STEP", mode, "Leave it out.")
    return found
