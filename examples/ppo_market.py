"""PPO learners in one market, under two recommenders: does what is ranked drive them to bait?

    python examples/ppo_market.py --house watch_time
    python examples/ppo_market.py --house satisfaction

All accounts of a market (sim.seats.market) learn at once, while `mf` learns to rank by the
objective that is named. They are independent learners: each sees its own dashboard alone, is paid
its own income, and takes the others for a part of its world. They share one network, learned from
what each lived, which says nothing of an equilibrium. Told is what they decide in a last episode in
which nobody learns: how honest titles are, how much work goes into hooks and into quality. One run
is one draw of luck: compare over several `--seed`. Needs the extra `rl` (Stable-Baselines3).
"""

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import tyro
from sb3_rows import RowsVecEnv
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from agents.registry import find
from sim.seats.market import MarketEnv, parallel_env
from sim.seats.recommender import reward as objectives
from sim.world.state import LEVERS

TOLD = ("honesty", "effort_hook", "effort_quality", "count")  # of the last episode's decisions
ENDS = ("net_income", "brand_equity", "followers", "impressions")  # of its measures


@dataclass(frozen=True)
class Arguments:
    house: str = "watch_time"
    """What the recommender learns to rank by: an objective of the recommender's seat."""
    steps: int = 50_000
    """Creator-days to learn from."""
    creators: int = 64
    """Accounts in the market."""
    days: int = 90
    """Of an episode."""
    seed: int = 0
    """Of the worlds, and of the network."""
    world: str = "nano"
    """The platform's size."""
    agent: str = "mf"
    """The recommender."""


def serving(agent: str, objective: str) -> type:
    """That recommender, learning by this objective whoever employs it."""
    kind: Any = find(agent)
    wanted = objectives.label(objectives.parse(objective))

    class Serving(kind):
        def reset(self, *args: Any, **more: Any) -> None:
            self.objective = wanted
            super().reset(*args, **more)

    return Serving


class MarketVecEnv(RowsVecEnv):
    """A market as Stable-Baselines3 wants it. Who gave up has nothing more to decide or to gain
    until the episode ends for all: its days are ends of their own, with no reward."""

    rows = "accounts of a market"

    def __init__(self, market: MarketEnv):
        self.market, self.names = market, market.possible_agents
        first = self.names[0]
        spaces = market.observation_space(first), market.action_space(first)
        super().__init__(market, len(self.names), *spaces)

    def _begun(self, seed: int | None) -> dict[str, np.ndarray]:
        self.seen, _ = self.market.reset(seed=seed)
        return self._stacked()

    def step_wait(self) -> Any:
        decided = dict(zip(self.names, self.actions, strict=True))
        here = {name: decided[name] for name in self.market.agents}
        seen, paid, _, over, infos = self.market.step(here)
        self.seen |= seen
        done = np.array([name not in self.market.agents for name in self.names])
        told: list[dict[str, Any]] = [{} for _ in self.names]
        for i in np.flatnonzero(done):
            name = self.names[i]
            told[i] = {
                "terminal_observation": self.seen[name],
                "TimeLimit.truncated": over.get(name, False),
                **infos.get(name, {}),
            }
        if not self.market.agents:
            self.seen, _ = self.market.reset()
        reward = np.array([paid.get(name, 0.0) for name in self.names], np.float32)
        return self._stacked(), reward, done, told

    def _stacked(self) -> dict[str, np.ndarray]:
        rows = [self.seen[name] for name in self.names]
        return {key: np.stack([row[key] for row in rows]) for key in rows[0]}


def learned(args: Arguments) -> tuple[PPO, VecNormalize]:
    """PPO as Stable-Baselines3 sets it, but for a third of an episode a rollout and larger
    batches, as in ppo_creator.py."""
    market = parallel_env(
        args.creators, objective="income", house=serving(args.agent, args.house),
        world=args.world, days=args.days,
    )  # fmt: skip
    learnt = VecNormalize(MarketVecEnv(market))
    steps = max(2, args.days // 3)
    model = PPO(
        "MultiInputPolicy", learnt, n_steps=steps, batch_size=320, seed=args.seed, device="cpu"
    )
    model.learn(args.steps)
    return model, learnt


def last(model: PPO, learnt: VecNormalize, seed: int) -> dict[str, float]:
    """Means over an episode in which nobody learns; decisions of those who still have some."""
    learnt.training = False
    learnt.seed(seed)
    seen, done = learnt.reset(), np.zeros(learnt.num_envs, bool)
    told: dict[str, list] = {name: [] for name in (*TOLD, *ENDS)}
    while not done.all():
        actions, _ = model.predict(seen)  # type: ignore[arg-type]
        for at, (name, levels) in enumerate(LEVERS.items()):
            if name in TOLD:
                told[name].append(np.array(levels)[actions[~done, at]])
        seen, _, over, infos = learnt.step(actions)
        for i in np.flatnonzero(over & ~done):
            for name in ENDS:
                told[name].append(np.array([infos[i]["measures"][name]]))
        done |= over
    return {name: float(np.concatenate(values).mean()) for name, values in told.items()}


if __name__ == "__main__":
    torch.set_num_threads(2)
    args, start = tyro.cli(Arguments), time.perf_counter()
    found = last(*learned(args), args.seed + 1_000_000)
    print(json.dumps({"house": args.house, "seed": args.seed, **found,
                      "seconds": round(time.perf_counter() - start)}))  # fmt: skip
