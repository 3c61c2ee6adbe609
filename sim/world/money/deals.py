"""Brands pay for posts: more where there is reach, a clear field and trust."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Share, Weight, Within
from sim.world.rng import Key, streams
from sim.world.state.money import YUAN

OFFER, TOLD, FOUND = streams("deals", "offer", "told", "found")
_SLOTS = 256  # of a page, at most
NONE, DISCLOSED, HIDDEN = range(3)  # what a post is: no deal, one that says so, one that does not


@dataclass(frozen=True)
class DealParams:
    rate: Share  # of posts for which a creator with `reach` times the usual followers is asked
    reach: Annotated[float, Within(0.1, 1000)]
    fit: Weight  # power of how clear a creator's field is, in offers and in price
    trust: Weight  # likewise of trust
    price: Annotated[float, Within(0, 10_000)]  # money units for 1,000 views
    secret: Annotated[float, Within(0, 10)]  # paid on top where it is not said to be one
    # what a deal does to who follows, in videos that disappoint fully: one that is said to be one,
    known: Annotated[float, Within(0, 100)]
    found: Share  # chance that who follows finds out about one that is not, by seeing it,
    betrayed: Annotated[float, Within(0, 100)]  # and what that does
    goods: Annotated[float, Within(0, 100)]  # likewise what a post does that shows goods


def standing(
    fit: Float[Tensor, " creators"], trust: Float[Tensor, " creators"], params: DealParams
) -> Float[Tensor, " creators"]:
    """What fit and trust, 1 being usual, make of offers and price."""
    return (fit.clamp(min=0) ** params.fit * trust.clamp(min=0) ** params.trust).clamp(max=3)


def chance(
    followers: Int[Tensor, " creators"],
    standing: Float[Tensor, " creators"],
    level: Float[Tensor, " creators"],
    params: DealParams,
) -> Float[Tensor, " creators"]:
    """Of a post to carry a deal: brands ask, and the creator takes so many of the offers."""
    usual = followers.double().mean().clamp(min=1e-9)
    reach = (followers / (params.reach * usual)).clamp(max=1).float()
    return (params.rate * reach * standing).clamp(max=1) * level


def kind(
    chance: Float[Tensor, " new"],
    disclose: Float[Tensor, " new"],
    video: Int[Tensor, " new"],
    key: Key,
) -> Int[Tensor, " new"]:
    """NONE, DISCLOSED or HIDDEN for each new post."""
    made = key.fold(OFFER).uniform(video) < chance
    told = key.fold(TOLD).uniform(video) < disclose
    return torch.where(made, torch.where(told, DISCLOSED, HIDDEN), NONE)


def dismay(
    deal: Int[Tensor, " videos"], goods: Int[Tensor, " videos"], params: DealParams
) -> Float[Tensor, " videos"]:
    """What seeing each post does to a follower: nothing where there is no deal in it, or one that
    is not found out. Goods shown say that they are for sale."""
    felt = torch.where((deal == NONE) & (goods > 0), params.goods, 0.0)
    return torch.where(deal == DISCLOSED, params.known, felt)


def found_out(
    viewer: Int[Tensor, " some"], slot: Int[Tensor, " some"], params: DealParams, key: Key
) -> Bool[Tensor, " some"]:
    """Whether a follower who sees a post with a hidden deal finds it out."""
    return key.fold(FOUND).uniform(viewer * _SLOTS + slot) < params.found


def paid(
    told: Int[Tensor, " creators"],
    secret: Int[Tensor, " creators"],
    standing: Float[Tensor, " creators"],
    params: DealParams,
) -> Int[Tensor, " creators"]:
    """Micro-units for a day's views of posts with a deal that is `told`, or kept `secret`."""
    views = told + (1 + params.secret) * secret.double()
    return (views * standing.double() * (params.price / 1000 * YUAN)).long()
