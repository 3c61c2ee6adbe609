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
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gymnasium
import numpy as np
import torch
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
    save: Path | None = None
    """Where the policy is kept."""
    processes: int = 2
    """That judge side by side."""


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


def paid(args: Arguments, who: Path | float, elsewhere: bool, seed: int) -> float:
    """The return of an episode: of the policy kept at `who`, or of that fixed threshold."""
    torch.set_num_threads(1)
    if isinstance(who, Path):
        env, policy = made(args, ELSE if elsewhere else None), PPO.load(who, device="cpu")
        return _paid(env, lambda seen: policy.predict(seen, deterministic=True)[0], seed)
    action = fixed(who)
    env = made(args, ELSE if elsewhere else None, actions="discrete")
    return _paid(env, lambda seen: action, seed)


def _paid(env: gymnasium.Env, act: Any, seed: int) -> float:
    seen, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        seen, reward, _, over, _ = env.step(act(seen))
        total += float(reward)
    return total


def compare(args: Arguments) -> dict[str, Any]:
    """Returns on platforms never seen, of both, and their paired difference. The fixed threshold
    is the one that paid most on platforms learned from."""
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        kept = args.save or Path(folder) / "moderator.zip"
        learned(args).save(kept)
        seconds = time.monotonic() - start
        with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:

            def all_paid(who: Path | float, elsewhere: bool, seeds: range) -> list[float]:
                return list(pool.map(partial(paid, args, who, elsewhere), seeds))

            chosen = range(args.chosen_on)
            worth = {line: float(np.mean(all_paid(line, False, chosen))) for line in LINES}
            line = max(worth, key=lambda line: worth[line])
            unseen = range(ELSEWHERE, ELSEWHERE + args.judged)
            ppo, base = all_paid(kept, True, unseen), all_paid(line, True, unseen)
    gap = [a - b for a, b in zip(ppo, base, strict=True)]
    return {
        "ppo": mean_and_interval(ppo), "line": line, "fixed": mean_and_interval(base),
        "difference": mean_and_interval(gap), "learning_s": seconds, "days": args.steps,
        "lines": worth,
    }  # fmt: skip


if __name__ == "__main__":
    print(compare(tyro.cli(Arguments, args=sys.argv[1:])))
