"""A shared world in which some viewers are served by the seats, and all others by the house."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.clock import Clock, Task
from sim.seats.recommender.candidates import OFFER, Asking, Counter, Pools
from sim.seats.recommender.features import Shelf
from sim.seats.recommender.seats import Seats
from sim.seats.recommender.spaces import Seen, encode
from sim.seats.recommender.task import Episode
from sim.seats.recommender.view import profile
from sim.seats.resident import Resident
from sim.world.platform import shown_before
from sim.world.rng import Keyring
from sim.world.rules import Params
from sim.world.state import Catalog, Events, Slate, World, row_of, rows, rows_at


class Feed(Seats, Task):
    """Seats in a world that answers: what they are shown moves counts, trends and other viewers.

    They are a task on the clock, which stops at every page that a seated viewer asks for. Seat i
    holds the viewer at `row[i]`; all stand at the clock's day and page.
    """

    def __init__(self, params: Params, episode: Episode, seats: int):
        self.clock = Clock(params, Resident(episode.house), self, device=episode.device)
        super().__init__(self.clock.rules, episode, seats)
        self.row = torch.zeros(seats, dtype=torch.int64, device=self.device)
        self.viewer, self.held, self.over = self.row.clone(), self.row.bool(), self.row.bool()
        self.chosen: Tensor | None = None  # ids for the seats awake, while their page is served

    @property
    def world(self) -> World:
        return self.clock.world

    @property
    def day(self) -> Int[Tensor, " seats"]:  # type: ignore[override]
        return torch.full_like(self.row, self.clock.day)

    @property
    def pages(self) -> Int[Tensor, " seats"]:  # type: ignore[override]
        return torch.full_like(self.row, self.clock.page)

    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """A new world, viewers for all seats, and the first page that one of them asks for.

        The seed is drawn where none is given. Raises BadInput where nobody comes in time.
        """
        self.held, self.over = torch.zeros_like(self.held), torch.zeros_like(self.held)
        seed = int(rng.integers(1 << 31)) if seed is None else seed
        self.clock.start(seed, self.future(options))
        self.clock.turn()
        self.fill(~self.held, rng)
        self.run_on()
        if not bool(self.awake.any()):
            cure = "Give more days=, or a larger world=."
            raise BadInput("a seated viewer comes within the horizon", self.episode.days, cure)

    def fill(self, which: Bool[Tensor, " seats"], rng: np.random.Generator) -> None:
        """Free seats of `which` are given to viewers drawn evenly, those awake now first."""
        free = (which & ~self.held).nonzero().squeeze(1)
        if not len(free):
            return
        able = self.world.viewers.registered.clone()
        able[self.row[self.held]] = False
        able_row = able.nonzero().squeeze(1).cpu().numpy()
        drawn = rng.permutation(able_row)
        awake = np.isin(drawn, self.clock.request.row.cpu().numpy())
        drawn = drawn[np.argsort(~awake, kind="stable")][: len(free)]
        free = free[: len(drawn)]  # where too few viewers are left, a seat stays free
        self.row[free] = torch.as_tensor(drawn, device=self.device)
        self.viewer[free] = self.world.viewers.id[self.row[free]]
        self.held[free] = True
        self.tallies.clear(free)
        self._count(free)
        if not bool(self.held.any()):  # nobody is left to serve
            self.over = torch.ones_like(self.over)
        self._look()

    def observe(self) -> dict[str, Tensor]:
        """What the seats see now, (seats, n) tensors of their observation space."""
        world, listing, row = self.world, self.clock.listing, self.row
        shelf, follows = _shelf(listing), rows_at(world.memory.follows, row)
        self.offered = self._offer(listing)
        self.past = rows_at(world.memory.history, row) * self.held[:, None]

        def place(ids: Tensor) -> Tensor:
            at = row_of(ids, listing.capacity)
            return (at + 1) * ((ids > 0) & (listing.id[at] == ids))

        new, old = place(self.offered), place(self.past)

        hour = world.mood.hour[row]
        page = torch.full_like(hour, min(1.0, self.clock.page / self.rules.params.size.pages))
        seen = Seen(
            self.offered,
            shelf.candidates(new, new, follows),
            self.past,
            shelf.history(old, old, follows),
            rows_at(world.memory.history_watch, row),
            rows_at(world.memory.history_liked, row),
            profile(world, row),
            hour,
            page,
        )
        return encode(seen, self.awake, self.held)

    def _offer(self, listing: Catalog) -> Int[Tensor, "seats candidates"]:
        """The candidates of seats awake, 0 for the others."""
        pools = Pools(1, listing.capacity, self.device)
        pools.put(0, listing)
        moment = self.clock.root.luck.fold(OFFER).fold(self.clock.day).fold(self.clock.page)
        counter = Counter(pools, Keyring(moment.bits[None]), self.episode.candidates)
        at = self.awake.nonzero().squeeze(1)
        row, zero = self.row[at], torch.zeros_like(at)

        def shown(ids: Tensor, who: Tensor | slice) -> Tensor:
            return shown_before(self.world, row[who], ids)

        offered = self.row.new_zeros(self.seats, self.episode.candidates)
        if len(at):
            offered[at] = counter.serve(Asking(zero, zero, self.viewer[at], shown))
        return offered

    def serve(self, ids: Int[Tensor, "seats slots"]) -> Float[Tensor, " seats"]:
        """One page of the platform: `ids` for the seats awake, the house for all others."""
        if not bool(self.awake.any()):
            return torch.zeros_like(self.row, dtype=torch.float32)
        at, awake, held, world = self.place, self.awake, self.held, self.world
        self.chosen = ids
        event = self.clock.serve()
        self.chosen = None
        r = rows(event.response, lambda field: field[at])
        r = replace(r, seen=r.seen & awake[:, None])
        video = row_of(event.ids[at], len(world.videos.id))
        return self.paid(r, world.videos.duration[video], world.videos.topic[video], held)

    def run_on(self) -> None:
        """The house alone, until a seated viewer asks for a page, all are gone, or the horizon."""
        while not bool(self.awake.any()) and bool(self.held.any()):
            # who is not awake now will not wake again today
            if self.clock.day + 1 >= self.episode.days:
                self.over = torch.ones_like(self.over)
                return
            self.clock.tick()

    def deal(self, which: Bool[Tensor, " seats"]) -> None:
        raise NotImplementedError("seats of one world begin together")

    def turn(
        self, actions: Any, fresh: Bool[Tensor, " seats"], rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        self.tallies.clear(fresh)
        if bool(self.over.all()):
            self.start(None, rng)
            return torch.zeros(self.seats, device=self.device), ~self.held, ~self.held
        before = self.held
        reward = self.serve(self.choose(actions, self.seats))
        self.run_on()
        if not bool(self.over.any()) and bool(fresh.any()):  # their seats are given away only now,
            self.fill(fresh, rng)  # so that no new viewer's first page is the house's
            self.run_on()
            before = before | fresh
        gone = before & ~self.held
        return reward, gone, ~gone & self.over

    def slate(self, clock: Clock, own: Tensor) -> Slate | None:
        """The seats' slates, at the places of their viewers."""
        if self.chosen is None:
            return None
        own[self.place[self.awake]] = True
        ids = own.new_zeros(len(own), self.chosen.shape[1], dtype=torch.int64)
        ids[self.place[self.awake]] = self.chosen[self.awake]
        return Slate(ids)  # a seat's propensities are not known

    def morning(self, clock: Clock) -> None:
        """Seats whose viewer left for good in the night are no longer held."""
        people = self.world.viewers
        here = people.registered[self.row] & (people.id[self.row] == self.viewer)
        before, self.held = self.held.nonzero().squeeze(1), self.held & here
        self._count(before)
        self._look()

    def page(self, clock: Clock, events: Events) -> None:
        self._look()

    def _look(self) -> None:
        """Which of the seats' viewers ask for a page now."""
        asking, n = self.clock.request.row, len(self.clock.request.row)
        self.place = torch.searchsorted(asking, self.row).clamp(max=max(0, n - 1))
        self.awake = self.held & (asking[self.place] == self.row) if n else self.held & False

    def _count(self, seat: Int[Tensor, " some"]) -> None:
        present = self.world.mood.present[self.row[seat]]
        self.tallies.morning(seat, self.held[seat], present)


def _shelf(listing: Catalog) -> Shelf:
    """Of one moment alone."""
    shelf = Shelf(listing.capacity, listing.capacity, 1, listing.id.device)
    shelf.put(torch.arange(1, listing.capacity + 1, device=listing.id.device), listing)
    shelf.tell(0, listing)
    return shelf
