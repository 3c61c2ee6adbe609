"""How accounts stand in the world at the end of a day: their own purse, strength and brand.

What a law that rests would tell (money=off) is 0, or as it was on the first day.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.measure import brands
from sim.world import accounts, community, night
from sim.world.rng import Root
from sim.world.rules import Rules
from sim.world.state import STREAMS, World
from sim.world.state.money import KINDS, SPENT, YUAN

SPENT_OUT = 0.9  # burnout beyond which a creator who is seated gives up; assumed
BRAND = ("awareness", "association", "perceived_quality", "loyalty")


@dataclass(frozen=True)
class Standing:
    """A row a seat."""

    followers: Int[Tensor, " seats"]
    income: Float[Tensor, "seats streams"]  # of the day, money units, by STREAMS
    spent: Float[Tensor, " seats"]  # of the day, money units
    cash: Float[Tensor, " seats"]  # money units
    brand: Float[Tensor, "seats parts"]  # by BRAND, 0..1
    energy: Float[Tensor, " seats"]  # 0..1
    burnout: Float[Tensor, " seats"]  # 0..1
    hours: Float[Tensor, " seats"]  # of work today
    gone: Bool[Tensor, " seats"]  # gave up: burnt out, or of the account's own will
    bankrupt: Bool[Tensor, " seats"]

    @property
    def brand_equity(self) -> Float[Tensor, " seats"]:
        """The geometric mean of its parts."""
        return self.brand.clamp(min=0).log().mean(1).exp()


def standing(world: World, rules: Rules, root: Root, row: Int[Tensor, " seats"]) -> Standing:
    """Of the accounts at `row`; the day's money as the night will settle it."""
    creators = world.creators
    return Standing(
        followers=community.followers(world.memory, len(world.creators.id))[row],
        **_purse(world, rules, root, row),
        brand=_brand(world, row),
        energy=creators.energy[row],
        burnout=creators.burnout[row],
        hours=creators.hours[row],
        gone=~creators.active[row] | (creators.burnout[row] > SPENT_OUT),
    )


def _purse(world: World, rules: Rules, root: Root, row: Int[Tensor, " seats"]) -> dict[str, Tensor]:
    if world.money is None:
        zero = torch.zeros(len(row), device=row.device)
        none = {"income": zero[:, None].expand(-1, len(STREAMS)), "spent": zero, "cash": zero}
        return {**none, "bankrupt": zero.bool()}
    money = night.closed(world, rules, root)
    assert money is not None
    flows = money.ledger.flows.index_select(1, row).double() / YUAN
    paid = -flows[[KINDS.index(kind) for kind in SPENT]].sum(0)
    return {
        "income": flows[[KINDS.index(kind) for kind in STREAMS]].T.float(),
        "spent": paid.float(),
        "cash": (money.ledger.cash[row].double() / YUAN).float(),
        "bankrupt": money.bankrupt[row],
    }


def _brand(world: World, row: Int[Tensor, " seats"]) -> Float[Tensor, "seats parts"]:
    if world.brand is None:
        return torch.zeros(len(row), len(BRAND), device=row.device)
    followers = community.followers(world.memory, len(world.creators.id))
    now = replace(world, creators=replace(world.creators, followers=followers))
    found = brands.equity(now)
    return torch.stack([getattr(found, name)[row] for name in BRAND], dim=1)


def endowed(world: World, row: Int[Tensor, " some"], cash: float) -> World:
    """The world in which the accounts at `row` have `cash` (money units) more."""
    if world.money is None:
        return world
    none = torch.zeros_like(world.creators.id)
    amount = none.index_fill(0, row, round(cash * YUAN))
    return replace(world, money=accounts.endowed(world.money, amount))
