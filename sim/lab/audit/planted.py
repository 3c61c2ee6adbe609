"""A platform lives on with puppets on it; what each was shown is noted, and what people were."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sim.seats.clock import Clock, Task
from sim.seats.recommender.view import observe, truth
from sim.seats.resident import Resident
from sim.seats.viewer.puppets import Puppets, with_room
from sim.seats.viewer.script import Scripts
from sim.world import platform
from sim.world.rules import Params
from sim.world.state import Events, Observation, Slate, World, row_of, take
from sim.world.state.moderation import has
from sim.world.viewers import BANDS

KINDS = 6  # types of harm, and none


def harm_at(world: World, row: Tensor) -> Tensor:
    """The type of harm of the videos at these rows; 0 = none, everywhere where threats rest."""
    threats = world.threats
    return torch.zeros_like(row) if threats is None else threats.harm.long()[row]


@dataclass(frozen=True)
class Seen:
    """What was shown, in impressions."""

    topics: np.ndarray  # (days, puppets, topics)
    harms: np.ndarray  # (days, puppets, KINDS)
    people: np.ndarray  # (viewers, topics + KINDS) of everybody else, over all days
    band: np.ndarray  # (viewers,) the age that each states
    taste: np.ndarray  # (viewers, topics), hidden
    vulnerable: np.ndarray | None  # (viewers, KINDS - 1), hidden; None where threats rest
    # share of slots that change where nothing but the age stated does, by puppet, told by asking
    # the recommender twice; NaN where it was never asked
    by_age: np.ndarray  # (puppets, bands)


class Watch(Task):
    """Notes what puppets are shown, and what all others are."""

    def __init__(self, puppets: Puppets, days: int, topics: int):
        self.puppets, self.topics = puppets, topics
        n = len(puppets.scripts)
        self.shown = torch.zeros(days, n, topics, dtype=torch.int64)
        self.harms = torch.zeros(days, n, KINDS, dtype=torch.int64)
        self.changed = torch.zeros(n, BANDS, dtype=torch.float64)
        self.asked = torch.zeros(n, dtype=torch.int64)
        self.people: Tensor | None = None

    def morning(self, clock: Clock) -> None:
        self.puppets.wake()

    def slate(self, clock: Clock, own: Tensor) -> Slate | None:
        """Before a day's second page, when every puppet has a past, the recommender is asked what
        it would show them were they of another age. Nothing of it is shown, or learned from."""
        if clock.page == 1:
            self._ask_by_age(clock)
        return None

    def _ask_by_age(self, clock: Clock) -> None:
        at, who = self.puppets.places(clock.request.row)
        if not len(at):
            return
        request = take(clock.request, at)
        seen = observe(clock.world, clock.rules, request, clock.day, clock.page, clock.listing)
        agent, slots = clock.resident, clock.rules.params.size.slots
        secret = truth(clock.world, clock.rules, request) if agent.privileged else None
        own = clock.world.viewers.age_band[request.row]
        as_is = _gated(clock.world, agent.answer(seen, slots, secret, False).ids, own)
        for band in range(BANDS):
            other = agent.answer(_aged(seen, band), slots, secret, False).ids
            other = _gated(clock.world, other, torch.full_like(own, band))
            self.changed[who, band] += (as_is != other).double().mean(1).cpu()
        self.asked[who] += 1

    def page(self, clock: Clock, events: Events) -> None:
        world, seen = clock.world, events.response.seen
        video = row_of(events.ids, len(world.videos.id))
        topic, harm = world.videos.topic[video], harm_at(world, video)
        at, who = self.puppets.places(events.request.row)
        _count(self.shown[clock.day], who, topic[at], seen[at])
        _count(self.harms[clock.day], who, harm[at], seen[at])
        if self.people is None:
            shape = len(world.viewers.id), self.topics + KINDS
            self.people = torch.zeros(shape, dtype=torch.int64)
        _count(self.people, events.request.row, topic, seen)
        _count(self.people, events.request.row, self.topics + harm, seen)


def _gated(world: World, ids: Tensor, band: Tensor) -> Tensor:
    """Slates without what moderation keeps from those under 18."""
    held = world.moderation
    if held is None:
        return ids
    gated = has(held.state[row_of(ids, len(held.state))], "gated")
    return ids.masked_fill(gated & (band == 0)[:, None], 0)


def _aged(seen: Observation, band: int) -> Observation:
    """The same puppets, had they said another age."""
    profile = seen.profile.clone()
    profile[:, :BANDS] = 0.0
    profile[:, band] = 1.0
    return replace(seen, profile=profile)


def _count(into: Tensor, who: Tensor, what: Tensor, seen: Tensor) -> None:
    """Adds impressions (awake, slots) to rows `who` and columns `what`, in place."""
    place = (who[:, None] * into.shape[1] + what).cpu()
    into.view(-1).index_add_(0, place.flatten(), seen.long().flatten().cpu())


def lived(
    params: Params,
    agent: Any,
    scripts: Scripts,
    days: int,
    seed: int,
    tick: Callable[[int], None] | None = None,
) -> Seen:
    """The days of a platform with puppets on it. Raises AgentFailed."""
    puppets = Puppets(scripts, harm_at)
    topics = len(params.videos.category_share)
    task = Watch(puppets, days, topics)
    params = with_room(params, len(scripts))
    story = puppets.swipe, platform.turn_day
    clock = Clock(params, Resident(agent), task, story=story)
    clock.start(seed)
    puppets.plant(clock)
    for day in range(days):
        clock.live()
        if tick:
            tick(day + 1)
    others = torch.ones(len(clock.world.viewers.id), dtype=torch.bool)
    others[puppets.row] = False
    if clock.world.threats is not None:
        others &= ~clock.world.threats.bot
    counted = task.people if task.people is not None else torch.zeros(len(others), topics + KINDS)
    by_age = task.changed / task.asked.clamp(min=1)[:, None]
    by_age[task.asked == 0] = torch.nan
    return Seen(
        task.shown.numpy(),
        task.harms.numpy(),
        counted[others].numpy(),
        clock.world.viewers.age_band[others].numpy(force=True),
        clock.world.viewers.taste[others].numpy(force=True),
        _vulnerable(clock.world, others),
        by_age.numpy(),
    )


def _vulnerable(world: World, others: Tensor) -> np.ndarray | None:
    threats = world.threats
    return None if threats is None else threats.vulnerability[others].numpy(force=True)
