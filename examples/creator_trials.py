"""Accounts of one world dealt to arms, and what each came to, day by day: what
phenomena_of_creators.py and phenomena_of_platforms.py are made of."""

import json
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.lab.stats import mean_and_interval
from sim.measure import brands
from sim.presets import config
from sim.seats.clock import Clock, Task
from sim.seats.creator.standing import BRAND, endowed, standing
from sim.seats.resident import Resident
from sim.world.rng import streams
from sim.world.rules import Params
from sim.world.state import (
    SOURCES,
    Conduct,
    Decisions,
    Events,
    Offers,
    Posts,
    World,
    by_habit,
    row_of,
)
from sim.world.state.watched import QUICK_SKIP, long_view

LOT, ANY = streams("phenomena of creators", "lot", "any topic")
SIZE = {"money": "on", "size.viewers": 800, "size.live": 800, "size.slots": 20}
WORLDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "tastes": {"viewers.cluster_share": 0.6, "tastes.fancy": 0.8, "videos.niche_share": 0.5},
    "supply": {"creators.cadence_sd": 0.5, "size.live": 1200},
}
LAWS = {"brand.picks": 3, "brand.heard": 0.5}  # that rest by default
WEEK = 7
CASH = 1000.0  # money units that all have, so that promotion is paid
Plan = Mapping[str, float]
BASE: Plan = {
    "count": 1, "format": 1, "effort_quality": 0.5, "effort_hook": 0.5, "honesty": 1.0,
    "trend": 0.0, "replies": 0.0, "community": 0.0, "promotion": 0.0, "shop": 0.0,
    "membership": 0.0, "merchandise": 0.0, "deals": 0.0, "disclose": 1.0,
}  # fmt: skip
ARMS: dict[str, Plan] = {  # what each does otherwise
    "base": {},
    "scattered": {"topic": -2},  # any topic, another every day
    "replies": {"replies": 1e6},  # all that came
    "bait": {"honesty": 0.0},
    "secret": {"deals": 1.0, "disclose": 0.0},
    "flood": {"count": 6},
    "little": {"promotion": 0.1},
    "much": {"promotion": 2.0},
}


class Trial(Task):
    """Accounts of one world, dealt to arms: those with the most followers, or where they begin to
    post `since` a later day, those with the fewest."""

    def __init__(
        self, params: Params, agent: Any, arms: list[str], blocks: int, seed: int, since: int = 0
    ):
        self.clock, self.arms = Clock(params, Resident(agent), self), arms
        self.since = since
        self.clock.start(seed)
        self.row = self._dealt(len(arms) * blocks, since > 0)
        self.clock.world = endowed(self.world, self.row.flatten(), CASH)
        self.told = (-2, Decisions())
        self.days: list[dict[str, Tensor]] = []
        self.place = torch.full_like(self.world.creators.id, -1)  # among the accounts, by row
        self.place[self.row.flatten()] = torch.arange(self.row.numel())
        self.names = self.world.viewers.id  # of those who were there from the start
        self.first = self._follows()
        self.met = torch.zeros_like(self.first)  # watched it in the first week

    @property
    def world(self) -> World:
        return self.clock.world

    def _dealt(self, count: int, newest: bool) -> Int[Tensor, "blocks arms"]:
        """In blocks of neighbours by followers; the lot is the world's own."""
        creators = self.world.creators
        order = creators.followers.argsort(descending=not newest, stable=True)[:count]
        block = order.view(-1, len(self.arms))
        lot = self.clock.root.fold(LOT).uniform(creators.id[order]).view_as(block)
        return block.gather(1, lot.argsort(1))

    def _bonds(self) -> Float[Tensor, "viewers accounts"]:
        """Of those who follow; below 0 where nobody does."""
        memory, rows = self.world.memory, self.row.flatten()
        bonds = torch.full((len(self.names), len(rows)), -1.0)
        at = memory.follows > 0
        place = self.place[row_of(memory.follows[at], len(self.place))]
        who = at.nonzero()[:, 0]
        bonds[who[place >= 0], place[place >= 0]] = memory.bond[at][place >= 0]
        return bonds

    def _follows(self) -> Bool[Tensor, "viewers accounts"]:
        return self._bonds() >= 0

    def decide(self, clock: Clock) -> Decisions:
        """Once a day."""
        if self.told[0] != clock.day:
            self.told = clock.day, self._decided()
        return self.told[1]

    def _decided(self) -> Decisions:
        n = len(self.world.creators.id)
        posts, conduct, offers = by_habit(Posts, n), by_habit(Conduct, n), by_habit(Offers, n)
        for i, arm in enumerate(self.arms):
            plan, row = {**BASE, **ARMS[arm]}, self.row[:, i]
            for held in (posts, conduct, offers):
                for name in vars(held).keys() & plan.keys():
                    getattr(held, name)[row] = plan[name]
            posts.topic[row] = self._topics(row, plan.get("topic", -1) < -1)
            posts.topic2[row] = posts.topic[row]
            posts.count[row] *= self.clock.day + 1 >= self.since  # the night is of the day to come
        return Decisions(posts, conduct, offers)

    def _topics(self, row: Tensor, any_topic: bool) -> Tensor:
        creators, topics = self.world.creators, len(self.world.trends.strength)
        key = self.clock.root.fold(ANY).fold(self.clock.day + 1)
        return key.integer(creators.id[row], topics) if any_topic else creators.niche[row]

    def live(self, days: int) -> "Trial":
        for _ in range(days):
            self.shown = torch.zeros(5, self.row.numel())
            self.watched, self.sought, self.waits = (torch.zeros_like(self.first) for _ in range(3))
            self.clock.live()
            if self.clock.day < WEEK:
                self.met |= self.watched
            self.days.append(self._day())
        return self

    def morning(self, clock: Clock) -> None:
        """For whom of those who come today a post stands among those whom they follow."""
        feed, videos = self.world.memory.feed, self.world.videos
        at = feed > 0
        by = row_of(videos.creator[row_of(feed[at], len(videos.id))], len(self.place))
        who, place = at.nonzero()[:, 0], self.place[by]
        self.waits[who[place >= 0], place[place >= 0]] = True

    def page(self, clock: Clock, events: Events) -> None:
        """Who watched which account, and how glad of it; apart, what was promoted."""
        found = row_of(events.ids, len(self.world.videos.id))
        place = self.place[row_of(self.world.videos.creator[found], len(self.place))]
        at = events.response.seen & (place >= 0) & (events.ids > 0)
        watch, glad = events.response.watch[at], events.response.satisfaction[at]
        long = long_view(watch, self.world.videos.duration[found[at]])
        bought = (events.source[at] == SOURCES.index("promoted")).float()
        told = [torch.ones_like(glad), glad, bought, bought * glad, bought * long]
        self.shown.index_add_(1, place[at], torch.stack(told))
        who = events.request.row[at.nonzero()[:, 0]]
        stayed = watch >= QUICK_SKIP
        self.watched[who[stayed], place[at][stayed]] = True
        own = events.source[at] == SOURCES.index("follow")  # not by the recommender
        self.sought[who[own], place[at][own]] = True

    def _day(self) -> dict[str, Tensor]:
        """(blocks, arms) each."""
        world, row = self.world, self.row.flatten()
        now, parts = standing(world, self.clock.rules, self.clock.root, row), brands.equity(world)
        assert world.brand is not None
        found = {name: getattr(parts, name)[row] for name in (*BRAND, "brand_equity")}
        found |= {name: getattr(now, name).float() for name in ("followers", "energy", "hours")}
        found |= {"income": now.income.sum(1), "first_day": first_day(world)[row]}
        found |= {"bond": world.brand.bond[row], "back": world.brand.back[row]}
        views, glad, bought, joy, long = self.shown
        found |= {"views": views, "joy": glad / views, "promoted": long / bought}
        found |= {"promoted_joy": joy / bought, **self._those_of_then()}
        return {name: value.view_as(self.row) for name, value in found.items()}

    def _those_of_then(self) -> dict[str, Float[Tensor, " accounts"]]:
        """Of the same people all along: who followed on the eve of the first day, and who watched
        the account in the first week. Those who come later would be another crowd in each arm."""
        here = ((self.world.viewers.id == self.names) & self.world.viewers.registered)[:, None]
        fans, met, bonds = here & self.first, here & self.met, self._bonds()
        total = fans.sum(0)
        return {
            "first_bond": (bonds.clamp(min=0) * fans).sum(0) / total,  # 0 for who left it
            "kept": (fans & (bonds >= 0)).sum(0) / total,
            "fans_back": (fans & self.watched).sum(0) / total,
            "waits": (fans & self.waits).sum(0) / total,
            "sought": (fans & self.sought).sum(0) / total,
            "returning": (met & self.watched).sum(0) / met.sum(0),
        }

    def mean(self, name: str, days: slice, arm: int = 0) -> Float[Tensor, " blocks"]:
        """Of the accounts of one arm, over days on which there is anything to tell."""
        return torch.stack([day[name] for day in self.days[days]]).nanmean(0)[:, arm]


def first_day(world: World) -> Float[Tensor, " creators"]:
    """Views today of a post of today; NaN where none was posted."""
    videos, none = world.videos, torch.zeros(len(world.creators.id))
    new = (videos.uploaded == world.day) & (videos.id > 0)
    by = row_of(videos.creator[new], len(none))
    views = none.index_add(0, by, videos.views_today[new].float())
    posts = none.index_add(0, by, torch.ones(len(by)))
    return torch.where(posts > 0, views / posts, torch.nan)


def trial(
    arms: list[str], world: str, seed: int, settings: Mapping[str, Any] | None = None, *,
    agent: Any = "mf", days: int = 60, pairs: int = 30, since: int = 0,
) -> Trial:  # fmt: skip
    """A world of that seed in which accounts work as the arms say."""
    told = {**SIZE, **LAWS, **WORLDS[world], **(settings or {})}
    made = Trial(config.resolve("nano", settings=told), agent, arms, pairs, seed, since)
    return made.live(days)


def told(values: list[float]) -> tuple[float, list[float]]:
    """Mean and 95 % interval, NaN where there is none."""
    found, none = mean_and_interval(values), float("nan")
    return (none if found["mean"] is None else found["mean"]), found["ci95"] or [none, none]


def keep(file: str | None, row: dict[str, Any]) -> None:
    if file is not None:
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
