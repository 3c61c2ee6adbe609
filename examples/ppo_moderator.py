"""PPO learns to moderate: `python examples/ppo_moderator.py --steps 50000`.

Learns at the desks of some platforms, then sits at those of others that it never saw, against
adversaries of other habits (ELSE), beside the best fixed threshold: the one of LINES that paid most
on platforms of training (moderators_judged.py). Differences are paired by platform. Settings were
fixed before any result: Stable-Baselines3's own, but observations and rewards are scaled
(VecNormalize), and the 2,048 days between updates come from all platforms together.
Needs the extra `rl` (Stable-Baselines3).

With `--save FILE` the policy is kept after every rollout, and `--resume FILE` learns on from there
on platforms of other seeds; `--seconds` ends the learning in time. `--judge` learns nothing and
judges `--save`; with `--lines FOLDER` every sitting is kept there, and none is sat twice.
A day of nano takes .13 s of one core (EPYC), so 50,000 days take 53 minutes on two cores.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gymnasium
import torch
import tyro
from creators_judged import keep, restore, scale_in
from moderators_judged import ID, Sitting, against, pays, sat
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecEnv, VecNormalize

from sim.world.state import LEVELS

ELSEWHERE = 1_000_000  # platforms to be judged on have seeds from here on
LINES = LEVELS[1:]  # fixed thresholds to choose from
ROLLOUT, BATCH = 2048, 64  # days between updates, of all platforms; Stable-Baselines3's own
# adversaries not met in training: fewer accounts each, who move further and try less else
ELSE = {"actors.accounts": 2, "actors.move": 3.0, "actors.explore": 0.5}


@dataclass(frozen=True)
class Arguments:
    steps: int = 50_000
    """Moderator-days to learn from, in all."""
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
    """Where the policy is kept (a .zip)."""
    resume: Path | None = None
    """A policy that was kept, to learn on from."""
    seconds: float = float("inf")
    """Learning ends with the rollout after which another would take longer than this."""
    judge: bool = False
    """Judges without learning."""
    agents: tuple[str, ...] = ("middle", "house", "cost_sensitive")
    """Judged beside PPO and the best fixed threshold: middle, or of agents/moderator."""
    lines: Path | None = None
    """A folder where sittings are kept."""
    processes: int = 2
    """That judge side by side."""


def task(args: Arguments, elsewhere: bool) -> dict[str, Any]:
    settings = ELSE if elsewhere else None
    return {"world": args.world, "days": args.days, "warm_up": args.warm_up, "settings": settings}


def desk(args: Arguments) -> gymnasium.Env:
    return Monitor(gymnasium.make(ID, actions=args.actions, **task(args, False)))


def platforms(args: Arguments) -> VecEnv:
    desks = [lambda: desk(args)] * args.platforms
    return DummyVecEnv(desks) if args.platforms == 1 else SubprocVecEnv(desks, "spawn")


def learner(args: Arguments) -> PPO:
    """A policy that has learned nothing yet, or what it had where it is resumed."""
    desks = VecNormalize(platforms(args))
    if args.resume is not None:
        restore(desks, scale_in(args.resume))
        model = PPO.load(args.resume, env=desks, device="cpu")
        model.set_random_seed(args.seed + model.num_timesteps)  # other platforms than before
        return model
    rollout = min(ROLLOUT, max(8, args.steps)) // args.platforms  # days of each between updates
    batch = min(BATCH, rollout * args.platforms)
    return PPO("MultiInputPolicy", desks, n_steps=rollout, batch_size=batch, seed=args.seed,
               device="cpu")  # fmt: skip


class Keep(BaseCallback):
    """Keeps the policy whenever it has learned from a rollout, says how far it is, and ends in
    time."""

    def __init__(self, path: Path, seconds: float):
        super().__init__()
        self.path, self.seconds, self.start = path, seconds, time.monotonic()
        self.last, self.over = self.start, False

    def _on_rollout_start(self) -> None:
        keep(self.model, self.path)
        now, ends = time.monotonic(), [one["r"] for one in self.model.ep_info_buffer or ()]
        mean = sum(ends) / len(ends) if ends else float("nan")
        said = f"{self.num_timesteps} days, {now - self.start:.0f} s, an episode paid {mean:.1f}"
        print(said, flush=True)
        self.over = now - self.start + (now - self.last) > self.seconds
        self.last = now

    def _on_step(self) -> bool:
        return not self.over


def learned(args: Arguments, kept: Path) -> int:
    """Learns, and leaves the policy and its scale at `kept`; the days that it learned from."""
    model = learner(args)
    desks, left = model.get_env(), args.steps - model.num_timesteps
    if left > 0:
        model.learn(left, callback=Keep(kept, args.seconds), reset_num_timesteps=False)
    keep(model, kept)
    assert desks is not None
    desks.close()
    return model.num_timesteps


def sittings(args: Arguments, kept: Path | None, elsewhere: bool, who: list[str],
             seeds: range) -> list[Sitting]:  # fmt: skip
    """Of each of `who` on each platform."""
    file = args.lines / ("elsewhere.jsonl" if elsewhere else "chosen.jsonl") if args.lines else None
    jobs = [(one, seed) for one in who for seed in seeds]
    return list(sat(task(args, elsewhere), kept, args.actions, jobs, args.processes, file))


def judged(args: Arguments, kept: Path) -> dict[str, Any]:
    """The fixed threshold that paid most on platforms of training, and how all compare to it
    where nobody learned."""
    names, first = [str(line) for line in LINES], range(args.chosen_on)
    found = sittings(args, None, False, names, first)
    worth = {name: sum(pays(found, name).values()) / len(first) for name in names}
    line = max(names, key=lambda name: worth[name])
    unseen = range(ELSEWHERE, ELSEWHERE + args.judged)
    told = sittings(args, kept, True, ["ppo", line, *args.agents], unseen)
    return {"line": float(line), "lines": worth, "against": against(told, line)}


def compare(args: Arguments) -> dict[str, Any]:
    """Learns, unless there is only to judge, and judges."""
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        kept = args.save or Path(folder) / "moderator.zip"
        days = 0 if args.judge else learned(args, kept)
        seconds = time.monotonic() - start
        found = judged(args, kept) if args.judged else {}
    return {**found, "days": days, "learning_s": seconds}


if __name__ == "__main__":
    torch.set_num_threads(2)
    print(compare(tyro.cli(Arguments, args=sys.argv[1:])))
