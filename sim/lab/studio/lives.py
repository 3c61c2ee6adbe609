"""Lives in the creator's seat: an agent, a world, and all that the account was told."""

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import Any, TypeVar

import numpy as np
import torch

from agents.registry import create
from sim.presets.aside import told_aside
from sim.seats.creator.author import Author
from sim.seats.creator.standing import BRAND
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import Episode
from sim.world.rng import key
from sim.world.rules import Params
from sim.world.state import FLOWS, FORMATS, STREAMS, VIDEO_FLOWS, row_of

KEPT = 1024  # posts of a life whose figures are kept one by one

T = TypeVar("T")  # a task
L = TypeVar("L")  # what came of it


@dataclass(frozen=True)
class Task:
    """A life to be lived; it can be handed to another process."""

    label: str
    agent: Any  # what the registry finds, or an object
    seed: int
    params: Params
    episode: Episode
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the agent
    seat: int = 0  # of the generator that draws the account: the same for all agents
    branch: bool = False  # futures part when the seat is taken: one past, other luck


@dataclass
class Life:
    """What came of it, a row a day."""

    label: str
    seed: int
    future: int
    creator: int
    topics: tuple[int, int]  # that the account stands for
    flows: np.ndarray  # (days, FLOWS)
    sources: np.ndarray  # (days, SOURCES) impressions
    audience: np.ndarray  # (days, AUDIENCE) impressions
    income: np.ndarray  # (days, STREAMS) money units
    spent: np.ndarray  # (days,)
    cash: np.ndarray
    followers: np.ndarray
    brand: np.ndarray  # (days, 4), by BRAND
    energy: np.ndarray
    burnout: np.ndarray
    hours: np.ndarray
    reward: np.ndarray
    videos: list[dict[str, Any]]  # every post with its figures
    ended: str = ""  # "gave_up" or "bankrupt" where the life ended early

    @property
    def days(self) -> int:
        return len(self.followers)

    def of(self, flow: str) -> np.ndarray:
        return self.flows[:, FLOWS.index(flow)]

    @property
    def brand_equity(self) -> np.ndarray:
        """The geometric mean of its parts."""
        with np.errstate(divide="ignore"):
            return np.exp(np.log(np.maximum(self.brand, 0)).mean(1))

    def rows(self) -> list[tuple[int, str, str, float]]:
        """As a run's metrics: day, metric, group, value; what is missing on a day has no row."""
        shown = self.of("impressions")
        told: dict[str, np.ndarray] = {
            "impressions": shown,
            "followers": self.followers,
            "creator_income": self.income.sum(1),
            "net_income": self.income.sum(1) - self.spent,
            **{f"income_{name}": x for name, x in zip(STREAMS, self.income.T, strict=True)},
            "brand_equity": self.brand_equity,
            **dict(zip(BRAND, self.brand.T, strict=True)),
            "burnout": self.burnout,
        }
        for flow, rate in RATES.items():
            told[rate] = np.where(shown > 0, self.of(flow) / np.maximum(shown, 1), np.nan)
        pairs = ((day, name, float(x[day])) for name, x in told.items() for day in range(self.days))
        return [(day, name, "all", x) for day, name, x in pairs if np.isfinite(x)]


RATES = {
    "finishes": "finish_rate", "likes": "like_rate", "comments": "comment_rate",
    "shares": "share_rate", "collects": "collect_rate", "hides": "hide_rate",
    "gained": "follow_rate",
}  # fmt: skip


def live(task: Task, tick: Callable[[int], None] | None = None) -> Life:
    """One life, from the warm-up to the horizon, or to the day on which the creator gave up."""
    studios = _branched(task) if task.branch else _begun(task)
    agent = create(task.agent, "creator")
    for name, value in task.settings.items():
        setattr(agent, name, value)
    if hasattr(agent, "settle"):  # a plan says how it starts
        agent.settle(studios)
    author = Author(agent, studios, task.label)
    author.reset(task.seed)
    told: dict[str, list[np.ndarray]] = {name: [] for name in _DAILY}
    posts: dict[int, dict[str, Any]] = {}
    while not studios.over and bool(studios.held[0]):
        lived = author.live()
        for name, value in _day(studios, float(lived.reward[0])).items():
            told[name].append(value)
        _note_posts(studios, posts)
        if tick:
            tick(1)
    creators = studios.world.creators
    row = studios.row[0]
    topics = int(creators.niche[row]), int(creators.niche2[row])
    arrays: dict[str, Any] = {name: np.stack(values) for name, values in told.items()}
    broke = bool(studios.now.bankrupt[0])
    gone = "" if bool(studios.held[0]) else "bankrupt" if broke else "gave_up"
    place = int(creators.id[row]), topics
    return Life(
        task.label, task.seed, task.episode.future, *place, **arrays,
        videos=_figures(studios, posts), ended=gone,
    )  # fmt: skip


def _begun(task: Task) -> Studios:
    """At the morning on which the seat is taken."""
    studios = Studios(task.params, task.episode, 1, KEPT)
    # the account is a matter of the seed alone, not of the agent
    studios.start(task.seed, np.random.Generator(np.random.PCG64([task.seed, task.seat])))
    return studios


_PASTS: dict[str, Studios] = {}  # of this process: one, by what it was made of


def _branched(task: Task) -> Studios:
    """The past that all futures have in common is lived once a process."""
    common = replace(task, episode=replace(task.episode, future=0))
    name = repr((common.seed, common.seat, common.params, common.episode))
    if name not in _PASTS:
        _PASTS.clear()
        _PASTS[name] = _begun(common)
    studios = copy.deepcopy(_PASTS[name])
    studios.clock.root = key(task.seed, studios.device, task.episode.future)
    return studios


_DAILY = (
    "flows", "sources", "audience", "income", "spent", "cash", "followers", "brand", "energy",
    "burnout", "hours", "reward",
)  # fmt: skip


def _day(studios: Studios, reward: float) -> dict[str, np.ndarray]:
    f, now = studios.analytics.now, studios.now
    rows: dict[str, Any] = {
        "flows": f.flows[0, -1], "sources": f.sources[0, -1], "audience": f.audience[0, -1],
        "income": now.income[0], "spent": now.spent[0], "cash": now.cash[0],
        "followers": now.followers[0], "brand": now.brand[0], "energy": now.energy[0],
        "burnout": now.burnout[0], "hours": now.hours[0],
    }  # fmt: skip
    told = {name: x.numpy(force=True).astype(float) for name, x in rows.items()}
    return {**told, "reward": np.asarray(reward)}


def _note_posts(studios: Studios, posts: dict[int, dict[str, Any]]) -> None:
    """What today's posts are, as long as the catalogue has them."""
    videos = studios.world.videos
    for video in studios.analytics.now.video[0].tolist():
        if not video or video in posts:
            return  # the newest stand first
        row = row_of(video, len(videos.id))
        posts[video] = {
            "day": studios.days - 1, "topic": int(videos.topic[row]),
            "format": FORMATS[int(videos.format[row])], "duration": float(videos.duration[row]),
        }  # fmt: skip


def _figures(studios: Studios, posts: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every post since the seat was taken with its figures, oldest first."""
    f, told = studios.analytics.now, []
    for place, video in enumerate(f.video[0].tolist()):
        if video in posts:
            flows = dict(zip(VIDEO_FLOWS, f.video_flows[0, place].tolist(), strict=True))
            reached = f.reached[0, place].numpy(force=True)
            curve = (reached / max(1.0, flows["impressions"])).tolist()
            told.append({"id": video, **posts[video], **flows, "retention": curve})
    return told[::-1]


def jobs(tasks: int) -> int:
    """Processes that share the work."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(tasks, usable or 1))


def all_lives(tasks: Sequence[Task], done: Callable[[int], None] | None = None) -> list[Life]:
    """Every life, in order; `done` hears how many are over. Several processes share them."""
    return shared(tasks, live, done)


def shared(
    tasks: Sequence[T], one: Callable[[T], L], done: Callable[[int], None] | None = None
) -> list[L]:
    """What `one` makes of every task, likewise."""
    found: dict[int, L] = {}
    for i, life in _lived(tasks, one):
        found[i] = life
        if done:
            done(len(found))
    return [found[i] for i in range(len(tasks))]


def _lived(tasks: Sequence[T], one: Callable[[T], L]) -> Iterator[tuple[int, L]]:
    workers = jobs(len(tasks))
    if workers == 1:
        before = torch.get_num_threads()
        _one_thread()  # two would wait for each other more than they help
        try:
            for i, task in enumerate(tasks):
                yield i, told_aside(one, task)
        finally:
            torch.set_num_threads(before)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _one_thread) as pool:
        try:
            waiting = {pool.submit(told_aside, one, task): i for i, task in enumerate(tasks)}
            while waiting:
                ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield waiting.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one_thread() -> None:
    torch.set_num_threads(1)
