"""Run the house and a random arm of the same world, and keep what the facts are computed from."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from sim.lab.facts import money, safety
from sim.lab.run.arm import Arm, Day
from sim.measure.spells import Spells
from sim.world.rules import Params
from sim.world.state import EVENT_FLAGS, Events, World, row_of

SPELL_DAYS, SPELL_WORLDS = 120, 3
AWAY = (
    1_000_003  # from seed to seed of the worlds beside the first, so that no card meets another's
)
FIXED = 1_000  # viewers whose day is as much work as what a day takes whoever comes; assumed
Tick = Callable[[int], object]


def nobody(_: int) -> None:
    """Who is told of work done, where nobody is."""


def work(params: Params) -> int:
    """That of a day, in viewers."""
    return params.size.viewers + FIXED


@dataclass
class Sample:
    """One arm's days after warm-up, as plain tables."""

    impressions: pd.DataFrame  # a row each
    videos: pd.DataFrame  # a row per video of the ring at the end: views, creator, uploaded
    creators: pd.DataFrame
    viewers: pd.DataFrame  # a row per viewer row at the end
    visits: pd.DataFrame  # viewer rows x days (from day 0): came or not
    joined: pd.Series  # day of joining by viewer id
    dau_over_mau: float
    scale: float  # of the real platform's minutes and videos
    life: int
    days: int
    days_in_all: int  # that creators have posted for, the stock of day 0 included
    money: list[dict[str, float]] = field(default_factory=list)  # a kept day each; none at rest
    earned: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))  # by creator
    safety: list[dict[str, float]] = field(default_factory=list)  # counts of a day each
    members: float = float("nan")  # share of the followers of creators who ask for it
    interest: float = float("nan")  # a viewer's strongest, served after 40 minutes, times chance


def gather(
    agent: str, params: Params, seed: int, warm_up: int, days: int, tick: Tick = nobody
) -> Sample:
    """One arm: `warm_up` days forgotten, `days` kept. `tick` is told of every day's work."""
    arm = Arm(agent, params, seed)
    kept: list[pd.DataFrame] = []
    came: dict[int, Tensor] = {}
    names: list[Tensor] = []
    told: list[dict[str, float]] = []
    watched: list[dict[str, float]] = []
    earned = np.zeros(1, dtype=np.int64)
    for day in arm.run(warm_up + days):
        tick(work(params))
        came[day.day] = day.world.mood.present.clone()
        names.append(day.world.viewers.id)
        if counts := safety.of_day(day):
            watched.append(counts)
        if day.day >= warm_up:
            kept.append(_rows(day))
            told += [found] if (found := money.of_day(day)) else []
        if day.day > warm_up and (settled := money.earned(day.world)) is not None:
            earned = earned + settled
    return Sample(
        impressions=pd.concat(kept, ignore_index=True),
        videos=_videos(day.world),
        creators=_creators(day.world),
        viewers=_viewers(day.world),
        visits=_visits(came, names),
        joined=pd.Series(day.world.viewers.joined.numpy(), index=day.world.viewers.id.numpy()),
        dau_over_mau=_last(day, "dau_over_mau"),
        scale=params.sessions.scale,
        life=params.catalog.life,
        days=days,
        days_in_all=warm_up + days + params.catalog.life,
        money=told,
        safety=watched,
        earned=earned,
        members=money.members(day.world),
        interest=_last(day, "interest_lift"),
    )


def spells(
    agent: str, params: Params, seed: int, tick: Tick = nobody, first: Spells | None = None
) -> Spells:
    """The trends of some worlds of one size, over many days: half of them last a week, some a month
    and more. One world has some thirty, too few to tell a median by. `first`: those of the first of
    them, where they are known."""
    known = [] if first is None else [first]
    seeds = [seed + AWAY * k for k in range(len(known), SPELL_WORLDS)]
    lived = known + [_trends(agent, params, s, tick) for s in seeds]
    return Spells(torch.cat([s.run for s in lived]), sum(s.ended for s in lived))  # type: ignore[arg-type]


def _trends(agent: str, params: Params, seed: int, tick: Tick) -> Spells:
    arm = Arm(agent, params, seed)
    for _ in arm.run(SPELL_DAYS):
        tick(work(params))
    return arm.window.spells


def _last(day: Day, metric: str) -> float:
    """A measure of the day, nan where it is missing."""
    found = (v for m, g, v in day.measures if m == metric and g == "all")
    return next(found, float("nan"))


def _rows(day: Day) -> pd.DataFrame:
    world, events = day.world, day.events
    columns: dict[str, list[Tensor]] = {}
    for e in events:
        for name, value in _page(world, e).items():
            columns.setdefault(name, []).append(value)
    table = pd.DataFrame({k: torch.cat(v).numpy() for k, v in columns.items()})
    return table.assign(day=day.day)


def _page(world: World, e: Events) -> dict[str, Tensor]:
    r = e.response
    who, slot = r.seen.nonzero(as_tuple=True)
    ids = e.ids[who, slot]
    row = row_of(ids, len(world.videos.id))
    videos = world.videos
    flags = {f: r.did(f)[who, slot] for f in EVENT_FLAGS}
    return {
        "viewer": e.request.viewer[who],
        "video": ids,
        "creator": videos.creator[row],
        "topic": videos.topic[row].to(torch.int16),
        "age": (world.day - videos.uploaded[row]).to(torch.int16),
        "duration": videos.duration[row],
        "watch": r.watch[who, slot],
        "appeal": r.appeal[who, slot],
        "satisfaction": r.satisfaction[who, slot],
        **flags,
    }


def _videos(world: World) -> pd.DataFrame:
    v = world.videos
    return pd.DataFrame(
        {
            "views": v.counts[:, 0],
            "creator": v.creator,
            "uploaded": v.uploaded,
            "topic": v.topic,
            "topic2": v.topic2,
            "duration": v.duration,
        }
    )[(v.id > 0).numpy()]


def _creators(world: World) -> pd.DataFrame:
    c = world.creators
    return pd.DataFrame(
        {
            "followers": c.followers,
            "posts": c.posts,
            "views": c.views,
            "cadence": c.cadence,
            "answer": c.answer,
        },
        index=c.id.numpy(),
    )


def _viewers(world: World) -> pd.DataFrame:
    v = world.viewers
    return pd.DataFrame(
        {"registered": v.registered, "follows": (world.memory.follows > 0).sum(1)},
        index=v.id.numpy(),
    )


def _visits(came: dict[int, Tensor], names: list[Tensor]) -> pd.DataFrame:
    """Days as columns, viewers by id as rows; only those whose row never changed hands."""
    steady = torch.stack(names).eq(names[-1]).all(0)
    return pd.DataFrame(
        {day: present[steady].numpy() for day, present in came.items()},
        index=names[-1][steady].numpy(),
    )
