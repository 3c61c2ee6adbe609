"""Policies of a moderator side by side, on platforms that none of them learnt on.

Who decides is `ppo` (a file that PPO's policy is kept in), `middle` (every handle in the middle of
its range, always: what PPO's policy does on the mean before it learned anything), a number (take
down above that score whatever the kind, all else much as the house does), or an agent of
agents/moderator. Each sits through an episode on a platform of each seed, and its pay is a line of
JSON, which can be kept (`sat`) and read (`told`). Needs the extra `rl` (Stable-Baselines3) for
`ppo` alone.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.utils import seeding

import sim  # noqa: F401  # names the environments
from sim.lab.stats import mean_and_interval
from sim.seats.moderator.office import Office
from sim.seats.moderator.officer import Officer
from sim.seats.moderator.task import set_up
from sim.world.state import HANDLES, LEVELS

ID = "ShortVideo/Moderator-v0"
Sitting = dict[str, Any]  # who, seed, paid
Job = tuple[str, int]  # who, and the platform's seed
# a fixed threshold's other handles: near the house's, but for hours, of which it has more
USUAL = {"hours": 2, "reports": 1, "views": 1, "audit": 1, "confirm": 2, "sweep": 1, "strikes": 2,
         "days": 1}  # fmt: skip
REVIEW = LEVELS.index(0.1)


def fixed(line: float) -> np.ndarray:
    """A discrete action: take down above `line` whatever the kind; all else as the house does."""
    action = [USUAL.get(name, 0) for name in HANDLES]
    for i, name in enumerate(HANDLES):
        if name.endswith("_remove"):
            action[i] = LEVELS.index(line)
        elif name.endswith("_review"):
            action[i] = REVIEW
    return np.array(action)


def paid(task: dict, kept: Path | None, actions: str, job: Job) -> Sitting:
    """What an episode paid; `actions` is the form that PPO's policy decides in."""
    torch.set_num_threads(1)
    who, seed = job
    if who == "ppo":
        pay = _acted(gymnasium.make(ID, **task, actions=actions), _learned(kept), seed)
    elif who == "middle":
        still = np.zeros(len(HANDLES), np.float32)
        pay = _acted(gymnasium.make(ID, **task, actions="box"), lambda seen: still, seed)
    elif who.replace(".", "", 1).isdigit():
        action = fixed(float(who))
        pay = _acted(gymnasium.make(ID, **task, actions="discrete"), lambda seen: action, seed)
    else:
        pay = _served(task, who, seed)
    return {"who": who, "seed": seed, "paid": pay}


def _learned(kept: Path | None) -> Callable[[dict], np.ndarray]:
    from creators_judged import scale_in, scaled  # the extra is needed from here on
    from stable_baselines3 import PPO

    assert kept is not None, "where PPO's policy lies must be told"
    model, scale = PPO.load(kept, device="cpu"), scale_in(kept)
    return lambda seen: model.predict(scaled(seen, scale), deterministic=True)[0]


def _acted(env: gymnasium.Env, act: Callable[[dict], np.ndarray], seed: int) -> float:
    seen, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        seen, reward, _, over, _ = env.step(act(seen))
        total += float(reward)
    return total


def _served(task: dict, agent: str, seed: int) -> float:
    office = Office(*set_up(**task))
    total, officer = 0.0, Officer(agent, office)
    with office.quiet():
        office.start(seed, seeding.np_random(seed)[0], None)
        officer.reset(seed)
        while not office.over:
            total += float(officer.live().reward)
    return total


def sat(
    task: dict, kept: Path | None, actions: str, jobs: Iterable[Job], processes: int,
    lines: Path | None = None,
) -> Iterator[Sitting]:  # fmt: skip
    """Each job's sitting as it ends, a process an episode, or all in this one where `processes` is
    1; those that stand in the file `lines` already are not sat again, and the others are added to
    it."""
    there = {(one["who"], one["seed"]): one for one in told(lines)}
    jobs = list(jobs)
    yield from (there[job] for job in jobs if job in there)
    left = [job for job in jobs if job not in there]
    for done in side_by_side(partial(paid, task, kept, actions), left, processes):
        if lines:
            with lines.open("a", encoding="utf-8") as file:
                file.write(json.dumps(done) + "\n")
        yield done


def side_by_side(
    work: Callable[[Job], Sitting], jobs: list[Job], processes: int
) -> Iterator[Sitting]:
    if processes == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(work, job) for job in jobs]):
            yield done.result()


def told(file: Path | None) -> list[Sitting]:
    """Sittings of a file of lines; none where there is no such file."""
    if file is None or not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def pays(found: list[Sitting], who: str) -> dict[int, float]:
    """By seed."""
    return {one["seed"]: one["paid"] for one in found if one["who"] == who}


def against(found: list[Sitting], base: str) -> dict[str, dict[str, Any]]:
    """Each who's pay, and its difference from `base` on the same platforms."""
    other, table = pays(found, base), {}
    for who in dict.fromkeys(one["who"] for one in found):
        mine = pays(found, who)
        gap = [mine[seed] - other[seed] for seed in sorted(mine.keys() & other.keys())]
        table[who] = {
            "pay": mean_and_interval(list(mine.values())), "difference": mean_and_interval(gap),
        }  # fmt: skip
    return table
