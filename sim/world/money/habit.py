"""How those earn whom nobody advises: the house's creators."""

from dataclasses import dataclass, fields
from typing import Annotated

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.ranges import Share, Within
from sim.world.state.decisions import Offers

_LEVELS = tuple(field.name for field in fields(Offers))
_OF_LARGE = ("deals", "membership", "merchandise")


@dataclass(frozen=True)
class EarningParams:
    # times the mean followers from which a creator counts as large, and has the last three
    large: Annotated[float, Within(0, 1000)]
    ads: Share  # taking part in the share of advertising
    gifts: Share  # taking gifts
    shop: Share  # of posts that show goods
    deals: Share  # of the brands' offers that a large creator takes
    disclose: Share  # of deals that are said to be such
    membership: Share  # how much a large creator asks followers to pay
    merchandise: Share  # likewise to buy
    post_cost: Annotated[float, Within(0, 1_000_000)]  # money units that a post costs to make


def offers(
    decided: Offers | None, followers: Int[Tensor, " creators"], params: EarningParams
) -> Offers:
    """Every creator's levels, 0 to 1: decided where they are, else by habit."""
    large = followers >= params.large * followers.double().mean().clamp(min=1e-9)
    everybody = torch.ones_like(large)
    level = {}
    for name in _LEVELS:
        level[name] = getattr(params, name) * (large if name in _OF_LARGE else everybody).float()
        if decided is not None:
            told = getattr(decided, name)
            level[name] = torch.where(told.isnan(), level[name], told.clamp(0, 1))
    return Offers(**level)
