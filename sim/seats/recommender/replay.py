"""Seats in a world on record: each leads a life of its own there, and moves nobody else's."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.recommender.candidates import OFFER, Asking, Counter
from sim.seats.recommender.lives import Life, Lives
from sim.seats.recommender.record import Record, recorded
from sim.seats.recommender.seats import Seats
from sim.seats.recommender.spaces import Seen, encode
from sim.seats.recommender.task import Episode
from sim.seats.recommender.view import band_and_region, profile_of
from sim.world.rng import Keyring, key, streams
from sim.world.rules import Params, rules
from sim.world.state import row_of, take

WHO, LIFE = streams("replay", "who sits", "which life")


class Replay(Seats):
    """Seats that step each at a day and page of its own, so that all are awake until they end.

    What the seats do is left out of the rest of the world: counts, followers, trends, what creators
    post and whom friends send videos to are as they were when the house served everybody.
    """

    # fewer checks; but who wants tensors to learn from needs others than this makes
    quiet = torch.inference_mode

    def __init__(self, params: Params, episode: Episode, seats: int):
        super().__init__(rules(params, episode.device), episode, seats)
        self.met: tuple[int, int] | None = None  # seed and future of the world on record
        self.begun = torch.zeros(seats, dtype=torch.int64, device=self.device)  # episodes

    record: Record
    lives: Lives

    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """All seats begin anew; a seed is that of a world, without one the world stays."""
        if seed is None:
            seed = self.met[0] if self.met else int(rng.integers(1 << 31))
        if self.met != (met := (seed, self.future(options))):
            self.record = recorded(self.rules.params, self.episode, *met)
            self._open(self.record)
            self.met = met
        self.dealer = key(int(rng.integers(1 << 62)), self.device)
        self.begun = torch.zeros_like(self.begun)
        everyone = torch.arange(self.seats, device=self.device)
        row, life = self._dealt(everyone)
        self.lives = Lives(self.record, row, life)
        self._begin(everyone)

    def _open(self, record: Record) -> None:
        moments = Keyring.of(record.root.luck.fold(OFFER), record.days, record.stride)
        self.counter = Counter(record.pools, moments, self.episode.candidates)
        record.reach(0)
        people, mood, _ = record.dawn
        self.came = mood.present.nonzero().squeeze(1)
        self.traits = band_and_region(people.age_band, people.region)
        if not len(self.came):
            cure = "Take a larger world=, or another seed."
            raise BadInput("a viewer comes on the first day", "none", cure)

    def deal(self, which: Bool[Tensor, " seats"]) -> None:
        """New episodes in some seats."""
        seat = which.nonzero().squeeze(1)
        if len(seat):
            self.lives.begin(seat, *self._dealt(seat))
            self._begin(seat)

    def _dealt(self, seat: Int[Tensor, " some"]) -> tuple[Tensor, Tensor]:
        """Who sits: one of those who come on the first day, drawn evenly; and which of their lives.

        Keyed by seat and episode, so a seat fares the same however many others there are.
        """
        self.begun[seat] += 1
        name = seat + (self.begun[seat] << 32)
        place = self.dealer.fold(WHO).integer(name, len(self.came))
        return self.came[place], 1 + self.dealer.fold(LIFE).integer(name, (1 << 31) - 1)

    def _begin(self, seat: Int[Tensor, " some"]) -> None:
        if len(seat) == self.seats:
            self.held = torch.ones(self.seats, dtype=torch.bool, device=self.device)
            self.over = torch.zeros_like(self.held)
        self.held, self.over = self.held.index_fill(0, seat, 1), self.over.index_fill(0, seat, 0)
        self.tallies.clear(seat)
        self._count(seat)

    def _count(self, seat: Int[Tensor, " some"]) -> None:
        present = self.lives.now.mood.present[seat]
        self.tallies.morning(seat, torch.ones_like(present), present)

    @property
    def awake(self) -> Bool[Tensor, " seats"]:  # type: ignore[override]
        return self.lives.awake & self.held

    @property
    def viewer(self) -> Int[Tensor, " seats"]:  # type: ignore[override]
        return self.lives.past.viewer

    @property
    def day(self) -> Int[Tensor, " seats"]:  # type: ignore[override]
        return self.lives.now.day

    @property
    def pages(self) -> Int[Tensor, " seats"]:  # type: ignore[override]
        return self.lives.now.page

    def serve(self, ids: Int[Tensor, "seats slots"]) -> Float[Tensor, " seats"]:
        awake = self.awake
        shown, response = self.lives.watch(ids)
        return self.paid(response, self.record.duration[shown], self.record.topic[shown], awake)

    def turn(
        self, actions: Any, fresh: Bool[Tensor, " seats"], rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        reward = self.serve(self.choose(actions, self.seats))
        self.run_on()
        gone, over = ~self.held & ~fresh, self.over & ~fresh
        self.deal(fresh)
        return reward, gone, over

    def run_on(self) -> None:
        """Every seat through its nights, until its viewer comes, is gone, or the days are over."""
        seat = (self.held & ~self.over & ~self.awake).nonzero().squeeze(1)
        if not len(seat):
            return
        done: Parts = []
        part = self.lives.of(seat)
        seat, part = _until(seat, part, self._over(seat, part), done)
        while len(seat):
            part = self.lives.night(part)
            here = part.people.registered
            self.held = self.held.index_copy(0, seat, here)
            self.tallies.morning(seat, here, part.mood.present)
            stop = ~here | self.lives.awake_in(part)
            seat, part = _until(seat, part, stop | self._over(seat, part, ~stop), done)
        self.lives.write(done)

    def _over(self, seat: Tensor, part: Life, among: Tensor | bool = True) -> Bool[Tensor, " some"]:
        """Whose days are over, of those `among` them who are not awake: nor will be, today."""
        over = (part.day + 1 >= self.episode.days) & among
        self.over = self.over.index_copy(0, seat, over)
        return over

    def observe(self) -> dict[str, Tensor]:
        now, past, awake = self.lives.now, self.lives.past, self.awake
        asking = Asking(self.lives.moment, now.day, now.people.id, self.lives.was_shown)
        self.offered = self.counter.serve(asking) * awake[:, None]
        self.past = past.recent.ids * self.held[:, None]
        shelf, follows = self.record.shelf, past.follows
        seen = Seen(
            self.offered,
            shelf.candidates(*self._place(self.offered), follows),
            self.past,
            shelf.history(*self._place(self.past), follows),
            past.recent.watch,
            past.recent.liked,
            profile_of(self.traits[now.row], now.day - now.people.joined, follows),
            now.mood.hour,
            (now.page / self.rules.params.size.pages).clamp(max=1),
        )
        return encode(seen, awake, self.held)

    def _place(self, ids: Int[Tensor, "seats n"]) -> tuple[Tensor, Tensor]:
        """Where on the shelf these stand at the seats' moments; nowhere if another took the row."""
        record = self.record
        known = ids > (record.newest[self.lives.now.day] - record.ring).clamp(min=0)[:, None]
        start = self.lives.moment * (record.ring + 1)
        return ids * known, (row_of(ids, record.ring) + 1) * known + start[:, None]


Parts = list[tuple[Tensor, Life]]


def _until(
    seat: Int[Tensor, " some"], part: Life, stop: Bool[Tensor, " some"], done: Parts
) -> tuple[Tensor, Life]:
    """Those who do not stop; the others, with their seats, are added to `done`."""
    if bool(stop.all()):
        done.append((seat, part))
        return seat[:0], part
    if bool(stop.any()):
        at, on = stop.nonzero().squeeze(1), (~stop).nonzero().squeeze(1)
        done.append((seat[at], take(part, at)))
        seat, part = seat[on], take(part, on)
    return seat, part
