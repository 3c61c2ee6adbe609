"""A world under the house recommender, recorded day by day, for seats whose viewers live in it
without being part of it."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.clock import Clock, Task
from sim.seats.recommender.candidates import Pools
from sim.seats.recommender.features import MOVING, Shelf
from sim.seats.recommender.task import Episode
from sim.seats.resident import Resident
from sim.world import community, placement
from sim.world.money import ads
from sim.world.rng import Key, Keyring
from sim.world.rules import COMMUNITY, NIGHT, PAGES, Params
from sim.world.state import Catalog, Events, Memory, Mood, Viewers, World, rows, sheet_width

MOST_BYTES = 4 << 30  # of what moves from page to page


class Record:
    """What the rest of a world shows to one viewer, at every moment of the days recorded so far.

    Moment `day * stride + page` is the morning's or that after so many pages. Videos are found by
    id, at rows of their own; row 0 is for nothing.
    """

    def __init__(
        self,
        params: Params,
        house: Any,
        days: int,
        *,
        seed: int,
        future: int = 0,
        device: str = "cpu",
        task: Task | None = None,
    ):
        """`task`: who else decides something in the world that is recorded."""
        # a recorded world has no brands: seats would need every day's posts of all they follow;
        # nor threats, which seats would have to suffer
        params = replace(params, brands="off", threats="none")
        self.days, self.stride = days, params.size.pages + 1
        self.ring = params.ring
        moments = days * self.stride
        width = (self.ring + 1) * MOVING
        if moments * width * 4 > MOST_BYTES:
            rule = f"a record of what moves takes at most {MOST_BYTES >> 30} GiB"
            got = f"{moments * width * 4 / 2**30:.1f} GiB for {days} days of {self.ring:,} videos"
            raise BadInput(rule, got, "Take fewer days=, a smaller world=, or exact=True.")
        self.seed, self.future = seed, future
        with _usual():
            self.clock = Clock(params, Resident(house), task, device=device)
            self.clock.start(seed, future)
            self.rules, self.root = self.clock.rules, self.clock.root
            self._make_room(params, moments)

    dawn: tuple[Viewers, Mood, Memory]  # of the first morning

    def _make_room(self, params: Params, moments: int) -> None:
        """Memory is taken up only as days are recorded."""
        device, most = (
            self.clock.device,
            params.upload_width * (params.catalog.life + 1 + self.days),
        )

        def room(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
            return torch.empty(*shape, dtype=dtype, device=device)

        self.shelf = Shelf(most, self.ring, moments, device)
        self.sheet = room(most + 1, sheet_width(params.size.styles), dtype=torch.int32)
        self.topic, self.duration = room(most + 1, dtype=torch.int64), room(most + 1)
        self.topic[0], self.duration[0] = 0, 1.0
        self.mail = room(moments, params.viewer_rows, dtype=torch.int32)
        self.later = torch.empty_like(self.mail)  # the newest sent at or after a moment of a day
        self.trends = room(self.days, len(params.videos.category_share))
        self.newest = room(self.days, dtype=torch.int64)  # id
        self.pools = Pools(self.days, self.ring, device)
        # who was asked to bid for places between the videos; None where nobody advertises
        sold = self.clock.world.money is not None and params.ads.every
        self.asked = room(moments, ads.CELLS, dtype=torch.int16) if sold else None
        self.market = self.clock.world.money.market if self.clock.world.money else None
        self.lived = self.stock = 0  # days, and videos on the shelf
        luck = self.root.luck
        self.pages = Keyring.of(luck.fold(PAGES), self.days, self.stride)
        self.nights = Keyring.of(luck.fold(NIGHT), self.days + 1)

    def __deepcopy__(self, memo: dict) -> "Record":
        return self  # what is on record does not change: copies of a seat share it

    def reach(self, day: int) -> None:
        """Record up to this day, at most the last."""
        if self.lived > min(day, self.days - 1):
            return
        with _usual():
            while self.lived <= min(day, self.days - 1):
                self._live()

    def _live(self) -> None:
        clock, day = self.clock, self.lived
        clock.turn()
        if day == 0:
            self.dawn = _copied(clock.world)
        self._stock(clock.world, clock.listing)
        self.pools.put(day, clock.listing)
        self.trends[day] = clock.world.trends.strength
        self.newest[day] = self.stock
        cut = slice(day * self.stride, (day + 1) * self.stride)
        for moment in range(cut.start, cut.stop):
            self.shelf.tell(moment, clock.listing)
            if self.asked is not None:
                key = self.root.luck.fold(PAGES).fold(day).fold(moment - cut.start)
                self.asked[moment] = placement.asked(clock.world, key).flatten().short()
            self.mail[moment] = self._mail(clock.serve()) if clock.asked else 0
        self.later[cut] = self.mail[cut].flip(0).cummax(0).values.flip(0)
        self.lived += 1

    def _stock(self, world: World, listing: Catalog) -> None:
        """New videos; ids follow each other as they are posted."""
        row = (listing.id > self.stock).nonzero().squeeze(1)
        ids = listing.id[row]
        self.sheet[0] = world.videos.sheet[0]  # of anything: in an empty place nobody looks
        self.shelf.put(ids, listing, row)
        self.sheet[ids] = world.videos.sheet[row]
        self.topic[ids], self.duration[ids] = listing.topic[row], listing.duration[row]
        self.stock = max(self.stock, *ids.tolist()) if len(ids) else self.stock

    def _mail(self, events: Events) -> Int[Tensor, " viewers"]:
        """The newest video that each viewer was sent by another in a page."""
        request, sent = events.request, events.response.did("share")
        key = self.root.luck.fold(PAGES).fold(events.day).fold(events.page)
        friend = self.friends(request.viewer, events.ids.shape[1], key)
        value = torch.where(sent & (friend != request.row[:, None]), events.ids, 0)
        none = request.row.new_zeros(self.rules.params.viewer_rows)
        return none.scatter_reduce(0, friend.flatten(), value.flatten(), "amax")

    def friends(self, sender: Int[Tensor, " awake"], slots: int, key: Key) -> Tensor:
        """The rows of those to whom viewers would send what is in each slot; the page's `key`."""
        size, graph = self.rules.params.size, self.root.fold(COMMUNITY)
        own = self.rules.params.community
        return community.friends(sender, slots, size.viewers, own, key, graph)


@contextmanager
def _usual() -> Iterator[None]:
    """Torch as the house knows it, which may learn."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


def _copied(world: World) -> tuple[Viewers, Mood, Memory]:
    """What pages and nights write over; nobody has been shown anything yet."""
    memory = replace(world.memory, shown=world.memory.shown[:, :0])
    return tuple(rows(s, torch.clone) for s in (world.viewers, world.mood, memory))  # type: ignore


_KEPT: "OrderedDict[tuple, Record]" = OrderedDict()
KEPT = 4  # records that a process holds at once, so that a training and an evaluation share one


def recorded(params: Params, episode: Episode, seed: int, future: int = 0) -> Record:
    """The record of a world, made now or held from before; the oldest is let go."""
    who = params, episode.house, episode.days
    make = partial(Record, *who, seed=seed, future=future, device=episode.device)
    if not isinstance(episode.house, str):  # an object may learn: nobody shares it
        return make()
    known = params, episode.house, episode.days, seed, future, episode.device
    if known not in _KEPT:
        _KEPT[known] = make()
    _KEPT.move_to_end(known)
    while len(_KEPT) > KEPT:
        _KEPT.popitem(last=False)
    return _KEPT[known]
