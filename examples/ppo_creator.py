"""PPO learns to be a creator: `python examples/ppo_creator.py --objective income`.

Learns in shared worlds where all accounts seated are its own, then takes one account in each of
some worlds that it never saw, beside that account's habit, random decisions, and the planner who
knows the truth, with the same luck.
Needs the extra `rl` (Stable-Baselines3).
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gymnasium
import numpy as np
import torch
import tyro
from sb3_creators import ID, AccountsVecEnv
from scipy import stats
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from sim.seats.creator.action import action_space
from sim.seats.creator.author import Author
from sim.seats.creator.studios import Studios

ELSEWHERE = 1_000_000  # worlds to be judged on have seeds from here on


@dataclass(frozen=True)
class Arguments:
    steps: int = 200_000
    """Creator-days to learn from."""
    objective: str = "income"
    """followers, income, brand_equity, mix, or weights."""
    house: str = "mf"
    """The recommender that all creators face."""
    world: str = "nano"
    """The platform's size."""
    accounts: int = 64
    """Seated at once, in two worlds."""
    days: int = 90
    """Of an episode."""
    judged: int = 20
    """Worlds to be judged on."""
    seed: int = 0
    """Of the worlds to learn in, and of the network."""
    money: str = "on"
    """Whether brands and money are laws."""
    save: Path | None = None
    """Where the policy is kept."""
    processes: int = 2
    """That judge side by side."""


def task(args: Arguments) -> dict:
    return {
        "objective": args.objective, "house": args.house, "world": args.world, "days": args.days,
        "settings": {"money": args.money},
    }  # fmt: skip


def learner(args: Arguments) -> PPO:
    """PPO as Stable-Baselines3 sets it, on observations and rewards of its own running scale; but
    for a third of an episode a rollout, and larger batches, for there are many accounts."""
    accounts = AccountsVecEnv(args.accounts, worlds=2, processes=True, **task(args))
    scaled = VecNormalize(accounts)
    steps = max(2, args.days // 3)
    return PPO(
        "MultiInputPolicy", scaled, n_steps=steps, batch_size=320, seed=args.seed, device="cpu"
    )


def scale_of(learnt: VecNormalize) -> dict[str, Any]:
    """Means and variances of what was seen, by name, as they are kept: text that anyone may read,
    and that does nothing when it is read."""
    names = {
        name: {"mean": np.asarray(own.mean).tolist(), "var": np.asarray(own.var).tolist()}
        for name, own in learnt.obs_rms.items()
    }
    return {"epsilon": learnt.epsilon, "most": learnt.clip_obs, "names": names}


def scaled(seen: dict, scale: dict[str, Any]) -> dict:
    """What is seen on that scale, as VecNormalize has it."""
    told = dict(seen)
    for name, own in scale["names"].items():
        spread = np.sqrt(np.asarray(own["var"]) + scale["epsilon"])
        far = (seen[name] - np.asarray(own["mean"])) / spread
        told[name] = np.clip(far, -scale["most"], scale["most"]).astype(np.float32)
    return told


AGENTS = ("habit", "planner")  # of agents/creator
Policy = Callable[[dict], Any]  # an action from what is seen


def policies(args: Arguments, kept: Path | None) -> dict[str, Policy]:
    """Who decides by actions, by name; `kept` is where the policy that was learned lies."""
    space = action_space("discrete")
    space.seed(args.seed)
    found: dict[str, Policy] = {"random": lambda seen: space.sample()}
    if kept is not None:
        model = PPO.load(kept, device="cpu")
        scale = json.loads(kept.with_suffix(".json").read_text(encoding="utf-8"))
        found["ppo"] = lambda seen: model.predict(scaled(seen, scale), deterministic=True)[0]
    return found


def life(args: Arguments, kept: Path | None, who: str, seed: int) -> dict[str, float]:
    """Measures of one account's days in the world of that seed."""
    torch.set_num_threads(1)
    args = replace(args, seed=args.seed + seed)  # random decisions differ from world to world
    env = gymnasium.make(ID, **task(args)).unwrapped
    seen, _ = env.reset(seed=seed)
    if who in AGENTS:
        _lived(env.studios, who, seed)
    else:
        policy, over = policies(args, kept if who == "ppo" else None)[who], False
        while not over:
            seen, _, gone, out, _ = env.step(policy(seen))
            over = gone or out
    return _measures(env.studios)


def _lived(studios: Studios, who: str, seed: int) -> None:
    """An agent of agents/creator at the seat, to the end."""
    author = Author(who, studios)
    author.reset(seed)
    while not studios.over and bool(studios.held[0]):
        author.live()


def lives(args: Arguments, kept: Path | None, who: str) -> dict[str, np.ndarray]:
    """Measures of one account in each unseen world, (worlds,)."""
    seeds = range(ELSEWHERE, ELSEWHERE + args.judged)
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:
        told = list(pool.map(life, *zip(*((args, kept, who, s) for s in seeds), strict=True)))
    return {name: np.array([one[name] for one in told]) for name in told[0]}


def _measures(studios: Studios) -> dict[str, float]:
    return {name: float(x[0]) for name, x in studios.tallies.measures().items()}


def paired(mine: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """The mean difference over worlds with its interval (Student's t)."""
    gap = mine - theirs
    low, high = stats.t.interval(0.95, len(gap) - 1, gap.mean(), stats.sem(gap))
    return {"mean": float(gap.mean()), "low": float(low), "high": float(high)}


MEASURES = ("net_income", "brand_equity", "followers", "impressions")


def learned(args: Arguments, kept: Path) -> float:
    """Learns, and leaves the policy and its scales at `kept`; the seconds that it took."""
    model = learner(args)
    start = time.perf_counter()
    model.learn(args.steps)
    seconds = time.perf_counter() - start
    learnt = model.get_vec_normalize_env()
    assert learnt is not None
    model.save(kept)
    text = json.dumps(scale_of(learnt))
    kept.with_suffix(".json").write_text(text, encoding="utf-8")
    learnt.close()
    return seconds


def compare(args: Arguments) -> dict:
    """PPO, random decisions and the planner against the habit in worlds that nobody learnt in."""
    with TemporaryDirectory() as folder:
        kept = args.save or Path(folder) / "creator.zip"
        seconds = learned(args, kept)
        found = {who: lives(args, kept, who) for who in ("ppo", "random", *AGENTS)}
    gaps = {
        name: {m: paired(found[name][m], found["habit"][m]) for m in MEASURES}
        for name in ("ppo", "random", "planner")
    }
    levels = {name: {m: float(x[m].mean()) for m in MEASURES} for name, x in found.items()}
    return {"levels": levels, "against_habit": gaps, "seconds": seconds}


if __name__ == "__main__":
    torch.set_num_threads(2)
    told = compare(tyro.cli(Arguments))
    for who, gaps in told["against_habit"].items():
        for measure, gap in gaps.items():
            level = told["levels"][who][measure]
            print(
                f"{who:7} {measure:15} {level:9.3f}  against habit {gap['mean']:+.3f} "
                f"({gap['low']:+.3f} .. {gap['high']:+.3f})"
            )
    print(f"learned in {told['seconds'] / 60:.0f} min")
