"""Policies of a creator held against its account's habit, in worlds that none of them learnt in.

In each world some accounts are seated, the same for each policy, and all live by that policy at
once for an episode; the world is the unit, its accounts' mean the figure. A policy that PPO
learned is a file of `keep`. A line of JSON a life can be written (`judged`) and read (`told`).
Needs the extra `rl` (Stable-Baselines3).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import torch
from gymnasium.utils import seeding
from scipy import stats
from stable_baselines3 import PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.running_mean_std import RunningMeanStd
from stable_baselines3.common.vec_env import VecNormalize

from sim.seats.creator.action import action_space, checked, choice_of
from sim.seats.creator.author import Author
from sim.seats.creator.observation import encode
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up

AGENTS = ("habit", "planner")  # of agents/creator
WHO = ("ppo", "random", *AGENTS)
MEASURES = ("net_income", "brand_equity", "followers", "impressions")
SCALE = "scale.json"  # beside the network in the file of a policy
Policy = Callable[[dict], Any]  # actions from what is seen, a row an account
Life = dict[str, Any]


def scale_of(learnt: VecNormalize) -> dict[str, Any]:
    """Running means and variances of what was seen, by name, and of returns, as they are kept:
    text that anyone may read, and that does nothing when it is read."""

    def told(own: RunningMeanStd) -> dict[str, Any]:
        return {"mean": own.mean.tolist(), "var": own.var.tolist(), "count": own.count}

    names = {name: told(own) for name, own in learnt.obs_rms.items()}
    returns = told(learnt.ret_rms)
    return {"epsilon": learnt.epsilon, "most": learnt.clip_obs, "names": names, "returns": returns}


def restore(learnt: VecNormalize, scale: dict[str, Any]) -> None:
    """That scale, to go on from."""
    pairs = [(learnt.obs_rms[name], own) for name, own in scale["names"].items()]
    for own, kept in (*pairs, (learnt.ret_rms, scale["returns"])):
        own.mean, own.var, own.count = np.array(kept["mean"]), np.array(kept["var"]), kept["count"]


def scaled(seen: dict, scale: dict[str, Any]) -> dict:
    """What is seen on that scale, as VecNormalize has it."""
    told = dict(seen)
    for name, own in scale["names"].items():
        spread = np.sqrt(np.asarray(own["var"]) + scale["epsilon"])
        far = (seen[name] - np.asarray(own["mean"])) / spread
        told[name] = np.clip(far, -scale["most"], scale["most"]).astype(np.float32)
    return told


def keep(model: BaseAlgorithm, path: Path) -> None:
    """The policy with its scale as one file, which is whole whenever the program is stopped."""
    learnt, part = model.get_vec_normalize_env(), path.with_suffix(".part.zip")
    assert learnt is not None
    model.save(part)
    with ZipFile(part, "a") as file:
        file.writestr(SCALE, json.dumps(scale_of(learnt)))
    part.replace(path)


def scale_in(path: Path) -> dict[str, Any]:
    with ZipFile(path) as file:
        return json.loads(file.read(SCALE))


def policy(who: str, kept: Path | None, seats: int, seed: int) -> Policy:
    """One that decides by actions: at random, or as was learned."""
    if who == "random":
        space = action_space("discrete")
        space.seed(seed)
        return lambda seen: np.stack([space.sample() for _ in range(seats)])
    assert kept is not None, "where PPO's policy lies must be told"
    model, scale = PPO.load(kept, device="cpu"), scale_in(kept)
    return lambda seen: model.predict(scaled(seen, scale), deterministic=True)[0]


def turn(studios: Studios, who: str, kept: Path | None, seed: int) -> Callable[[], object]:
    """What lives a day."""
    if who in AGENTS:
        author = Author(who, studios)
        author.reset(seed)
        return author.live
    chosen, kind = policy(who, kept, studios.seats, seed), studios.episode.actions

    def live() -> None:
        board = studios.observe()
        seen = {name: x.numpy(force=True) for name, x in encode(board).items()}
        actions = chosen(seen)
        told = checked(actions, actions.shape, kind, studios.device)
        studios.live(choice_of(told, kind, board))

    return live


def lives(task: dict, seats: int, who: str, kept: Path | None, seed: int) -> list[Life]:
    """Measures of the accounts' days in the world of that seed, each to its own end."""
    torch.set_num_threads(1)
    studios = Studios(*set_up(**task), seats)
    ends: list[Life] = [{} for _ in range(seats)]
    with studios.quiet():
        studios.start(seed, seeding.np_random(seed)[0])
        creators = studios.observe().creator.tolist()
        live = turn(studios, who, kept, seed)
        while not studios.over and bool(studios.held.any()):
            before = studios.held
            live()
            ended = before & (~studios.held | studios.over)
            measures = studios.tallies.measures() if bool(ended.any()) else {}
            for i in ended.nonzero().squeeze(1).tolist():
                ends[i] = {name: float(x[i]) for name, x in measures.items()}
    known = [{"who": who, "seed": seed, "creator": creator} for creator in creators]
    return [{**name, **end} for name, end in zip(known, ends, strict=True)]


def judged(
    task: dict, seats: int, jobs: Iterable[tuple[str, Path | None, int]], processes: int
) -> Iterator[list[Life]]:
    """The lives of each job, (who, its policy, the world's seed), as they end: a process a
    world."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for told in as_completed([pool.submit(lives, task, seats, *job) for job in jobs]):
            yield told.result()


def told(file: Path) -> list[Life]:
    """Lives of a file of lines; none where there is no such file."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def paired(mine: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """The mean difference over worlds with its interval (Student's t)."""
    gap = mine - theirs
    mean, half = gap.mean(), stats.t.ppf(0.975, len(gap) - 1) * stats.sem(gap)
    return {"mean": float(mean), "low": float(mean - half), "high": float(mean + half)}


def compared(found: list[Life]) -> dict[str, dict]:
    """Levels of each who, and the differences from habit, over the worlds that all lived in."""
    names = [who for who in WHO if any(life["who"] == who for life in found)]
    seeds = [{life["seed"] for life in found if life["who"] == who} for who in names]
    common = sorted(set.intersection(*seeds))
    means = {who: {m: _means(found, who, m, common) for m in MEASURES} for who in names}
    usual = means["habit"]
    gaps = {
        who: {m: paired(x[m], usual[m]) for m in MEASURES}
        for who, x in means.items() if who != "habit"
    }  # fmt: skip
    levels = {who: {m: float(x[m].mean()) for m in MEASURES} for who, x in means.items()}
    return {"levels": levels, "against_habit": gaps, "worlds": {"seeds": common}}


def _means(found: list[Life], who: str, measure: str, seeds: list[int]) -> np.ndarray:
    """Of the accounts in each world, (worlds,)."""
    mine = [life for life in found if life["who"] == who]
    return np.array([np.mean([x[measure] for x in mine if x["seed"] == seed]) for seed in seeds])
