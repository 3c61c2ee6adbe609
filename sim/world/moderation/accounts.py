"""What follows for accounts: strikes, suspensions, and sweeps for bots."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.moderation.review import ReviewParams
from sim.world.rng import Key, streams
from sim.world.state import Policy, places
from sim.world.state.moderation import Moderation

LAPSE, MARK = streams("moderation of accounts", "lapse", "mark")
MOST = 6.0  # standard deviations from people at which the gentlest sweep closes an account; assumed


def struck(
    held: Moderation,
    author: Int[Tensor, " videos"],
    caught: Bool[Tensor, " videos"],
    day: Tensor,
    policy: Policy,
) -> Moderation:
    """A strike for each violation; whose number is full may not post for the policy's days, from
    `day` on. `author` is the row of each video's creator."""
    new = torch.zeros_like(held.strikes).index_add(0, author, caught.long())
    strikes = held.strikes + new
    full = (policy.strikes > 0) & (new > 0) & (strikes >= policy.strikes)
    until = torch.where(full, day + policy.days.long(), held.suspended)
    return replace(
        held,
        strikes=torch.where(full, 0, strikes),
        suspended=torch.maximum(held.suspended, until),
        warned=held.warned + new,
        halted=held.halted | full,
    )


def pardoned(
    held: Moderation, author: Int[Tensor, " videos"], back: Bool[Tensor, " videos"]
) -> Moderation:
    """The strike of a video that was put back is taken back."""
    new = torch.zeros_like(held.strikes).index_add(0, author, back.long())
    return replace(held, strikes=(held.strikes - new).clamp(min=0))


def lapsed(
    held: Moderation, creator: Int[Tensor, " creators"], params: ReviewParams, key: Key
) -> Moderation:
    """Strikes are forgotten in time."""
    at = places(held.strikes > 0)
    strikes = held.strikes[at]
    less = (key.fold(LAPSE).uniform(creator[at]) * params.lapse < strikes).long()
    return replace(held, strikes=held.strikes.index_copy(0, at, strikes - less))


def marks(
    viewer: Int[Tensor, " viewers"],
    bot: Bool[Tensor, " viewers"],
    busy: Float[Tensor, " viewers"],
    params: ReviewParams,
    key: Key,
) -> Float[Tensor, " viewers"]:
    """How like a bot each account behaves, in standard deviations: bots do, and so do people who
    do much; `busy` is by how much more than others, as a logarithm."""
    own = key.fold(MARK).normal(viewer)
    return own + params.bot_like * busy + params.bot_apart * bot


def swept(mark: Float[Tensor, " viewers"], policy: Policy) -> Bool[Tensor, " viewers"]:
    """Whose accounts a sweep closes: the harder it is, the lower it draws the line."""
    return (policy.sweep > 0) & (mark > MOST * (1 - policy.sweep))
