"""What a seat is offered for a page: a few of the videos that its viewer may still be shown."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from sim.world.rng import Keyring, streams
from sim.world.state import Catalog

HALF_LIFE = 1.0  # days until a video's chance by freshness has halved; assumed, as the house's
CROWDED = 16  # where a pool holds fewer videos than this for each candidate, all of them race
OFFER, DRAWN, RACED, ORDER = streams("candidates", "offer", "drawn", "raced", "order")


class Pools:
    """The videos that may be shown on each of some days, and their chances to be candidates.

    A third of the chance is by heat, a third by freshness, a third even.
    """

    def __init__(self, days: int, most: int, device: torch.device):
        self.ids = torch.zeros(days, most, dtype=torch.int64, device=device)
        self.chance = torch.zeros(days, most, device=device)
        # of the chances added up, days one after another: `day` to `day + 1`
        self.edge = torch.arange(1.0, days + 1, dtype=torch.float64, device=device)
        self.edge = self.edge[:, None].repeat(1, most)
        self.size = 0  # of the largest pool
        # to find a draw's place without a search: where to begin looking, by even steps of luck
        self.steps = 1 << (2 * most).bit_length()
        self.guide = torch.zeros(days, self.steps, dtype=torch.int64, device=device)
        self.reach = 0  # places that a look may have to go on

    def __deepcopy__(self, memo: dict) -> "Pools":
        return self  # what was put stays: copies share it

    def put(self, day: int, listing: Catalog) -> None:
        row = listing.eligible.nonzero().squeeze(1)
        row = row[listing.id[row].argsort()]  # rows hang on the ring's size
        chance = _chance(listing, row)
        n = len(row)
        self.ids[day, :n], self.chance[day, :n] = listing.id[row], chance
        sums = chance.double().cumsum(0)
        self.edge[day, :n] = day + (sums / sums[-1:]).clamp(max=1)
        self.size = max(self.size, n)
        luck = torch.arange(self.steps + 1, dtype=torch.float64, device=row.device) / self.steps
        start = torch.searchsorted(self.edge[day], day + luck, right=True)
        self.guide[day] = start[:-1] + day * self.edge.shape[1]
        self.reach = max(self.reach, int(start.clamp(max=max(0, n - 1)).diff().max()))

    def place(self, day: Int[Tensor, " seats"], luck: Float[Tensor, "seats n"]) -> Tensor:
        """Of the videos drawn by their chances, in the pools laid one after another."""
        edge = self.edge.view(-1)
        luck = luck.double()
        step = (luck * self.steps).long() + (day * self.steps)[:, None]
        place, luck = self.guide.view(-1)[step], luck + day[:, None]
        for _ in range(self.reach):
            place += edge[place] <= luck
        return place


def _chance(listing: Catalog, row: Int[Tensor, " pool"]) -> Float[Tensor, " pool"]:
    heat = listing.heat[row]
    fresh = 0.5 ** (listing.age[row].float() / HALF_LIFE)
    even = torch.ones_like(heat)
    return sum((p / p.sum().clamp(min=1e-6) for p in (heat, fresh)), even / max(1, len(row)))


@dataclass(frozen=True)
class Asking:
    """Seats that ask for candidates, each for its viewer at a moment of its own."""

    moment: Int[Tensor, " seats"]  # which of the keys is theirs
    day: Int[Tensor, " seats"]  # which of the pools
    name: Int[Tensor, " seats"]  # of the viewers; keys their luck
    # (ids (seats, n), places of those seats) -> (seats, n): shown to the viewer before
    shown: Callable[[Tensor, Tensor | slice], Tensor]


class Counter:
    """Where candidates are handed out: `count` distinct videos, never shown to the viewer.

    Drawn without replacement by their chances. The order is by luck, so a place among the
    candidates tells nothing; padding (0) comes last. The luck is keyed by viewer and moment, so it
    does not depend on who else asks. In a race it is keyed by the video's id too: whatever else the
    catalogue holds, a video's clock runs on the same luck. Draws from a large pool are places in
    the sum of its chances, in the order of ids: another pool is another sum.
    """

    def __init__(self, pools: Pools, moments: Keyring, count: int):
        """`moments`: as many keys for each of the pools, one pool's after another's."""
        self.pools, self.count = pools, count
        self.stride = len(moments.bits) // len(pools.ids)
        self.salt: Tensor | None = None  # of the race, at each moment for the day's pool
        self.salted = 0  # days
        self.drawn, self.raced = moments.fold(DRAWN), moments.fold(RACED)
        self.order = moments.fold(ORDER).salts((count,)).argsort(dim=1)
        self.board: Tensor | None = None

    def serve(self, asking: Asking) -> Int[Tensor, "seats candidates"]:
        if self.pools.size < CROWDED * self.count:
            salt = self._salts(int(asking.day.max()))[asking.moment, : self.pools.size]
            return self._shuffled(self._race(asking, slice(None), salt), asking.moment)
        ids = self._draw(asking)
        short = (ids[:, -1] == 0).nonzero().squeeze(1)
        if len(short):  # seldom: who has seen most of what is likely
            pool = self.pools.ids[asking.day[short], : self.pools.size]
            salt = self.raced.salts_named(asking.moment[short], pool)
            ids[short] = self._race(asking, short, salt)
        return self._shuffled(ids, asking.moment)

    def _draw(self, asking: Asking) -> Int[Tensor, "seats candidates"]:
        """One after another, twice as many as are needed; doubles and what was shown are passed
        over, which is to draw without replacement."""
        pools, count, seats = self.pools, self.count, len(asking.day)
        luck = self.drawn.at(asking.moment).uniform(asking.name, 2 * count)
        place = pools.place(asking.day, luck)
        ids = pools.ids.view(-1).index_select(0, place.view(-1)).view(place.shape)
        good = self._first(place - (asking.day * pools.ids.shape[1])[:, None])
        good &= ~asking.shown(ids, slice(None))
        rank = good.cumsum(1)
        slot = torch.where(good & (rank <= count), rank - 1, count)
        return ids.new_zeros(seats, count + 1).scatter_(1, slot, ids)[:, :count]

    def _first(self, place: Int[Tensor, "seats tries"]) -> Bool[Tensor, "seats tries"]:
        """Where a place is drawn for the first time."""
        seats, tries = place.shape
        if self.board is None or len(self.board) != seats:
            shape = seats, self.pools.ids.shape[1]
            self.board = torch.full(shape, tries, dtype=torch.int16, device=place.device)
        turn = torch.arange(tries, dtype=torch.int16, device=place.device).expand(seats, -1)
        self.board.scatter_reduce_(1, place, turn, "amin")
        first = self.board.gather(1, place) == turn
        self.board.scatter_(1, place, tries)  # clean for the next time
        return first

    def _salts(self, day: int) -> Int[Tensor, "moments pool"]:
        """Mixed when a day is first asked for."""
        if self.salt is None:
            shape = len(self.raced.bits), self.pools.ids.shape[1]
            self.salt = torch.empty(shape, dtype=torch.int32, device=self.pools.ids.device)
        for new in range(self.salted, day + 1):
            some = slice(new * self.stride, (new + 1) * self.stride)
            self.salt[some] = self.raced.salts_named(some, self.pools.ids[new])
        self.salted = max(self.salted, day + 1)
        return self.salt

    def _race(self, asking: Asking, who: Tensor | slice, salt: Tensor) -> Tensor:
        """All at once: the first of exponential clocks that run by the chances."""
        n, day, moment = self.pools.size, asking.day[who], asking.moment[who]
        ids, chance = (x[:, :n].index_select(0, day) for x in (self.pools.ids, self.pools.chance))
        clock = self.raced.uniform_named(moment, asking.name[who], salt).log_() / chance
        clock.masked_fill_(asking.shown(ids, who), -torch.inf)
        value, place = clock.topk(min(self.count, n), dim=1)
        best = ids.gather(1, place).masked_fill_(value == -torch.inf, 0)
        return functional.pad(best, (0, self.count - best.shape[1]))

    def _shuffled(self, ids: Tensor, moment: Tensor) -> Int[Tensor, "seats candidates"]:
        """In one order a moment, for all who ask."""
        mixed = ids.gather(1, self.order.index_select(0, moment))
        empty = mixed == 0
        if not bool(empty.any()):
            return mixed
        return mixed.gather(1, empty.to(torch.uint8).argsort(dim=1, stable=True))
