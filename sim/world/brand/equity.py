"""Brand equity: four parts, each from 0 to 1, and their geometric mean."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state import Brand

_NOTHING = 1e-9
_FEW = 10.0  # views remembered that make half an association; assumed


@dataclass(frozen=True)
class Equity:
    awareness: Float[Tensor, " creators"]
    association: Float[Tensor, " creators"]
    perceived_quality: Float[Tensor, " creators"]
    loyalty: Float[Tensor, " creators"]

    @property
    def brand_equity(self) -> Float[Tensor, " creators"]:
        """(awareness x association x perceived quality x loyalty)^(1/4)."""
        parts = self.awareness * self.association * self.perceived_quality * self.loyalty
        return parts.clamp(min=0) ** 0.25


def clarity(brand: Brand) -> Float[Tensor, " creators"]:
    """How clear it is what a creator stands for: the mean of two resultants, see `equity`."""
    whole = brand.topics.sum(1).clamp(min=_NOTHING)
    style = brand.styles.norm(dim=1) / whole
    return (brand.topics.norm(dim=1) / whole + style.clamp(max=1)) / 2


def equity(
    brand: Brand,
    followers: Int[Tensor, " creators"],
    segments: Float[Tensor, " segments"],
) -> Equity:
    """The four parts of each creator's brand equity; `segments` are the viewers of each segment.

    awareness = sum over segments of (its share of all viewers) x (share that knows the name).
    association = clarity x seen / (seen + 10), where clarity is the mean of two resultants: the
    length of the vector of remembered views by topic over their number, and the length of the sum
    of remembered styles over that of styles all alike, (seen x 1); both 1 for one topic in one
    style, near 0 for anything.
    perceived_quality = mean satisfaction of the views remembered.
    loyalty = sum of followers' bonds / those who know the name, or follow, whichever are more.
    """
    share = segments / segments.sum().clamp(min=1)
    knows = brand.awareness @ share
    seen = brand.seen.clamp(min=_NOTHING)
    fans = followers.float()
    known = torch.maximum(knows * segments.sum(), fans).clamp(min=1)
    return Equity(
        knows,
        clarity(brand) * brand.seen / (brand.seen + _FEW),
        (brand.satisfied / seen).clamp(0, 1) * (brand.seen > _NOTHING),
        (brand.bond * fans / known).clamp(0, 1),
    )
