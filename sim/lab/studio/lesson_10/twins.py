"""Twins of one account: one morning, one world, one difference each; then as many futures as asked.

Small accounts of the world are made alike in all that is theirs (skill, style, topics, hours, what
is known of them), their old posts and followers are gone, and they begin with as many new ones.
Each lives by a plan of its own, all in one world, so that a comparison costs no world more. Futures
share the past until that morning; luck is dealt anew in each, and so is which account has which
plan.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import torch

from sim.lab.studio.lesson_10.lived import KEPT, Fates
from sim.lab.studio.lives import shared
from sim.lab.studio.plan.fields import Plan
from sim.lab.studio.plan.planned import Planned
from sim.seats.creator import accounts
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up
from sim.world.rng import key
from sim.world.state import Choice, Dashboard

SCALE = 100.0  # people that a viewer stands for: 30,000 in all; assumed
WORLD = {"size.viewers": 300, "size.live": 600, "size.pages": 3}
SLOTS = 40  # of a page: long ones make a day short to compute
HOUSE, WARM_UP = "mf", 7
BRIEF = 150  # days of lives in all
OWN = (  # of an account, in which twins do not differ
    "niche", "niche2", "style", "skill", "flash", "cadence", "answer", "surprise", "usual", "fame",
    "kind", "budget", "energy", "burnout", "morale", "hoped",
)  # fmt: skip
KNOWN = ("audience", "awareness", "seen", "satisfied", "topics", "styles", "back")  # of its brand


@dataclass(frozen=True)
class Past:
    """What all futures have in common; another process can make the same."""

    seed: int
    days: int
    device: str
    twins: int
    settings: Mapping[str, Any] = field(default_factory=dict)


def fates(
    plans: Mapping[str, Plan],
    futures: int,
    days: int,
    seed: int,
    device: str = "cpu",
    settings: Mapping[str, Any] | None = None,
) -> Fates:
    """Every plan's twin in each of so many futures."""
    past = Past(seed, days, device, len(plans), dict(settings or {}))
    tasks = [(past, tuple(plans.values()), future) for future in range(1, futures + 1)]
    brief = futures * days < BRIEF  # other processes would take longer to begin
    found = [_lived(task) for task in tasks] if brief else shared(tasks, _lived)
    told = {name: np.stack([one[name] for one in found]) for name in KEPT}
    return Fates(tuple(plans), **told)


class Cast(Planned):
    """Each seat by a plan of its own."""

    def __init__(self, plans: Sequence[Plan]):
        self.plans = plans

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        each = []
        for plan in self.plans:
            self.plan, self.scale = plan, SCALE
            each.append(super().act(seen))
        return Choice(**{
            f.name: torch.stack([getattr(one, f.name)[k] for k, one in enumerate(each)])
            for f in fields(Choice)
        })  # fmt: skip


_PASTS: dict[str, Studios] = {}  # of this process: one


def _begun(past: Past) -> Studios:
    """At the morning on which the twins begin."""
    if repr(past) not in _PASTS:
        params, episode = set_up(
            "nano", settings={**WORLD, **past.settings}, days=past.days, slots=SLOTS, house=HOUSE,
            device=past.device, warm_up=WARM_UP, cash=0.0,
        )  # fmt: skip
        studios = Studios(params, episode, past.twins)
        studios.start(past.seed, np.random.Generator(np.random.PCG64([past.seed, 10])))
        alike(studios)
        _PASTS.clear()
        _PASTS[repr(past)] = studios
    return copy.deepcopy(_PASTS[repr(past)])


def alike(studios: Studios) -> None:
    """All seats as the first one, without a post or a follower."""
    world, row = studios.world, studios.row
    for at in row.tolist():
        world = accounts.granted(world, studios.clock.rules, at, 0, studios.clock.root)
    posted = torch.isin(world.videos.creator, world.creators.id[row])
    videos = replace(world.videos, removed=world.videos.removed | posted)

    def same(struct: Any, names: Sequence[str]) -> Any:
        new = {}
        for name in names:
            old = getattr(struct, name)
            new[name] = old.index_copy(0, row, old[row[:1]].expand_as(old[row]))
        return replace(struct, **new)

    assert world.brand is not None
    brand = same(world.brand, KNOWN)
    creators = same(world.creators, OWN)
    studios.clock.world = replace(world, creators=creators, brand=brand, videos=videos)


def _lived(task: tuple[Past, Sequence[Plan], int]) -> dict[str, np.ndarray]:
    past, plans, future = task
    studios = _begun(past)
    studios.clock.root = key(past.seed, studios.device, future)
    start = plans[0].start
    followers = None if start.followers is None else round(start.followers / SCALE)
    studios.equip(followers, start.cash / SCALE, start.hours)
    seats = [(k + future) % past.twins for k in range(past.twins)]  # of each plan
    agent = Cast([plans[seats.index(seat)] for seat in range(past.twins)])
    agent.reset(seats=past.twins, seed=past.seed, device=studios.device)
    days = []
    while not studios.over:
        studios.live(agent.act(studios.observe()))
        days.append(_day(studios))
    return {name: np.stack([day[name][seats] for day in days], axis=1) for name in KEPT}


def _day(studios: Studios) -> dict[str, np.ndarray]:
    """A row a twin."""
    now, brand = studios.now, studios.world.brand
    assert brand is not None
    told = {
        "followers": now.followers * SCALE, "trust": brand.bond[studios.row],
        "income": now.income * SCALE, "views": studios.analytics.now.flows[:, -1, 0] * SCALE,
        "energy": now.energy, "known": now.brand[:, 0],
        "held": studios.held,
    }  # fmt: skip
    return {name: x.numpy(force=True).astype(float) for name, x in told.items()}
