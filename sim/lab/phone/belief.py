"""What a recommender makes of somebody, read off its scores, and how far that is from the truth.

A score for one viewer says little by itself: a video that everybody likes has a high one. So what
it gives to other viewers is taken off, video by video, and what is left is about this one.
"""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.base import PrivilegedAgent
from agents.explained import scored, scores
from sim.measure.knowing import FAVOURITES, match
from sim.seats.clock import Clock
from sim.seats.recommender.view import observe
from sim.world.state import Observation, Request, row_of

CROWD, VIDEOS = 150, 1000  # others that a viewer is held against; videos that are scored
MOST = 4.0  # of the others' spread: more is said as so much


def asked(clock: Clock, row: Int[Tensor, " some"]) -> Observation:
    """What the recommender would see if these viewers asked for a page now."""
    hours = clock.world.mood.hour[row]
    request = Request(row, clock.world.viewers.id[row], hours)
    page = max(0, clock.page)
    return observe(clock.world, clock.rules, request, clock.day, page, clock.listing)


@dataclass(frozen=True)
class Scores:
    """What a recommender gives to some guests and to the crowd, each video's mean over the crowd
    taken off."""

    guests: Float[Tensor, "guests videos"]
    crowd: Float[Tensor, "crowd videos"]
    ids: Int[Tensor, " videos"]
    row: Int[Tensor, " both"]  # guests, then the crowd


def own_scores(clock: Clock, row: Int[Tensor, " guests"]) -> Scores | None:
    """Of the guests at these rows. None where the agent has no scores, or sees the truth."""
    agent: Any = clock.resident.agent
    if not scores(agent) or isinstance(agent, PrivilegedAgent):
        return None
    ids = clock.listing.id[clock.listing.eligible]
    ids = ids[:: -(-len(ids) // VIDEOS)]
    both = torch.cat([row, crowd_of(clock, row)])
    with clock.resident.guard.calling("score", clock.day):
        found = scored(agent, asked(clock, both), ids)
    own = found - found[len(row) :].mean(0)
    return Scores(own[: len(row)], own[len(row) :], ids, both)


def crowd_of(clock: Clock, row: Int[Tensor, " guests"]) -> Int[Tensor, " crowd"]:
    """Some others who live there, evenly."""
    there = clock.world.viewers.registered.clone()
    there[row] = False
    others = there.nonzero().squeeze(1)
    return others[:: -(-len(others) // CROWD)]


def beliefs(clock: Clock, of: Scores | None) -> Float[Tensor, "guests topics"] | None:
    """How much more of each topic the recommender thinks these viewers want than others do, in
    standard deviations over the others. None where it has no scores; 0 where it tells nobody from
    anybody."""
    if of is None:
        return None
    topic = clock.listing.topic[row_of(of.ids, clock.listing.capacity)]
    topics = clock.world.viewers.taste.shape[1]
    mine, theirs = (by_topic(x, topic, topics) for x in (of.guests, of.crowd))
    spread = theirs.std(0)
    told = spread > 1e-6 * (1 + of.crowd.abs().mean())
    return torch.where(told, mine / spread.clamp(min=1e-12), 0.0).clamp(-MOST, MOST)


def by_topic(score: Tensor, topic: Tensor, topics: int) -> Tensor:
    """Mean over the videos of each topic, from each viewer's own level."""
    score = score - score.mean(1, keepdim=True)
    total = score.new_zeros(len(score), topics).index_add(1, topic, score)
    return total / topic.bincount(minlength=topics).clamp(min=1)


def knows(clock: Clock, of: Scores | None, guests: int) -> Float[Tensor, " guests"]:
    """For each guest the correlation of scores with how well videos suit its true lasting taste,
    over videos, what both are for the crowd taken off; 0 where it tells nobody from anybody."""
    if of is None:
        return torch.zeros(guests)
    world, share = clock.world, clock.rules.params.appeal.topic_share
    video = row_of(of.ids, len(world.videos.id)).expand(len(of.row), -1)
    suits = match(world.viewers, of.row, world.videos, video, share)
    suits = suits[:guests] - suits[guests:].mean(0)
    return correlated(of.guests, suits, of.crowd.abs().mean())


def correlated(one: Tensor, two: Tensor, usual: Tensor | float = 1.0) -> Float[Tensor, " n"]:
    """Row by row; 0 where `one` does not vary beside what is `usual`."""
    a, b = (x.double() - x.double().mean(1, keepdim=True) for x in (one, two))
    size = a.norm(dim=1) * b.norm(dim=1)
    told = a.std(1) > 1e-6 * (float(usual) + 1e-12)
    return torch.where(told & (size > 0), (a * b).sum(1) / size.clamp(min=1e-30), 0.0).float()


def favourites(clock: Clock, row: Int[Tensor, " guests"]) -> Int[Tensor, "guests five"]:
    """The topics that each truly likes best."""
    return clock.world.viewers.taste[row].topk(FAVOURITES, dim=1).indices
