"""PPO learns to recommend: `python examples/ppo_slates.py --steps 100000`.

Trains on one world, then meets viewers of other worlds who are as strange to it as to the random
policy beside it. Needs the extra `rl` (Stable-Baselines3).
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
import tyro
from sb3_slates import SeatsVecEnv, SharedScorerPolicy
from stable_baselines3 import PPO

ELSEWHERE = 1_000_000  # worlds to be judged on have seeds from here on


@dataclass(frozen=True)
class Arguments:
    steps: int = 100_000
    """Pages to learn from."""
    world: str = "nano"
    """The platform's size."""
    seats: int = 32
    """Viewers served side by side."""
    seed: int = 0
    """Of the world to learn in, and of the network."""
    objective: str = "watch_time"
    """What a page pays."""
    pages: int = 4_000
    """Pages to judge by, under each policy."""


def learner(args: Arguments) -> PPO:
    """PPO as Stable-Baselines3 sets it, but for shorter rollouts from more seats, larger batches
    and a larger step, which the batches allow."""
    seats = SeatsVecEnv(args.seats, world=args.world, objective=args.objective)
    return PPO(
        SharedScorerPolicy, seats, learning_rate=1e-3, n_steps=max(2, 2048 // args.seats),
        batch_size=256, seed=args.seed, device="cpu",
    )  # fmt: skip


def judged(policy, args: Arguments) -> float:
    """Mean reward of a page in a world that nobody learnt in; `policy` tells actions from what is
    seen. The same viewers meet every policy, with the same luck."""
    seats = SeatsVecEnv(args.seats, world=args.world, objective=args.objective)
    seats.seed(ELSEWHERE + args.seed)
    seen, total, pages = seats.reset(), 0.0, 0
    while pages < args.pages:
        seen, reward, _, _ = seats.step(policy(seen))
        total, pages = total + float(reward.sum()), pages + len(reward)
    return total / pages


def compare(args: Arguments) -> dict[str, float]:
    """Reward a page of PPO and of a random policy, and the seconds that learning took."""
    model = learner(args)
    start = time.perf_counter()
    model.learn(args.steps)
    seconds = time.perf_counter() - start
    space = model.env.seats.action_space
    space.seed(args.seed)
    return {
        "ppo": judged(lambda seen: model.predict(seen, deterministic=True)[0], args),
        "random": judged(lambda seen: space.sample(seen["candidate_mask"]), args),
        "seconds": seconds,
    }


if __name__ == "__main__":
    torch.set_num_threads(2)
    arguments = tyro.cli(Arguments)
    found = compare(arguments)
    print({name: float(np.round(value, 3)) for name, value in found.items()})
