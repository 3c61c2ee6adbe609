"""What becomes of creators who do otherwise than others beside them, over seeds, with the
mechanism on and off.

    python examples/phenomena_of_creators.py --which consistent replies bait --world plain \
        --seed 0 1 2 3 4 5

Of each pair of accounts with about as many followers, one is dealt by lot to work otherwise than
the other: all post once a day about their own topic, or differ from that in one thing. The twin of
that world, with the same people and the same luck, is one where nobody differs. Told is what the
one thing makes of the accounts that differ, mean and 95 % interval over those of all seeds; `--off`
rests the mechanisms, by the settings in WHICH. docs/creators.md has what was found.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
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
from sim.world.state.watched import LONG_VIEW

LOT, ANY = streams("phenomena of creators", "lot", "any topic")
SIZE = {"money": "on", "size.viewers": 800, "size.live": 1600, "size.slots": 20}
WORLDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "tastes": {"viewers.cluster_share": 0.6, "tastes.fancy": 0.8, "videos.niche_share": 0.5},
    "supply": {"creators.cadence_sd": 0.5, "size.live": 2400},
}
Plan = Mapping[str, float]
BASE: Plan = {
    "count": 1, "effort_quality": 0.5, "effort_hook": 0.5, "honesty": 1.0, "trend": 0.0,
    "replies": 0.0, "community": 0.0, "promotion": 0.0, "shop": 0.0, "membership": 0.0,
    "merchandise": 0.0, "deals": 0.0, "disclose": 1.0,
}  # fmt: skip
ARMS: dict[str, Plan] = {  # what each does otherwise
    "base": {},
    "scattered": {"topic": -2},  # any topic, another every day
    "replies": {"replies": 1e6},  # all that came
    "bait": {"honesty": 0.0},
    "secret": {"deals": 1.0, "disclose": 0.0},
    "flood": {"count": 6},
    "little": {"promotion": 0.5},
    "much": {"promotion": 2.0},
}
# phenomenon: what is compared with what, and what rests its mechanism
WHICH: dict[str, tuple[str, str, dict[str, Any]]] = {
    "consistent": ("base", "scattered", {"brand.picks": 1, "appeal.topic_share": 0.0}),
    "replies": ("replies", "base", {"brand.reply": 0.0, "brand.heard": 0.0}),
    "bait": ("bait", "base", {"appeal.satisfaction_bait": 0.0}),
    "deals": ("secret", "base", {"deals.betrayed": 0.0}),
    "flood": ("flood", "base", {"brand.tire": 0.0, "careers.drain": 0.0}),
    "promotion": ("much", "little", {"promotion.sight": 0.0}),
}
LAWS = {"brand.picks": 3, "brand.heard": 0.5}  # that rest by default, until this is told over seeds
CASH = 1000.0  # money units that all have, so that promotion is paid
TOLD = (
    "loyalty", "bond", "back", "followers", "brand_equity", *BRAND[:3], "first_day", "income",
    "energy", "hours", "promoted",
)  # fmt: skip


class Trial(Task):
    """Accounts of one world, dealt to arms, and what each came to, day by day."""

    def __init__(self, params: Params, agent: Any, arms: list[str], blocks: int, seed: int):
        self.clock, self.arms = Clock(params, Resident(agent), self), arms
        self.clock.start(seed)
        self.row = self._dealt(len(arms) * blocks)
        self.clock.world = endowed(self.world, self.row.flatten(), CASH)
        self.told = (-2, Decisions())
        self.days: list[dict[str, Tensor]] = []

    @property
    def world(self) -> World:
        return self.clock.world

    def _dealt(self, count: int) -> Int[Tensor, "blocks arms"]:
        """The accounts with most followers, in blocks of neighbours; the lot is the world's own."""
        creators = self.world.creators
        order = creators.followers.argsort(descending=True, stable=True)[:count]
        block = order.view(-1, len(self.arms))
        lot = self.clock.root.fold(LOT).uniform(creators.id[order]).view_as(block)
        return block.gather(1, lot.argsort(1))

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
        return Decisions(posts, conduct, offers)

    def _topics(self, row: Tensor, any_topic: bool) -> Tensor:
        creators, topics = self.world.creators, len(self.world.trends.strength)
        key = self.clock.root.fold(ANY).fold(self.clock.day + 1)
        return key.integer(creators.id[row], topics) if any_topic else creators.niche[row]

    def live(self, days: int) -> "Trial":
        for _ in range(days):
            self.bought = torch.zeros(2, len(self.world.creators.id))
            self.clock.live()
            self.days.append(self._day())
        return self

    def page(self, clock: Clock, events: Events) -> None:
        """Of promoted views, how many there were and how many of them were long."""
        at = (events.source == SOURCES.index("promoted")) & events.response.seen
        row = row_of(events.ids[at], len(self.world.videos.id))
        by = row_of(self.world.videos.creator[row], self.bought.shape[1])
        least = self.world.videos.duration[row].clamp(max=LONG_VIEW)
        long = (events.response.watch[at] >= least).float()
        self.bought.index_add_(1, by, torch.stack([torch.ones_like(long), long]))

    def _day(self) -> dict[str, Tensor]:
        """(blocks, arms) each."""
        world, row = self.world, self.row.flatten()
        now, parts = standing(world, self.clock.rules, self.clock.root, row), brands.equity(world)
        assert world.brand is not None
        found = {name: getattr(parts, name)[row] for name in (*BRAND, "brand_equity")}
        found |= {name: getattr(now, name).float() for name in ("followers", "energy", "hours")}
        found |= {"income": now.income.sum(1), "first_day": first_day(world)[row]}
        found |= {"bond": world.brand.bond[row], "back": world.brand.back[row]}
        views, long = self.bought[:, row]
        found["promoted"] = torch.where(views > 0, long / views, torch.nan)
        return {name: value.view_as(self.row) for name, value in found.items()}

    def mean(self, name: str, days: slice) -> Float[Tensor, " pairs"]:
        """Of the accounts that work otherwise."""
        return torch.stack([day[name] for day in self.days[days]]).nanmean(0)[:, 0]


def first_day(world: World) -> Float[Tensor, " creators"]:
    """Views today of a post of today; NaN where none was posted."""
    videos, none = world.videos, torch.zeros(len(world.creators.id))
    new = (videos.uploaded == world.day) & (videos.id > 0)
    by = row_of(videos.creator[new], len(none))
    views = none.index_add(0, by, videos.views_today[new].float())
    posts = none.index_add(0, by, torch.ones(len(by)))
    return torch.where(posts > 0, views / posts, torch.nan)


def trial(
    arm: str, world: str, seed: int, settings: Mapping[str, Any] | None = None, *,
    agent: Any = "mf", days: int = 60, pairs: int = 40,
) -> Trial:  # fmt: skip
    """A world of that seed in which one of each pair works as `arm` says."""
    told = {**SIZE, **LAWS, **WORLDS[world], **(settings or {})}
    made = Trial(config.resolve("nano", settings=told), agent, [arm, "base"], pairs, seed)
    return made.live(days)


def gaps(one: Trial, other: Trial) -> dict[str, list[float]]:
    """{measure and when: by account, one world less its twin}; `early` is the first quarter of the
    days, `late` the last."""
    n = max(1, len(one.days) // 4)
    when = {"early": slice(0, n), "late": slice(-n, None)}
    return {
        f"{name} {part}": (one.mean(name, at) - other.mean(name, at)).tolist()
        for name in TOLD
        for part, at in when.items()
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--which", nargs="+", choices=WHICH, default=list(WHICH))
    asked.add_argument("--world", nargs="+", choices=WORLDS, default=["plain"])
    asked.add_argument("--seed", nargs="+", type=int, default=[0, 1, 2])
    asked.add_argument("--agent", default="mf")
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--pairs", type=int, default=40)
    asked.add_argument("--off", action="store_true", help="rest the mechanism of each")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file to which the differences are added")
    args = asked.parse_args()
    settings = dict(config.parse_setting(text) for text in args.set)
    how = {"agent": args.agent, "days": args.days, "pairs": args.pairs}
    for world in args.world:
        pooled: dict[tuple[str, str], list[float]] = {}
        for seed in args.seed:
            for which, found in _twins(args.which, world, seed, settings, args.off, how):
                for name, values in found.items():
                    pooled.setdefault((which, name), []).extend(values)
                told = {"world": world, "seed": seed, "which": which, "off": args.off}
                _keep(args.json, {**how, **told, "gaps": found})
        for (which, name), values in pooled.items():
            mean, ends = _told(values)
            print(f"{world} {which} {name}: {mean:+.4f} [{ends[0]:+.4f}, {ends[1]:+.4f}]")


def _twins(
    names: list[str], world: str, seed: int, settings: Mapping[str, Any], off: bool, how: Any
) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Worlds of the same laws are lived once."""
    lived: dict[str, Trial] = {}
    for which in names:
        one, other, rests = WHICH[which]
        told = {**settings, **(rests if off else {})}
        if off:
            lived = {}
        for arm in (one, other):
            if arm not in lived:
                lived[arm] = trial(arm, world, seed, told, **how)
        yield which, gaps(lived[one], lived[other])


def _told(values: list[float]) -> tuple[float, list[float]]:
    found, none = mean_and_interval(values), float("nan")
    return (none if found["mean"] is None else found["mean"]), found["ci95"] or [none, none]


def _keep(file: str | None, row: dict[str, Any]) -> None:
    if file is not None:
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
