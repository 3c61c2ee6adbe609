"""Somebody sits down in the place of a viewer: a person who swipes, or the law that swipes for one.

Guests arrive on a morning as newcomers: an account without a past, with the traits of somebody who
lives there already, their soul. What a guest does by hand takes the place of what people would have
done; what it does goes into the log that the recommender learns from, as everybody's does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import torch
from jaxtyping import Int
from torch import Tensor

from sim.presets.errors import BadInput
from sim.seats.clock import Clock, Task
from sim.seats.viewer.script import AT_EASE, Acts, acted
from sim.world import viewers
from sim.world.delivery import deliver
from sim.world.page import swipe_through
from sim.world.rng import key, streams
from sim.world.state import EVENT_FLAGS, SOURCES, Events, Slate, World, row_of, take

(SOUL,) = streams("viewer guests", "soul")
LONG = 1e6  # seconds, and videos: a guest's day ends when the guest ends it
EVENING = 20.0  # hour; assumed
NAMED = ("id", "registered", "joined")  # of an account, not of whose it is
LIKE = 1 << EVENT_FLAGS.index("like")
ANSWERS = ("like", "follow", "hide")  # that a hand gives


class Guests(Task):
    """The guests of one clock: their rows, the page dealt to each, and what they did with it.

    Make the clock with `story=(guests.swipe, platform.turn_day)`, live some days, then `arrive`.
    Then, page by page: `deal` what each is shown, `answer` where a hand decides, `clock.serve()`.
    """

    def __init__(self, likes: bool = True):
        """`likes`: whether the platform keeps what guests liked; all else that they do it does."""
        self.likes = likes
        self.clock: Clock | None = None
        self.row: Int[Tensor, " guests"] = torch.zeros(0, dtype=torch.int64)
        self.soul: Int[Tensor, " guests"] = self.row  # whose traits they have
        self.dealt: Slate | None = None
        self.hands: dict[int, list[Mapping[str, float]]] = {}  # by guest, in the order of slots
        self.seen: Events | None = None  # the last page

    def arrive(self, clock: Clock, count: int, seed: int) -> None:
        """So many guests join on this morning, in rows that nobody used. Raises BadInput."""
        world = clock.world
        free = (world.viewers.joined == viewers.NEVER).nonzero().squeeze(1)
        if len(free) < count:
            cure = "Make the world with room for them (sim.seats.viewer.puppets.with_room)."
            raise BadInput("a guest has a row of its own", f"{len(free)} for {count}", cure)
        self.clock, self.row = clock, free[-count:]
        self.soul = souls(world, count, seed)
        people, mood, row = world.viewers, world.mood, self.row
        born = {f.name: getattr(people, f.name) for f in fields(people) if f.name not in NAMED}
        new = {name: x.index_copy(0, row, x[self.soul]) for name, x in born.items()}
        ones = torch.ones_like(row)
        new["registered"] = people.registered.index_copy(0, row, ones > 0)
        new["joined"] = people.joined.index_copy(0, row, world.day.expand(count))
        memory = viewers.settle(world.memory, row, ones > 0)
        people = replace(people, **new)
        clock.take(replace(world, viewers=people, memory=memory, mood=_awake(mood, people, row)))

    def wake(self) -> None:
        """Another day: all guests come again, fresh."""
        clock = self._clock()
        mood = _awake(clock.world.mood, clock.world.viewers, self.row)
        clock.take(replace(clock.world, mood=mood))

    def leave(self) -> None:
        """The guests have seen enough of today."""
        clock = self._clock()
        present = clock.world.mood.present.index_fill(0, self.row, False)
        clock.take(replace(clock.world, mood=replace(clock.world.mood, present=present)))

    def deal(self) -> tuple[Int[Tensor, "guests slots"], Int[Tensor, "guests slots"]]:
        """The videos that lie on each guest's phone, and how they came there (SOURCES)."""
        clock = self._clock()
        at, _ = self.places(clock.request.row)
        request = take(clock.request, at)
        self.dealt = clock.resident.slate(clock, request)
        self.hands = {}
        post = deliver(clock.world, clock.rules, request, self.dealt.ids)
        return post.ids.T, post.source.T

    def answer(self, guest: int, acts: Sequence[Mapping[str, float]]) -> None:
        """What a hand did with the first cards of a page: `watch` seconds, and 1 for each of
        ANSWERS. Cards beyond were not seen."""
        self.hands[guest] = list(acts)

    def slate(self, clock: Clock, own: Tensor) -> Slate | None:
        at, _ = self.places(clock.request.row)
        if self.dealt is None or not len(at):
            return None
        own[at] = True
        dealt, slots = self.dealt, self.dealt.ids.shape[1]
        ids = dealt.ids.new_zeros(len(own), slots).index_copy(0, at, dealt.ids)
        logp = torch.full_like(ids, torch.nan, dtype=torch.float32)
        if dealt.logp is not None:
            logp.index_copy_(0, at, dealt.logp.float())
        return Slate(ids, logp)

    def page(self, clock: Clock, events: Events) -> None:
        self.dealt, self.hands, self.seen = None, {}, events

    def places(self, row: Int[Tensor, " some"]) -> tuple[Tensor, Tensor]:
        """Which of these rows are guests': their places, and which guest each is."""
        if not len(self.row):
            return self.row, self.row
        who = torch.searchsorted(self.row, row).clamp(max=len(self.row) - 1)
        at = (self.row[who] == row).nonzero().squeeze(1)
        return at, who[at]

    def swipe(self, slate, rules, dice):
        """A page of the story: people swipe as people do, and so do guests whom no hand leads."""
        page, left = swipe_through(slate, rules, dice)
        if self.clock is None:
            return page, left
        at, who = self.places(row_of(slate.viewers.id, len(self.clock.world.viewers.id)))
        if len(at) and not self.likes:
            unliked = page.flags[at] & ~LIKE
            page = replace(page, flags=page.flags.index_copy(0, at, unliked))
            forgot = left.recent.liked.index_fill(0, at, 0)
            left = replace(left, recent=replace(left.recent, liked=forgot))
        led = [i for i, guest in enumerate(who.tolist()) if guest in self.hands]
        if not led:
            return page, left
        hands = [self.hands[int(who[i])] for i in led]
        acts = _acts(hands, slate.ids[:, at[led]], slate.viewers.patience_left[at[led]], self.likes)
        return acted(slate, page, left, at[led], acts)

    def _clock(self) -> Clock:
        assert self.clock is not None, "arrive comes first"
        return self.clock


def souls(world: World, count: int, seed: int) -> Int[Tensor, " count"]:
    """Rows of residents whose traits guests take, drawn evenly: the same for every recommender on
    one seed, since who was there before the first day hangs on nothing that it does."""
    people = world.viewers
    there = (people.joined < 0).nonzero().squeeze(1)
    draw = key(seed, there.device).fold(SOUL).uniform(people.id)
    return there[draw[there].argsort()][:count]


def sources(source: Tensor) -> list[str]:
    return [SOURCES[i] for i in source.tolist()]


def _awake(mood, people, row: Tensor):
    """The mood of guests who come now, with nothing behind them today."""
    ones = torch.ones(len(row), device=row.device)
    day = {
        "present": ones > 0, "hour": EVENING * ones, "time_left": LONG * ones,
        "patience_left": LONG * ones, "goodwill": AT_EASE * ones, "wants": people.taste[row],
    }  # fmt: skip
    blank = {name: torch.zeros_like(getattr(mood, name)[row]) for name in ("satiation", "fancy")}
    new = {n: getattr(mood, n).index_copy(0, row, x) for n, x in {**day, **blank}.items()}
    return replace(mood, **new)


def _acts(hands: list, ids: Tensor, patience: Tensor, likes: bool) -> Acts:
    """From (led, cards) to (slots, led)."""
    seen = torch.zeros(ids.shape, device=ids.device)
    watch, flags = torch.zeros_like(seen), torch.zeros_like(ids, dtype=torch.int32)
    for j, hand in enumerate(hands):
        for slot, act in enumerate(hand):
            seen[slot, j], watch[slot, j] = 1.0, float(act["watch"])
            bits = (int(bool(act.get(n))) << EVENT_FLAGS.index(n) for n in ANSWERS)
            flags[slot, j] = sum(bits) & (-1 if likes else ~LIKE)
    return Acts(seen, watch, flags, torch.zeros_like(seen), patience - seen.sum(0))
