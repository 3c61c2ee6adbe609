"""Seated viewers, who live by the laws of the platform in a world that was recorded."""

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.seats.recommender.record import Record
from sim.world import community, sessions, tastes, viewers
from sim.world.delivery import Delivered, handed_over
from sim.world.money import ads
from sim.world.page import STREAMS, Left, swipe_through
from sim.world.placement import ADS, toll_of, wanted
from sim.world.state import (
    Audience,
    Breaks,
    Mood,
    Recent,
    Response,
    Trends,
    Viewers,
    handed,
    joined,
    row_of,
    take,
)

S = TypeVar("S")


@dataclass(frozen=True)
class Life:
    """A viewer a seat: who they are, how they feel, when they are; all that a night needs."""

    row: Int[Tensor, " seats"]  # of the viewer in the world
    # ids in here key the luck: that of the viewer, with the number of the life in the upper half;
    # life 0 is the one that the viewer leads in the world itself
    people: Viewers
    mood: Mood
    inbox: Int[Tensor, " seats"]
    day: Int[Tensor, " seats"]
    page: Int[Tensor, " seats"]  # pages watched on that day


@dataclass(frozen=True)
class Past:
    """What a viewer remembers; pages alone change it."""

    viewer: Int[Tensor, " seats"]  # permanent id
    recent: Recent
    follows: Int[Tensor, "seats followed"]
    follow_count: Int[Tensor, " seats"]


class Lives:
    """Lives in a record, each at a day and page of its own. The laws, and the keys of all luck, are
    those of the world."""

    def __init__(self, record: Record, row: Int[Tensor, " seats"], life: Int[Tensor, " seats"]):
        """From the first morning on, awake or not."""
        record.reach(0)
        self.record, self.rules = record, record.rules
        self.pages = self.rules.params.size.pages
        self.now, self.past = self._at_dawn(row, life)
        self.shown = torch.zeros(len(row), record.ring, dtype=torch.int32, device=row.device)
        self._when: tuple[Life, Tensor, Tensor] | None = None

    def begin(self, seat: Int[Tensor, " some"], row: Tensor, life: Tensor) -> None:
        """New lives for some seats."""
        now, past = self._at_dawn(row, life)
        self.now, self.past = put(self.now, seat, now), put(self.past, seat, past)
        self.shown.index_fill_(0, seat, 0)

    def _at_dawn(self, row: Tensor, life: Tensor) -> tuple[Life, Past]:
        dawn = self.record.dawn
        people, mood, memory = take(dawn[0], row), take(dawn[1], row), take(dawn[2], row)
        recent = Recent(
            memory.history, memory.history_watch, memory.history_liked.view(torch.uint8)
        )
        luck = replace(people, id=people.id + (life << 32))
        start = torch.zeros_like(row)
        past = Past(people.id, recent, memory.follows, memory.follow_count)
        return Life(row, luck, mood, memory.inbox, start, start), past

    @property
    def awake(self) -> Bool[Tensor, " seats"]:
        """Who asks for a page now, as `platform.ask` says it."""
        return self._stand()[1]

    @property
    def moment(self) -> Int[Tensor, " seats"]:
        """Where in the record each stands."""
        return self._stand()[2]

    def _stand(self) -> tuple[Life, Tensor, Tensor]:
        if self._when is None or self._when[0] is not self.now:  # asked for again and again
            moment = self.now.day * self.record.stride + self.now.page
            self._when = self.now, self.awake_in(self.now), moment
        return self._when

    def awake_in(self, now: Life) -> Bool[Tensor, " some"]:
        left = torch.minimum(now.mood.time_left, now.mood.patience_left) > 0
        return now.mood.present & left & (now.page < self.pages)

    def was_shown(self, ids: Int[Tensor, "some n"], who: Tensor | slice = slice(None)) -> Tensor:
        """Whether the viewers of seats `who` were shown these before; never in doubt, where a large
        world itself keeps a Bloom filter."""
        return self.shown[who].gather(1, row_of(ids, self.record.ring)) == ids

    def watch(self, ids: Int[Tensor, "seats slots"]) -> tuple[Int[Tensor, "seats slots"], Response]:
        """A page: the videos as delivered, and what the viewers did. Nothing happens where a
        viewer is asleep; `ids` are 0 there."""
        now, record, moment, asking = self.now, self.record, self.moment, self.awake
        breaks = self._ads(ids.shape[1])
        by_slot = self._with_mail(ids, asking)
        slate = Delivered(
            by_slot,
            by_slot,
            handed(record.sheet, by_slot),
            _audience(now),
            self.past.follows.T.float(),
            torch.empty(len(self.past.follows), 0, device=ids.device),
            self.past.recent,
            1,
            1,
            Trends(record.trends.index_select(0, now.day)),
            now.day,
            breaks,
            None if breaks is None else toll_of(breaks, len(by_slot), self.rules.params),
        )
        dice = record.pages.at(moment).dice(STREAMS, len(by_slot))
        page, left = swipe_through(slate, self.rules, dice)
        response = page.response()
        self.now = replace(
            now,
            mood=self._left(left, asking),
            page=now.page + asking,
            inbox=torch.where(asking, self._mail(by_slot.T, response, moment), now.inbox),
        )
        followed = self._followed(by_slot.T, response)
        self.past = replace(self.past, recent=left.recent, **followed)
        self._stamp(by_slot.T, response.seen)
        return by_slot.T, response

    def _ads(self, slots: int) -> Breaks | None:
        """What stands between the videos, auctioned among those who bid in the record."""
        now, record, p = self.now, self.record, self.rules.params.ads
        if record.asked is None or record.market is None:
            return None
        after = ads.after(now.page, slots, p)
        start = ads.start(now.people.age_band, now.people.region) + self.moment * ads.CELLS
        key = record.pages.at(self.moment).fold(ADS)
        dice = key.dice(ads.STREAMS, len(after)).cast(now.people.id)
        wants = wanted(now.mood.wants, torch.arange(len(start), device=start.device))
        return ads.auction(record.market, record.asked, start, wants, after, p, dice)

    def _with_mail(self, ids: Tensor, asking: Tensor) -> Int[Tensor, "slots seats"]:
        """What friends sent joins the slates, where it may be shown today and is new."""
        sent, day = self.now.inbox, self.now.day
        who = (asking & (sent > 0)).nonzero().squeeze(1)
        if not len(who):  # most pages
            return ids.T.contiguous()
        live = (self.record.pools.ids[day[who]] == sent[who, None]).any(1)
        who = who[live & ~self.was_shown(sent[who, None], who)[:, 0]]
        return handed_over(ids, sent, who)[0]

    def _left(self, left: Left, asking: Bool[Tensor, " seats"]) -> Mood:
        """How the page left the viewers."""
        mood, p = self.now.mood, self.rules.params
        sated = mood.satiation.scatter(1, left.topic, left.satiation)
        # an empty place has a topic too, and rounding would touch it
        sated = torch.where(asking[:, None], sated, mood.satiation)
        joy = mood.joy.scatter_add(1, left.topic, left.joy) if p.feedback != "none" else mood.joy
        return replace(
            mood,
            joy=joy,
            time_left=left.time_left,
            patience_left=left.patience_left,
            goodwill=left.goodwill,
            satiation=sated,
        )

    def _stamp(self, ids: Int[Tensor, "seats slots"], seen: Bool[Tensor, "seats slots"]) -> None:
        """What was seen is remembered, at the rows of the catalogue's ring."""
        start = torch.arange(len(ids), device=ids.device)[:, None] * self.record.ring
        cell = (row_of(ids, self.record.ring) + start)[seen]
        self.shown.view(-1).index_copy_(0, cell, ids[seen].int())

    def _mail(self, ids: Tensor, response: Response, moment: Tensor) -> Int[Tensor, " seats"]:
        """What the viewers are sent while they watch; a viewer may be a friend of its own."""
        now, sent = self.now, response.did("share")
        inbox = self.record.mail[moment, now.row].long()
        if not bool(sent.any()):
            return inbox
        key = self.record.pages.at(moment)
        friend = self.record.friends(self.past.viewer, ids.shape[1], key)
        own = torch.where(sent & (friend == now.row[:, None]), ids, 0).amax(1)
        return torch.maximum(inbox, own)

    def _followed(self, ids: Tensor, response: Response) -> dict[str, Tensor]:
        past, made = self.past, response.did("follow")
        who = made.any(1).nonzero().squeeze(1)  # few
        if not len(who):
            return {}
        creator = self.record.shelf.creator[ids[who]]
        held, count = community.follow(
            past.follows[who], past.follow_count[who], creator, made[who]
        )
        return {
            "follows": past.follows.index_copy(0, who, held),
            "follow_count": past.follow_count.index_copy(0, who, count),
        }

    def of(self, seat: Int[Tensor, " some"]) -> Life:
        return self.now if len(seat) == len(self.now.row) else take(self.now, seat)

    def night(self, now: Life) -> Life:
        """Some lives through the night and to the next morning."""
        record, p = self.record, self.rules.params
        record.reach(int(now.day.max()) + 1)
        sent = record.later[now.day * record.stride + now.page, now.row].long()
        day = now.day + 1
        key = record.nights.throw(day, now.people.id)
        people, mood = sessions.close_day(now.people, now.mood, now.day, p.sessions, key)
        people, mood = tastes.answer(people, mood, p.feedback, p.tastes)
        people = viewers.drift(people, p.viewers, self.rules.tables.viewers, key)
        mood = sessions.open_day(people, mood, day, p.sessions, key)
        mood = tastes.wake(people, mood, p.tastes, key)
        inbox = torch.maximum(now.inbox, sent)
        return replace(
            now, people=people, mood=mood, inbox=inbox, day=day, page=torch.zeros_like(day)
        )

    def write(self, parts: list[tuple[Int[Tensor, " some"], Life]]) -> None:
        """Lives that went on apart, back at their seats."""
        if not parts:
            return
        seats, lives = zip(*parts, strict=True)
        seat = torch.cat(seats)
        now = lives[0] if len(parts) == 1 else joined(lives)
        self.now = now if len(seat) == len(self.now.row) == 1 else put(self.now, seat, now)


def _audience(now: Life) -> Audience:
    """As `state.audience`, of all."""
    names = (field.name for field in fields(Audience))
    of = {n: getattr(now.people if hasattr(now.people, n) else now.mood, n) for n in names}
    of["leaning"] = of["leaning"].T.contiguous().T
    return Audience(**of)


def put(struct: S, at: Int[Tensor, " some"], new: S) -> S:
    """`struct` with the rows `at` taken from `new`, nested structs included."""
    changed = {}
    for field in fields(struct):  # type: ignore[arg-type]
        old, value = getattr(struct, field.name), getattr(new, field.name)
        changed[field.name] = (
            old.index_copy(0, at, value) if isinstance(old, Tensor) else put(old, at, value)
        )
    return replace(struct, **changed)  # type: ignore[type-var]
