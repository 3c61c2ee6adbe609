"""Scripted accounts on a platform: they register as anybody does, and its recommender sees
them likewise."""

from collections.abc import Callable
from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from sim.seats.clock import Clock
from sim.seats.viewer.script import AT_EASE, Scripts, played
from sim.world import viewers
from sim.world.page import swipe_through
from sim.world.rules import Params
from sim.world.state import World, row_of

LONG = 1e6  # seconds: a puppet's day ends by videos, never by time


def with_room(params: Params, puppets: int) -> Params:
    """The same world with so many more rows for accounts to come."""
    size = params.size
    more = replace(size, spare=size.spare + puppets / size.viewers)
    # a page that is not the platform's own is filled up to a whole block
    return replace(params, size=replace(more, block=max(16, min(size.block, more.viewer_rows))))


class Puppets:
    """The puppets of one platform: their rows, and the page as they play it.

    `swipe` is the page of a clock's story. `harm` gives the type of harm of videos by row, 0 for
    none, of a world.
    """

    def __init__(self, scripts: Scripts, harm: Callable[[World, Tensor], Tensor]):
        self.scripts, self.harm = scripts, harm
        self.clock: Clock | None = None
        self.row: Int[Tensor, " puppets"] = torch.zeros(0, dtype=torch.int64)

    def plant(self, clock: Clock) -> None:
        """The accounts register for the first day of a world that has just been started, in rows
        that nobody used: the last, since those who come by themselves take the first."""
        world, s = clock.world, self.scripts
        free = (world.viewers.joined == viewers.NEVER).nonzero().squeeze(1)
        self.clock, self.row = clock, free[-len(s) :]
        people, row = world.viewers, self.row
        traits = {
            "registered": torch.ones_like(s.everything),
            "joined": torch.zeros_like(s.age_band),
            "age_band": s.age_band,
            "region": torch.zeros_like(s.age_band),
            # only who is shown the hidden truth sees these: they want what they watch
            "taste": 3.0 * (s.topics | s.everything[:, None]).float() - 1.0,
            "like_odds": torch.zeros(len(s), device=row.device),
        }
        new = {name: getattr(people, name).index_copy(0, row, x) for name, x in traits.items()}
        memory = viewers.settle(world.memory, row, torch.ones_like(s.everything))
        clock.take(replace(world, viewers=replace(people, **new), memory=memory))

    def wake(self) -> None:
        """A day begins: every puppet comes, fresh, for as many videos as its script says."""
        clock = self.clock
        assert clock is not None, "plant comes first"
        mood, n = clock.world.mood, len(self.row)
        ones = torch.ones(n, device=self.row.device)
        day = {
            "present": torch.ones_like(self.scripts.everything),
            "hour": 20.0 * ones,  # assumed: the evening, when most come
            "time_left": LONG * ones,
            "patience_left": self.scripts.videos.float(),
            "goodwill": AT_EASE * ones,
            "wants": clock.world.viewers.taste[self.row],
        }
        new = {name: getattr(mood, name).index_copy(0, self.row, x) for name, x in day.items()}
        clock.take(replace(clock.world, mood=replace(mood, **new)))

    def places(self, row: Int[Tensor, " some"]) -> tuple[Tensor, Tensor]:
        """Which of these rows of viewers are puppets: their places, and which puppet each is."""
        who = torch.searchsorted(self.row, row).clamp(max=len(self.row) - 1)
        at = (self.row[who] == row).nonzero().squeeze(1)
        return at, who[at]

    def swipe(self, slate, rules, dice):
        """A page of the story: people swipe as people do, puppets by their scripts."""
        page, left = swipe_through(slate, rules, dice)
        assert self.clock is not None, "plant comes first"
        rows = len(self.clock.world.viewers.id)
        at, who = self.places(row_of(slate.viewers.id, rows))
        if not len(at):
            return page, left
        harm = self.harm(self.clock.world, slate.video[:, at])
        return played(slate, page, left, at, who, self.scripts, harm)
