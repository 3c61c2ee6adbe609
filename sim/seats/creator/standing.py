"""How accounts stand in the world: their own purse, strength and brand.

What a law that is not in the world would tell is 0 here, or as it was on the first day.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import community
from sim.world.state import STREAMS, World

BRAND = ("awareness", "association", "perceived_quality", "loyalty")


@dataclass(frozen=True)
class Standing:
    """A row a seat."""

    followers: Int[Tensor, " seats"]
    income: Float[Tensor, "seats streams"]  # of the day, money units, by STREAMS
    spent: Float[Tensor, " seats"]  # of the day, money units
    cash: Float[Tensor, " seats"]  # earned less spent since the world began
    brand: Float[Tensor, "seats parts"]  # by BRAND, 0..1
    energy: Float[Tensor, " seats"]  # 0..1
    burnout: Float[Tensor, " seats"]  # 0..1
    hours: Float[Tensor, " seats"]  # of work today
    gone: Bool[Tensor, " seats"]  # gave up

    @property
    def brand_equity(self) -> Float[Tensor, " seats"]:
        """The geometric mean of its parts."""
        return self.brand.clamp(min=0).log().mean(1).exp()


def standing(world: World, row: Int[Tensor, " seats"]) -> Standing:
    """Of the accounts at `row`."""
    zero = torch.zeros(len(row), device=row.device)
    return Standing(
        followers=community.followers(world.memory, len(world.creators.id))[row],
        income=zero[:, None].expand(-1, len(STREAMS)).clone(),
        spent=zero,
        cash=zero,
        brand=zero[:, None].expand(-1, len(BRAND)).clone(),
        energy=zero + 1,
        burnout=zero,
        hours=zero,
        gone=zero.bool(),
    )
