"""What the facts about money are computed from; nothing is told where it rests."""

import math

import numpy as np

from sim.lab.run.arm import Day
from sim.world.state import World
from sim.world.state.money import INCOME

KEPT = ("ad_load", "ad_revenue", "income_ads", "shop_sales", "impressions", "active_viewers")


def of_day(day: Day) -> dict[str, float]:
    """A day's measures that money is judged by; empty where it rests."""
    told = {m: v for m, g, v in day.measures if g == "all" and m in KEPT}
    return told if "ad_load" in told else {}


def earned(world: World) -> np.ndarray | None:
    """What each creator received on the day settled last, micro-units."""
    if world.money is None:
        return None
    return world.money.ledger.flows[: len(INCOME)].sum(0).numpy()


def members(world: World) -> float:
    """Share of followers who pay, of the creators who ask them to; nan where nobody does."""
    if world.money is None:
        return math.nan
    asks = world.money.offers.membership > 0
    followers = int(world.creators.followers[asks].sum())
    return int(world.money.members[asks].sum()) / followers if followers else math.nan
