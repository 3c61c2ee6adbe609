"""A shared world in which some viewers are served by the seats, and all others by the house."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.clock import Clock, Task
from sim.seats.recommender import action, reward
from sim.seats.recommender.candidates import retrieve
from sim.seats.recommender.spaces import encode
from sim.seats.recommender.tallies import Tallies
from sim.seats.recommender.task import Episode
from sim.seats.recommender.view import observe
from sim.seats.resident import Resident
from sim.world.rng import streams
from sim.world.rules import Params
from sim.world.state import Events, Request, Slate, World, row_of, rows, take

(OFFER,) = streams("feed", "offer")


class Feed(Task):
    """The seats' task on the clock, which stops at every page that a seated viewer asks for.

    Seat i holds the viewer at `row[i]`. `held` is False where the viewer is gone for good.
    """

    def __init__(self, params: Params, episode: Episode, seats: int):
        self.clock = Clock(params, Resident(episode.house), self, device=episode.device)
        self.episode, self.seats, self.rules = episode, seats, self.clock.rules
        self.device = self.rules.tables.viewers.interest.device
        topics = len(params.videos.category_share)
        self.tallies = Tallies(seats, topics, self.device)
        self.row = torch.zeros(seats, dtype=torch.int64, device=self.device)
        self.viewer, self.held = self.row.clone(), self.row.bool()
        self.chosen: Tensor | None = None  # ids for the seats awake, while their page is served

    over: bool  # the horizon is reached

    @property
    def world(self) -> World:
        return self.clock.world

    @property
    def day(self) -> int:
        return self.clock.day

    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """A new world, viewers for all seats, and the first page that one of them asks for.

        The seed is drawn where none is given; `options` may hold another `future` than the
        episode's. Raises BadInput where nobody comes in time.
        """
        self.over, self.held = False, torch.zeros_like(self.held)
        future = checked_seed("future", (options or {}).get("future", self.episode.future))
        self.clock.start(int(rng.integers(1 << 31)) if seed is None else seed, future)
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
        new = torch.zeros_like(self.held)
        new[free] = True
        self.tallies.clear(new)
        self.tallies.morning(self.world, self.row, new)
        self.over = not bool(self.held.any())  # nobody is left to serve
        self._look()

    def observe(self) -> dict[str, Tensor]:
        """What the seats see now, (seats, ...) tensors of their observation space."""
        seated = Request(self.row, self.viewer, self.world.mood.hour[self.row])
        offered = torch.zeros(
            self.seats, self.episode.candidates, dtype=torch.int64, device=self.device
        )
        seen = self._observe(seated, offered)
        at = self.awake.nonzero().squeeze(1)
        if len(at):
            moment = self.clock.root.luck.fold(OFFER).fold(self.day).fold(self.clock.page)
            asking = self._observe(take(seated, at), None)
            offered[at] = retrieve(asking, self.episode.candidates, moment)
        self.offered = offered
        return encode(seen, self.awake, self.held, self.rules.params.size.pages)

    def choose(self, wanted: Any, *rows: int) -> Int[Tensor, "seats slots"]:
        """The ids that an action (*rows, slots) means, 0 for seats asleep. Raises BadSlate."""
        shape = (*rows, self.rules.params.size.slots)
        places = action.as_places(wanted, shape, self.device, self.day).view(self.seats, -1)
        if self.episode.repair:
            places = action.repaired(places, self.offered)
        return action.slate(places, self.offered, self.awake, self.viewer, self.day)

    def serve(self, ids: Int[Tensor, "seats slots"]) -> Tensor:
        """One page of the platform: `ids` for the seats awake, the house for all others.

        Returns the reward, (seats,); 0 for seats asleep.
        """
        at, awake, held, world = self.place, self.awake, self.held, self.world
        self.chosen = ids
        event = self.clock.serve()
        self.chosen = None
        r = rows(event.response, lambda field: field[at])
        r = replace(r, seen=r.seen & awake[:, None])
        shown = event.ids[at]
        duration = world.videos.duration[row_of(shown, len(world.videos.id))]
        paid = reward.reward(r.watch, duration, r.flags, r.survey, r.left, self.episode.objective)
        total = torch.where(r.seen, paid, 0.0).sum(1)
        self.tallies.page(world, shown, r, total, held)
        return total

    def run_on(self) -> None:
        """The house alone, until a seated viewer asks for a page, all are gone, or the horizon."""
        while not bool(self.awake.any()) and bool(self.held.any()):
            if self.day + 1 >= self.episode.days:  # who is not awake now will not wake again today
                self.over = True
                return
            self.clock.tick()

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
        self.held = self.held & here
        self.tallies.morning(self.world, self.row, self.held)
        self._look()

    def page(self, clock: Clock, events: Events) -> None:
        self._look()

    def _look(self) -> None:
        """Which of the seats' viewers ask for a page now."""
        asking, n = self.clock.request.row, len(self.clock.request.row)
        self.place = torch.searchsorted(asking, self.row).clamp(max=max(0, n - 1))
        self.awake = self.held & (asking[self.place] == self.row) if n else self.held & False

    def _observe(self, request: Request, candidates: Tensor | None):
        c = self.clock
        return observe(c.world, c.rules, request, c.day, c.page, c.listing, candidates)
