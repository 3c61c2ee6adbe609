"""PPO learns to be a creator: `python examples/ppo_creator.py --objective income`.

Learns in shared worlds where all accounts seated are its own, then is judged in worlds that it
never saw, beside the accounts' habit, random decisions, and the planner who knows the truth, on
the same accounts with the same luck (creators_judged.py). Needs the extra `rl`.

With `--save FILE` the policy is kept after every rollout, and `--resume FILE` learns on from there
in worlds of other seeds. `--judge SEED...` learns nothing: it judges `--save` in those worlds, and
with `--lines FILE` leaves a line of JSON a life, beside those that stand there already.
"""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import tyro
from creators_judged import WHO, Life, compared, judged, keep, restore, scale_in, told
from sb3_creators import AccountsVecEnv
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecNormalize

ELSEWHERE = 1_000_000  # worlds to be judged on have seeds from here on, unless named


@dataclass(frozen=True)
class Arguments:
    steps: int = 200_000
    """Creator-days to learn from, in all."""
    objective: str = "income"
    """followers, income, brand_equity, mix, or weights."""
    house: str = "mf"
    """The recommender that all creators face."""
    world: str = "nano"
    """The platform's size."""
    accounts: int = 64
    """Seated at once, in all worlds together."""
    worlds: int = 2
    """To learn in, side by side, each in a process of its own."""
    days: int = 90
    """Of an episode."""
    judged: int = 20
    """Worlds to be judged on."""
    seats: int = 32
    """Accounts judged in each of them."""
    seed: int = 0
    """Of the worlds to learn in, and of the network."""
    money: str = "on"
    """Whether brands and money are laws."""
    save: Path | None = None
    """Where the policy is kept (a .zip)."""
    resume: Path | None = None
    """A policy that was kept, to learn on from."""
    judge: tuple[int, ...] = ()
    """Seeds of worlds to be judged on, without learning."""
    who: tuple[str, ...] = WHO
    """Are judged: ppo, random, habit, planner."""
    lines: Path | None = None
    """Where a line of JSON a life is written."""
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
    accounts = AccountsVecEnv(args.accounts, worlds=args.worlds, processes=True, **task(args))
    learnt = VecNormalize(accounts)
    if args.resume is not None:
        restore(learnt, scale_in(args.resume))
        model = PPO.load(args.resume, env=learnt, device="cpu")
        model.set_random_seed(args.seed + model.num_timesteps)  # other worlds than before
        return model
    steps = max(2, args.days // 3)
    return PPO(
        "MultiInputPolicy", learnt, n_steps=steps, batch_size=320, seed=args.seed, device="cpu"
    )


class Keep(BaseCallback):
    """Keeps the policy whenever it has learned from a rollout, and says how far it is."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.start = path, time.perf_counter()

    def _on_rollout_start(self) -> None:
        keep(self.model, self.path)
        print(f"{self.num_timesteps} creator-days, {time.perf_counter() - self.start:.0f} s",
              flush=True)  # fmt: skip

    def _on_step(self) -> bool:
        return True


def learned(args: Arguments, kept: Path) -> float:
    """Learns, and leaves the policy and its scale at `kept`; the seconds that it took."""
    model = learner(args)
    start = time.perf_counter()
    left = args.steps - model.num_timesteps
    if left > 0:
        model.learn(left, callback=Keep(kept), reset_num_timesteps=False)
    seconds = time.perf_counter() - start
    keep(model, kept)
    accounts = model.get_env()
    assert accounts is not None
    accounts.close()
    return seconds


def judge(args: Arguments, kept: Path | None) -> dict:
    """All of `who` in all worlds, but for the lives that stand in `lines` already."""
    found: list[Life] = told(args.lines) if args.lines else []
    there = {(life["who"], life["seed"]) for life in found}
    jobs = [
        (who, kept if who == "ppo" else None, seed) for seed in args.judge for who in args.who
        if (who, seed) not in there
    ]  # fmt: skip
    for lives in judged(task(args), args.seats, jobs, args.processes):
        found += lives
        if args.lines:
            with args.lines.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(life) + "\n" for life in lives)
    return compared(found) if any(life["who"] == "habit" for life in found) else {}


def compare(args: Arguments) -> dict:
    """PPO, random decisions and the planner against the habit in worlds that nobody learnt in."""
    with TemporaryDirectory() as folder:
        kept = args.save or Path(folder) / "creator.zip"
        seconds = learned(args, kept)
        args = replace(args, judge=tuple(range(ELSEWHERE, ELSEWHERE + args.judged)))
        return {**judge(args, kept), "seconds": seconds}


if __name__ == "__main__":
    torch.set_num_threads(2)
    args = tyro.cli(Arguments)
    found = judge(args, args.save) if args.judge else compare(args)
    for who, gaps in found.get("against_habit", {}).items():
        for measure, gap in gaps.items():
            level = found["levels"][who][measure]
            print(
                f"{who:7} {measure:15} {level:9.3f}  against habit {gap['mean']:+.3f} "
                f"({gap['low']:+.3f} .. {gap['high']:+.3f})"
            )
    if "seconds" in found:
        print(f"learned in {found['seconds'] / 60:.0f} min")
