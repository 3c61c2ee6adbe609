"""A shared world in which some viewers are served by the seats, and all others by the house."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from agents.base import Agent
from agents.registry import create
from sim.presets.errors import BadInput
from sim.seats.recommender import action as choice
from sim.seats.recommender import reward as objectives
from sim.seats.recommender.candidates import retrieve
from sim.seats.recommender.slate_check import check_slate
from sim.seats.recommender.spaces import encode
from sim.seats.recommender.tallies import Tallies
from sim.seats.recommender.task import Task
from sim.seats.recommender.view import log_of, observe, truth
from sim.world import platform
from sim.world.rng import Key, key
from sim.world.rules import Params
from sim.world.state import Events, Request, Slate, World, rows, take

OFFER = 1_000_003  # a stream of the world's tree that the story does not use


class Feed:
    """The world's clock for the seats: it stops at every page that a seated viewer asks for.

    Seat i holds the viewer at `row[i]`. `held` is False where the viewer is gone for good.
    """

    def __init__(self, params: Params, task: Task, seats: int):
        self.rules = platform.rules(params, task.device)
        self.task, self.seats = task, seats
        self.device = self.rules.tables.viewers.interest.device
        self.house: Agent = create(task.house)
        topics = len(params.videos.category_share)
        self.tallies = Tallies(seats, topics, self.device)
        self.row = torch.zeros(seats, dtype=torch.int64, device=self.device)
        self.viewer, self.held = self.row.clone(), self.row.bool()

    world: World
    root: Key
    request: Request
    day: int
    page: int
    over: bool  # the horizon is reached

    def start(self, seed: int | None, rng: np.random.Generator) -> None:
        """A new world, viewers for all seats, and the first page that one of them asks for.

        The seed is drawn where none is given. Raises BadInput where nobody comes in time.
        """
        seed = int(rng.integers(1 << 31)) if seed is None else seed
        self.root = key(seed, self.device)
        self.world = platform.init(self.rules, self.root)
        self.names = self.world.videos.id
        self.house.reset(
            platform.public(self.world, self.rules),
            viewers=self.rules.params.size.viewer_rows,
            seed=seed + 1_000_003,  # its own, as every agent's
            device=self.device,
        )
        self.day, self.over = -1, False
        self.held = torch.zeros_like(self.held)
        self._morning()
        self.fill(~self.held, rng)
        self.run_on()
        if not bool(self.awake.any()):
            cure = "Give more days=, or a larger world=."
            raise BadInput("a seated viewer comes within the horizon", self.task.days, cure)

    def fill(self, which: Bool[Tensor, " seats"], rng: np.random.Generator) -> None:
        """Free seats of `which` are given to viewers drawn evenly, those awake now first."""
        free = (which & ~self.held).nonzero().squeeze(1)
        if not len(free):
            return
        able = self.world.viewers.registered.clone()
        able[self.row[self.held]] = False
        able_row = able.nonzero().squeeze(1).cpu().numpy()
        drawn = rng.permutation(able_row)
        awake = np.isin(drawn, self.request.row.cpu().numpy())
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
        listing = platform.public(self.world, self.rules)
        seated = Request(self.row, self.viewer, self.world.mood.hour[self.row])
        offered = torch.zeros(
            self.seats, self.task.candidates, dtype=torch.int64, device=self.device
        )
        seen = self._observe(seated, listing, offered)
        at = self.awake.nonzero().squeeze(1)
        if len(at):
            moment = self.root.fold(OFFER).fold(self.day).fold(self.page)
            asking = self._observe(take(seated, at), listing, None)
            offered[at] = retrieve(asking, self.task.candidates, moment)
        self.offered = offered
        return encode(seen, self.awake, self.held, self.rules.params.size.pages)

    def choose(self, action: Any, *rows: int) -> Int[Tensor, "seats slots"]:
        """The ids that an action (*rows, slots) means, 0 for seats asleep. Raises BadSlate."""
        shape = (*rows, self.rules.params.size.slots)
        places = choice.as_places(action, shape, self.device, self.day).view(self.seats, -1)
        if self.task.repair:
            places = choice.repaired(places, self.offered)
        return choice.slate(places, self.offered, self.awake, self.viewer, self.day)

    def serve(self, ids: Int[Tensor, "seats slots"]) -> Tensor:
        """One page of the platform: `ids` for the seats awake, the house for all others.

        Returns the reward, (seats,); 0 for seats asleep.
        """
        at, awake, held = self.place, self.awake, self.held
        event = self._page(ids)
        r = rows(event.response, lambda field: field[at])
        r = replace(r, seen=r.seen & awake[:, None])
        shown = event.ids[at]
        capacity = len(self.world.videos.id)
        duration = self.world.videos.duration[((shown - 1) % capacity).clamp(min=0)]
        paid = objectives.reward(r.watch, duration, r.flags, r.survey, r.left, self.task.objective)
        reward = torch.where(r.seen, paid, 0.0).sum(1)
        self.tallies.page(self.world, shown, r, reward, held)
        return reward

    def run_on(self) -> None:
        """The house alone, until a seated viewer asks for a page, all are gone, or the horizon."""
        while not bool(self.awake.any()) and bool(self.held.any()):
            if self.day + 1 >= self.task.days:  # who is not awake now will not wake again today
                self.over = True
                return
            if len(self.request.row):
                self._page(None)
            else:
                self._morning()

    def _morning(self) -> None:
        """The night and the next morning; seats whose viewer left for good are no longer held."""
        self.world = platform.turn_day(self.world, self.rules, self.root)
        self.day, self.page = self.day + 1, 0
        people = self.world.viewers
        here = people.registered[self.row] & (people.id[self.row] == self.viewer)
        self.held = self.held & here
        self.tallies.morning(self.world, self.row, self.held)
        self._announce()
        self._look()

    def _announce(self) -> None:
        names = self.world.videos.id
        if hasattr(self.house, "on_catalog"):
            reborn = (names != self.names).nonzero().squeeze(1)
            self.house.on_catalog(platform.public(self.world, self.rules), reborn)
        self.names = names

    def _look(self) -> None:
        """Who asks for a page now, and which of them sit."""
        self.request = platform.ask(self.world, self.rules)
        if self.page >= self.rules.params.size.pages:
            self.request = take(self.request, slice(0, 0))  # type: ignore[arg-type]
        asking, n = self.request.row, len(self.request.row)
        self.place = torch.searchsorted(asking, self.row).clamp(max=max(0, n - 1))
        self.awake = self.held & (asking[self.place] == self.row) if n else self.held & False

    def _page(self, ids: Tensor | None) -> Events:
        request, slots = self.request, self.rules.params.size.slots
        n = len(request.row)
        listing = platform.public(self.world, self.rules)
        slate = torch.zeros(n, slots, dtype=torch.int64, device=self.device)
        logp = torch.full((n, slots), torch.nan, device=self.device)  # a seat's is not known
        own = torch.zeros(n, dtype=torch.bool, device=self.device)
        if ids is not None:
            at = self.place[self.awake]
            own[at] = True
            slate[at] = ids[self.awake]
        other = (~own).nonzero().squeeze(1)
        if len(other):
            part = self._house(take(request, other), listing)
            slate[other] = part.ids
            if part.logp is not None:
                logp[other] = part.logp
        shown = Slate(slate, logp)
        self.world, event = platform.answer(self.world, self.rules, request, shown, self.root)
        self.page += 1
        after = platform.public(self.world, self.rules)
        self.house.learn(log_of([event], self.world, after))
        self._look()
        return event

    def _house(self, request: Request, listing):
        seen = self._observe(request, listing, None)
        extra: dict[str, Any] = (
            {"truth": truth(self.world, self.rules, request)}
            if getattr(self.house, "privileged", False)
            else {}
        )
        slots, name = self.rules.params.size.slots, type(self.house).__name__
        slate = self.house.act(seen, slots, **extra)
        check_slate(slate, seen, slots, name, self.day, getattr(self.house, "repeats", False))
        return slate

    def _observe(self, request: Request, listing, candidates: Tensor | None):
        return observe(self.world, self.rules, request, self.day, self.page, listing, candidates)
