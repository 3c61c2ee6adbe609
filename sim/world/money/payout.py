"""What the platform pays creators: a share of its advertising, by a rule with a name."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Share, Within
from sim.world.state import COUNTS, Videos
from sim.world.state.money import DAY_COUNTS

Payout = Literal["views", "watch_time", "satisfaction", "floor"]


@dataclass(frozen=True)
class TermParams:
    """The platform's terms."""

    ad_share: Share  # of its advertising that goes to creators
    payout: Payout  # by what that is shared out
    floor: Share  # part of it that all who post get alike, where the payout is "floor"
    # paid to newcomers on top, as a multiple of their share of advertising
    newcomer: Annotated[float, Within(0, 100)]
    newcomer_followers: Annotated[int, Within(0, 1_000_000)]  # below which one is a newcomer
    gift_share: Share  # of a gift that goes to the creator
    shop_fee: Share  # of what goods cost that the platform keeps
    member_fee: Share  # of a membership
    deal_fee: Share  # of a brand deal


@dataclass(frozen=True)
class Record:
    """What a day's pay may go by, creator by creator."""

    views: Int[Tensor, " creators"]  # today
    watch_ms: Int[Tensor, " creators"]  # today
    rated: Int[Tensor, " creators"]  # points of answers to the survey, lately
    live: Int[Tensor, " creators"]  # videos that may be shown
    followers: Int[Tensor, " creators"]


def points(record: Record, payout: Payout) -> Int[Tensor, " creators"]:
    """By what creators share the money out."""
    by = {"watch_time": record.watch_ms, "satisfaction": record.rated}
    return by.get(payout, record.views)


def shares(
    pool: Int[Tensor, ""],
    record: Record,
    level: Float[Tensor, " creators"],
    params: TermParams,
) -> Int[Tensor, " creators"]:
    """What each creator gets of `pool` micro-units, rounded down: they never get more. `level`
    says how far each takes part."""
    weight = level.double() * points(record, params.payout)
    even = params.floor if params.payout == "floor" else 0.0
    alike = level.double() * (record.live > 0)
    whole = pool.double()
    return (_shared(whole * (1 - even), weight) + _shared(whole * even, alike)).floor().long()


def _shared(pool: Tensor, weight: Float[Tensor, " creators"]) -> Float[Tensor, " creators"]:
    # a hair less than all: parts that were rounded up must not come to more than the whole
    return pool * (1 - 1e-12) * (weight / weight.sum().clamp(min=1e-9))


def newcomers(record: Record, params: TermParams) -> Bool[Tensor, " creators"]:
    return record.followers < params.newcomer_followers


def support(
    paid: Int[Tensor, " creators"], record: Record, params: TermParams
) -> Int[Tensor, " creators"]:
    """What newcomers get on top of their share of advertising."""
    return torch.where(newcomers(record, params), (paid.double() * params.newcomer).long(), 0)


def parted(amount: Int[Tensor, "..."], share: float) -> tuple[Tensor, Tensor]:
    """An amount in two, the first having `share` of it; together they are the whole."""
    first = (amount.double() * share).floor().long()
    return first, amount - first


def counted(videos: Videos) -> Int[Tensor, "videos day_counts"]:
    """Counts by DAY_COUNTS, a copy; in memory each count of all videos lies side by side."""
    return torch.stack([videos.counts[:, COUNTS.index(name)] for name in DAY_COUNTS]).T
