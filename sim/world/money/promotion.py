"""Paid promotion: a creator buys impressions of the newest video at a price, and the platform shows
it to those who, as far as it can tell, want it most. Who comes later wants it less."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Correlation, Within
from sim.world.rng import Key, streams
from sim.world.state.money import YUAN

WHOSE, BLUR = streams("promotion", "whose", "blur")


@dataclass(frozen=True)
class PromotionParams:
    price: Annotated[float, Within(0.01, 10_000)]  # money units for 1,000 impressions
    sight: Correlation  # of the platform's guess with the viewer's interest today
    page: Annotated[float, Within(0.01, 1)]  # share of what is left that a page may show


def each(params: PromotionParams) -> int:
    """Micro-units for an impression."""
    return int(params.price / 1000 * YUAN)


def quota(escrow: Int[Tensor, " some"], params: PromotionParams) -> Int[Tensor, " some"]:
    """Impressions that each may have in a page."""
    bought = escrow // each(params)
    return torch.minimum((bought * params.page).ceil().long(), bought)


def whose(
    viewer: Int[Tensor, " awake"], quota: Int[Tensor, " some"], key: Key
) -> Int[Tensor, " awake"]:
    """Whose promotion each viewer might be shown: a place in `quota`, drawn in proportion."""
    end = quota.cumsum(0)
    u = key.fold(WHOSE).integer(viewer, end[-1].clamp(min=1))
    return torch.searchsorted(end, u, right=True).clamp(max=len(quota) - 1)


def guess(
    interest: Float[Tensor, " awake"],
    viewer: Int[Tensor, " awake"],
    params: PromotionParams,
    key: Key,
) -> Float[Tensor, " awake"]:
    """What the platform makes of an interest that it cannot see."""
    blur = (1 - params.sight**2) ** 0.5
    return params.sight * interest + blur * key.fold(BLUR).normal(viewer)


def best(
    who: Int[Tensor, " awake"],
    value: Float[Tensor, " awake"],
    open_: Bool[Tensor, " awake"],
    quota: Int[Tensor, " some"],
) -> Bool[Tensor, " awake"]:
    """Of the viewers drawn for each promotion and `open_` to it, the quota with the highest
    value."""
    order = value.argsort(descending=True, stable=True)
    order = order[torch.where(open_, who, len(quota))[order].argsort(stable=True)]
    held = torch.where(open_, who, len(quota))[order]
    first = torch.searchsorted(held, torch.arange(len(quota) + 1, device=who.device))
    rank = torch.arange(len(who), device=who.device) - first[held]
    wins = (held < len(quota)) & (rank < quota[held.clamp(max=len(quota) - 1)])
    return torch.zeros_like(open_).index_put((order,), wins)
