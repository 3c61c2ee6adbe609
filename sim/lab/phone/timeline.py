"""One timeline: a world, the recommender that runs it, and a learner in the place of a viewer."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from sim.lab.explain.shown import Reason, reason
from sim.lab.phone import belief
from sim.lab.run.agents import AgentSpec
from sim.presets import config
from sim.presets.errors import BadInput
from sim.seats.clock import Clock
from sim.seats.resident import Habits, Resident
from sim.seats.viewer.guest import Guests, sources
from sim.seats.viewer.puppets import with_room
from sim.world import platform
from sim.world.rules import Params
from sim.world.state import row_of

SLOTS, PAGES = 5, 32  # a recommender learns after each page: short ones let it answer soon


@dataclass(frozen=True)
class Card:
    """A video on the learner's phone."""

    video: int
    topic: int
    topic2: int
    seconds: float
    source: str  # feed; or share, follow: sent by somebody


@dataclass(frozen=True)
class Act:
    """What the learner did with it."""

    watch: float  # seconds
    like: bool = False
    follow: bool = False
    hide: bool = False


def params_of(
    world: str, platform_: str, settings: Mapping[str, Any] | None = None, guests: int = 1
) -> Params:
    """A world with short pages and room for guests; as much can be seen in a day as otherwise.
    Raises BadInput."""
    params = with_room(config.resolve(world, platform_, dict(settings or {})), guests)
    return replace(params, size=replace(params.size, slots=SLOTS, pages=PAGES))


def arrived(
    agent: Any,
    params: Params,
    seed: int,
    days: int,
    guests: Guests,
    count: int = 1,
    *,
    habits: Habits | None = None,
    tick: Callable[[int], None] | None = None,
    device: str = "cpu",
) -> Clock:
    """A platform that has lived some days, on the morning on which the guests come. Raises
    BadInput and AgentFailed."""
    story = guests.swipe, platform.turn_day
    clock = Clock(params, Resident(agent, habits), guests, device=device, story=story)
    clock.start(seed)
    for day in range(days):
        clock.live()
        if tick:
            tick(day + 1)
    clock.turn()
    guests.arrive(clock, count, seed)
    return clock


class Timeline:
    """The learner's feed under one recommender."""

    def __init__(self, label: str, clock: Clock):
        """Of a platform on whose morning guests came (`arrived`); the learner is the first."""
        assert isinstance(clock.task, Guests), "guests came"
        self.label, self.clock, self.guests = label, clock, clock.task
        self.past: list[tuple[Card, Act]] = []  # what was shown, and done with it
        self._deal()

    @classmethod
    def begun(
        cls, agent: AgentSpec, params: Params, seed: int, days: int, *, hand: bool = True,
        tick: Callable[[int], None] | None = None,
    ) -> "Timeline":  # fmt: skip
        """After so many days of a world. `hand`: whether a person swipes, of whom there is no
        hidden truth. Raises BadInput and AgentFailed."""
        if hand and agent.privileged:
            cure = "Take one that learns, or let a hidden persona swipe (--persona)."
            raise BadInput("nobody knows a person's true taste", agent.label, cure)
        clock = arrived(agent.fresh(), params, seed, days, Guests(), tick=tick)
        return cls(agent.label, clock)

    def copy(self) -> "Timeline":
        """Another that goes on from here by itself."""
        return copy.deepcopy(self)

    @property
    def card(self) -> Card | None:
        """The card at hand; None where the platform has nothing left to show."""
        return self.page[len(self.acts)] if len(self.acts) < len(self.page) else None

    @property
    def swipes(self) -> int:
        return len(self.past)

    @property
    def row(self) -> torch.Tensor:
        """The learner's, (1,)."""
        return self.guests.row[:1]

    def swipe(self, act: Act) -> None:
        """Done with the card at hand. After the last of a page the platform takes the page into
        its log, learns from it, and deals another."""
        card = self.card
        if card is None:
            return
        self.past.append((card, act))
        self.acts.append(act)
        if self.card is None:
            self.guests.answer(0, [vars(each) for each in self.acts])
            self._serve()

    def lead(self, swipes: int) -> None:
        """Lets the one whose place it is swipe, as people of this world do, until so many cards
        were seen or none are left."""
        while self.swipes < swipes and self.card is not None:
            cards = self.page
            self.clock.serve()
            self._note(cards)
            self._next()

    def night(self) -> None:
        """The learner goes to bed: what was seen of the page counts, everybody else's day ends,
        and a new one begins."""
        if self.acts and self.clock.asked:
            self.guests.answer(0, [vars(each) for each in self.acts])
            self.clock.serve()
        self.guests.leave()
        while self.clock.asked:
            self.clock.serve()
        self.clock.turn()
        self.guests.wake()
        self._deal()

    def why(self) -> Reason:
        """Why the card at hand was shown. Raises BadInput where the agent has no score."""
        at, _ = self.guests.places(self.clock.request.row)
        assert self.card is not None, "there is a card"
        return reason(self.clock, int(at[0]), self.card.video)

    def beliefs(self) -> list[float] | None:
        """By topic, as belief.beliefs."""
        found = belief.beliefs(self.clock, belief.own_scores(self.clock, self.row))
        return None if found is None else found[0].tolist()

    def taste(self) -> list[float]:
        """The true lasting taste of the one whose place it is, by topic."""
        return self.clock.world.viewers.taste[self.row][0].tolist()

    def _serve(self) -> None:
        self.clock.serve()
        self._next()

    def _next(self) -> None:
        if not self.clock.asked:  # the day's pages are used up
            self.clock.turn()
            self.guests.wake()
        self._deal()

    def _deal(self) -> None:
        ids, source = self.guests.deal()
        listing = self.clock.listing
        kept = ids[0] > 0
        ids, names = ids[0][kept], sources(source[0][kept])
        at = row_of(ids, listing.capacity)
        columns = (getattr(listing, n)[at].tolist() for n in ("topic", "topic2", "duration"))
        self.page = [Card(*each) for each in zip(ids.tolist(), *columns, names, strict=True)]
        self.acts: list[Act] = []

    def _note(self, cards: list[Card]) -> None:
        """What the law made of a page that no hand led."""
        events = self.guests.seen
        assert events is not None
        at, _ = self.guests.places(events.request.row)
        r = events.response
        watch, seen = r.watch[at[0]].tolist(), r.seen[at[0]].tolist()
        did = {n: r.did(n)[at[0]].tolist() for n in ("like", "follow", "hide")}
        for k, card in enumerate(cards):
            if seen[k]:
                self.past.append((card, Act(watch[k], *(did[n][k] for n in did))))
