"""PPO learns to moderate: `python examples/ppo_moderator.py --steps 50000`.

Learns at the desks of some platforms, then sits at those of others that it never saw, against
adversaries of other habits (ELSE), beside the best fixed threshold: the one of LINES that paid most
on the platforms learned from. Differences are paired by platform. Settings were fixed before any
result: Stable-Baselines3's own, but rewards are scaled (VecNormalize), and the 2,048 days between
updates come from 4 platforms together.
Needs the extra `rl` (Stable-Baselines3).

A day of nano takes .13 s of one core (EPYC), so 50,000 days take 53 minutes on two cores.
"""

import sys
import time
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import tyro
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecEnv, VecNormalize

import sim  # noqa: F401  # names the environments
from sim.lab.stats import mean_and_interval
from sim.world.state import HANDLES, LEVELS

ID = "ShortVideo/Moderator-v0"
ELSEWHERE = 1_000_000  # platforms to be judged on have seeds from here on
LINES = LEVELS[1:]  # fixed thresholds to choose from
# adversaries not met in training: fewer accounts each, who move further and try less else
ELSE = {"actors.accounts": 2, "actors.move": 3.0, "actors.explore": 0.5}


@dataclass(frozen=True)
class Arguments:
    steps: int = 50_000
    """Moderator-days to learn from."""
    platforms: int = 4
    """Side by side, each in a process of its own where there are two or more."""
    days: int = 60
    """Of an episode."""
    judged: int = 20
    """Platforms to be judged on."""
    chosen_on: int = 4
    """Platforms on which the best fixed threshold is chosen."""
    world: str = "nano"
    """The platforms' size."""
    actions: str = "box"
    """box or discrete."""
    seed: int = 0
    """Of the platforms to learn on, and of the network."""
    warm_up: int = 7
    """Days under the usual policy before a desk is taken."""


def made(args: Arguments, settings: dict[str, Any] | None = None, **more: Any) -> gymnasium.Env:
    task = {"world": args.world, "days": args.days, "warm_up": args.warm_up, "settings": settings}
    return gymnasium.make(ID, **{"actions": args.actions, **task, **more})


def platforms(args: Arguments) -> VecEnv:
    desks = [lambda: made(args)] * args.platforms
    return DummyVecEnv(desks) if args.platforms == 1 else SubprocVecEnv(desks, "spawn")


def learned(args: Arguments) -> PPO:
    """A policy, after `steps` days."""
    desks = VecNormalize(platforms(args), norm_obs=False)
    desks.seed(args.seed)
    rollout = min(2048, max(8, args.steps)) // args.platforms  # days of each between updates
    batch = min(64, rollout * args.platforms)
    policy = PPO("MultiInputPolicy", desks, n_steps=rollout, batch_size=batch, seed=args.seed,
                 device="cpu")  # fmt: skip
    policy.learn(args.steps)
    desks.close()
    return policy


def fixed(line: float) -> np.ndarray:
    """A discrete action: take down above `line` whatever the kind; all else as the house does."""
    usual = {"hours": 2, "reports": 1, "views": 1, "audit": 1, "confirm": 2, "sweep": 1,
             "strikes": 2, "days": 1}  # fmt: skip
    action = [usual.get(name, 0) for name in HANDLES]
    for i, name in enumerate(HANDLES):
        if name.endswith("_remove"):
            action[i] = LEVELS.index(line)
        elif name.endswith("_review"):
            action[i] = LEVELS.index(0.1)
    return np.array(action)


def paid(env: gymnasium.Env, act: Any, seed: int) -> float:
    """The return of an episode."""
    seen, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        seen, reward, _, over, _ = env.step(act(seen))
        total += float(reward)
    return total


def best_line(args: Arguments) -> float:
    """The fixed threshold that pays most on platforms learned from."""
    env = made(args, actions="discrete")
    seeds, worth = range(args.chosen_on), {}
    for line in LINES:
        action = fixed(line)
        worth[line] = np.mean([paid(env, lambda _, a=action: a, seed) for seed in seeds])
    return max(worth, key=lambda line: worth[line])


def compare(args: Arguments) -> dict[str, Any]:
    """Returns on platforms never seen, of both, and their paired difference."""
    start = time.monotonic()
    policy = learned(args)
    seconds = time.monotonic() - start
    line = best_line(args)
    own, other = made(args, ELSE), made(args, ELSE, actions="discrete")
    seeds = [ELSEWHERE + i for i in range(args.judged)]
    ppo = [paid(own, lambda seen: policy.predict(seen, deterministic=True)[0], s) for s in seeds]
    base = [paid(other, lambda _: fixed(line), s) for s in seeds]
    gap = [a - b for a, b in zip(ppo, base, strict=True)]
    return {
        "ppo": mean_and_interval(ppo), "line": line, "fixed": mean_and_interval(base),
        "difference": mean_and_interval(gap), "learning_s": seconds, "days": args.steps,
    }  # fmt: skip


if __name__ == "__main__":
    print(compare(tyro.cli(Arguments, args=sys.argv[1:])))
