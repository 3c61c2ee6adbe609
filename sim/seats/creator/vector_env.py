"""ShortVideo/Creator-v0 for many: accounts side by side, in one world or in worlds of their own."""

from typing import Annotated, Any, Literal

import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.creator.action import action_space, checked, choice_of
from sim.seats.creator.observation import encode, observation_space
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up
from sim.world.ranges import Within


class CreatorVectorEnv(VectorEnv):
    """`num_envs` accounts, each as in CreatorEnv, stepped a day at a time all at once.

    They share one world (the default), where they compete for the same viewers under one
    recommender, or sit in `worlds` worlds, evenly; with worlds=num_envs each has its own.
    An account whose creator gave up or went bankrupt is given to another in the next step, where
    the action is not looked at; when the days are over all seats of the world are truncated, and
    the next step begins a new world. Gymnasium's NEXT_STEP, the only autoreset mode here.

    `output` is "numpy", which every wrapper of Gymnasium takes, or "torch".
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium's own form
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(self, num_envs: int = 1, output: str = "numpy", worlds: int = 1, **task: Any):
        params, self.episode = set_up(**task)
        self.num_envs = value(Annotated[int, Within(1, 1 << 20)], num_envs, "num_envs")
        value(Literal["numpy", "torch"], output, "output")
        value(Annotated[int, Within(1, num_envs)], worlds, "worlds")
        if num_envs % worlds:
            cure = "Take a number that divides it."
            raise BadInput(f"worlds share out num_envs, {num_envs}, evenly", worlds, cure)
        self.output = output
        each = num_envs // worlds
        self.studios = [Studios(params, self.episode, each) for _ in range(worlds)]
        self.single_observation_space = observation_space(params)
        self.single_action_space = action_space(self.episode.actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._done: Bool[Tensor, " seats"] | None = None  # whose episode ended in the last step

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        for i, studios in enumerate(self.studios):
            studios.start(None if seed is None else seed + i, self.np_random, options)
        self._done = torch.zeros(self.num_envs, dtype=torch.bool)
        return self._observe(), self._info(self._done)

    def step(self, actions: Any):
        if self._done is None:
            raise ResetNeeded("no episode began. Call reset() first.")
        shape, kind = self.action_space.shape, self.episode.actions
        assert shape is not None
        chosen = checked(actions, shape, kind, self.studios[0].device)
        parts = zip(self.studios, *(self._parts(x) for x in (chosen, self._done)), strict=True)
        told = [self._turn(i, *part) for i, part in enumerate(parts)]
        reward, gone, over = (torch.cat(x) for x in zip(*told, strict=True))
        self._done = gone | over
        info = self._info(self._done)
        return self._observe(), *(self._form(x) for x in (reward, gone, over)), info

    def _parts(self, x: Tensor) -> list[Tensor]:
        return list(x.split(self.num_envs // len(self.studios)))

    def _turn(
        self, i: int, studios: Studios, chosen: Tensor, fresh: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """A day of one world: the reward, who is gone, whose days are over."""
        none = torch.zeros_like(fresh)
        if studios.over:
            studios.start(None, self.np_random)
            return none.float(), none, none
        before = studios.held
        reward = studios.live(choice_of(chosen, self.episode.actions, self._seen[i]))
        gone = before & ~studios.held
        if bool(fresh.any()):  # theirs was lived by habit
            studios.fill(fresh, self.np_random)
        return reward, gone, ~gone & studios.over

    def _observe(self) -> dict[str, Any]:
        self._seen = [studios.observe() for studios in self.studios]
        parts = [encode(seen) for seen in self._seen]
        return {name: self._form(torch.cat([p[name] for p in parts])) for name in parts[0]}

    def _info(self, done: Bool[Tensor, " seats"]) -> dict[str, Any]:
        """As it stands with the observation that was just made; `measures` where one ended."""
        day = [torch.full((s.seats,), s.clock.day) for s in self.studios]
        creator = [s.world.creators.id[s.row] for s in self.studios]
        info: dict[str, Any] = {"day": self._form(torch.cat(day))}
        info["creator"] = self._form(torch.cat(creator))
        if bool(done.any()):
            told = [s.tallies.measures() for s in self.studios]
            both = {name: torch.cat([t[name] for t in told]) for name in told[0]}
            info["measures"] = {n: self._form(x.where(done, 0)) for n, x in both.items()}
            info["_measures"] = self._form(done)
        return info

    def _form(self, x: Tensor) -> Any:
        return x.clone() if self.output == "torch" else x.numpy(force=True).copy()
