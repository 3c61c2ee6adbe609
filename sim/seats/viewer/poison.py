"""Poisoning: fake accounts on a platform watch, finish and like what they are paid to promote, so
that its recommender learns that it is good.

They open the target's videos themselves, as by search, and between them what is popular, to look
like everybody and to tie the target to what everybody watches: an average attack with popular
filler (Lam and Riedl, WWW 2004; Mobasher et al., 2007).
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from sim.seats.clock import Clock, Task
from sim.seats.resident import Resident
from sim.seats.viewer.puppets import Puppets, with_room
from sim.seats.viewer.script import Scripts
from sim.world import platform
from sim.world.rules import Params
from sim.world.state import COUNTS, Catalog, Events, Slate, World, row_of


@dataclass(frozen=True)
class Attack:
    accounts: int = 15  # fakes
    videos: int = 20  # that each opens a day
    target: float = 0.5  # of them, the share that is the target's
    start: int = 2  # the day on which it begins: by then the target stands where it belongs


class Poisoned(Task):
    """A platform under attack, and what its people are shown of the target: a creator's videos."""

    def __init__(self, params: Params, agent: Any, attack: Attack, seed: int):
        topics = len(params.videos.category_share)
        n = attack.accounts
        yes = torch.ones(n, dtype=torch.bool)
        scripts = Scripts(
            torch.full((n,), 2), torch.zeros(n, topics).bool(), torch.zeros(n, 6).bool(),
            yes, yes, torch.full((n,), attack.videos),
        )  # fmt: skip
        self.attack, self.puppets = attack, Puppets(scripts, lambda world, row: 0 * row)
        story = self.puppets.swipe, platform.turn_day
        made = with_room(params, n)
        self.clock = Clock(made, Resident(agent), self, story=story)
        self.clock.start(seed)
        self.puppets.plant(self.clock)
        self.target = target(self.clock.world)
        self.shown: list[tuple[int, int]] = []  # by day: to people, of the target and in all

    def live(self, days: int) -> list[float]:
        """The share of what people are shown in the feed that is the target's, day by day."""
        for _ in range(days):
            self.shown.append((0, 0))
            self.clock.live()
        return [part / max(1, whole) for part, whole in self.shown]

    def morning(self, clock: Clock) -> None:
        self.puppets.wake()
        if clock.day < self.attack.start:  # they sleep
            people = clock.world.mood.present.clone()
            people[self.puppets.row] = False
            clock.take(replace(clock.world, mood=replace(clock.world.mood, present=people)))

    def slate(self, clock: Clock, own: Tensor) -> Slate | None:
        """What the fakes open."""
        at, who = self.puppets.places(clock.request.row)
        if not len(at):
            return None
        own[at] = True
        slots = clock.rules.params.size.slots
        ids = own.new_zeros(len(own), slots, dtype=torch.int64)
        ids[at] = self._opened(clock.listing, who, clock.page, slots)
        return Slate(ids)

    def _opened(
        self, listing: Catalog, who: Int[Tensor, " some"], page: int, slots: int
    ) -> Int[Tensor, "some slots"]:
        """The target's videos in turn, then popular ones, each fake others."""
        live = listing.eligible
        aimed = listing.id[live & (listing.creator == self.target)]
        n = min(len(aimed), round(slots * self.attack.target))
        views = listing.counts[:, COUNTS.index("views")].where(live, -1)
        views = views.where(listing.creator != self.target, -1)
        best = listing.id[views.topk(min(200, len(views))).indices]
        turn = torch.arange(slots) + page * slots
        filler = best[(7 * who[:, None] + turn[: slots - n]) % len(best)]
        mine = aimed[(who[:, None] + turn[:n]) % len(aimed)] if n else filler[:, :0]
        return torch.cat([mine, filler], dim=1)

    def page(self, clock: Clock, events: Events) -> None:
        people = torch.ones(len(events.request.row), dtype=torch.bool)
        people[self.puppets.places(events.request.row)[0]] = False
        feed = events.response.seen & (events.source == 0) & people[:, None]
        video = row_of(events.ids, len(clock.world.videos.id))
        mine = feed & (clock.world.videos.creator[video] == self.target)
        part, whole = self.shown[-1]
        self.shown[-1] = part + int(mine.sum()), whole + int(feed.sum())


def target(world: World) -> int:
    """An honest creator of the middle who posts: of those with three live videos, the one with the
    median number of followers."""
    videos, creators = world.videos, world.creators
    by = row_of(videos.creator, len(creators.id))
    live = ((videos.id > 0) & ~videos.removed).long()
    posts = torch.zeros_like(creators.id).index_add(0, by, live)
    honest = creators.active if world.threats is None else world.threats.actor == 0
    able = ((posts >= 3) & honest & creators.active).nonzero().squeeze(1)
    order = able[creators.followers[able].argsort(stable=True)]
    return int(creators.id[order[len(order) // 2]])
