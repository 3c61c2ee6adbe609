"""Many creators in one world, each an agent of its own, as a PettingZoo ParallelEnv."""

from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.utils import seeding
from pettingzoo import ParallelEnv

from sim.presets.seeds import checked_seed
from sim.seats.creator.action import action_space, checked, choice_of
from sim.seats.creator.observation import encode, observation_space
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up


class MarketEnv(ParallelEnv):
    """`creators` accounts that compete for the same viewers under one recommender.

    Agents are creator_0, creator_1, ...; a step is a day for all of them. Observations, actions,
    rewards and keyword arguments are those of ShortVideo/Creator-v0. An agent whose creator gave
    up, or is bankrupt, is terminated and acts no more: its account goes back to its habit. All are
    truncated at the horizon.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # PettingZoo's own form
        "name": "market_v0",
        "render_modes": [],
        "is_parallelizable": True,
    }
    render_mode = None

    def __init__(self, creators: int = 8, **task: Any):
        params, self.episode = set_up(**task)
        self.studios = Studios(params, self.episode, creators)
        self.possible_agents = [f"creator_{i}" for i in range(creators)]
        self.agents: list[str] = []
        spaces = observation_space(params), action_space(self.episode.actions)
        self._spaces = {a: spaces if i == 0 else _copies(spaces) for i, a in self._places()}
        self.rng = seeding.np_random(None)[0]

    def _places(self):
        return enumerate(self.possible_agents)

    def observation_space(self, agent: str) -> gymnasium.Space:
        return self._spaces[agent][0]

    def action_space(self, agent: str) -> gymnasium.Space:
        return self._spaces[agent][1]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None):
        if seed is not None:
            seed = checked_seed("seed", seed)
            self.rng = seeding.np_random(seed)[0]
        self.studios.start(seed, self.rng, options)
        self.agents = list(self.possible_agents)
        return self._observe(), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, Any]):
        studios, kind = self.studios, self.episode.actions
        before = list(self.agents)
        chosen = torch.stack([self._action(a, actions) for a in self.possible_agents])
        reward = studios.live(choice_of(chosen, kind, self._seen))
        gone = {a: not bool(studios.held[i]) for i, a in self._places() if a in before}
        over = {a: studios.over and not gone[a] for a in before}
        paid = {a: float(reward[i]) for i, a in self._places() if a in before}
        infos: dict[str, dict[str, Any]] = {a: {} for a in before}
        measures = studios.tallies.measures()
        for i, agent in self._places():
            if agent in before and (gone[agent] or over[agent]):
                infos[agent]["measures"] = {k: float(v[i]) for k, v in measures.items()}
        seen = self._observe()
        self.agents = [a for a in before if not (gone[a] or over[a])]
        return seen, paid, gone, over, infos

    def _action(self, agent: str, actions: dict[str, Any]) -> torch.Tensor:
        """Whose creator is gone needs none."""
        shape = self.action_space(agent).shape
        assert shape is not None
        given = actions[agent] if agent in self.agents else np.zeros(shape, np.int64)
        return checked(given, shape, self.episode.actions, self.studios.device)

    def _observe(self) -> dict[str, dict[str, np.ndarray]]:
        self._seen = self.studios.observe()
        told = {name: x.numpy(force=True) for name, x in encode(self._seen).items()}
        here = [(i, agent) for i, agent in self._places() if agent in self.agents]
        return {agent: {name: x[i] for name, x in told.items()} for i, agent in here}

    def render(self) -> None:
        """There is nothing to look at; `python -m sim.run --seat creator` writes a page."""

    def state(self) -> np.ndarray:
        """What all creators see, one after another."""
        told = encode(self._seen)
        return torch.cat([x.flatten(1) for x in told.values()], dim=1).flatten().numpy(force=True)


def parallel_env(creators: int = 8, **task: Any) -> MarketEnv:
    """`creators` accounts in one world; keyword arguments as ShortVideo/Creator-v0 takes them."""
    return MarketEnv(creators, **task)


def _copies(spaces: tuple[gymnasium.Space, gymnasium.Space]) -> tuple[gymnasium.Space, ...]:
    """Each agent samples from spaces of its own."""
    return tuple(deepcopy(space) for space in spaces)
