"""What a day was worth: to the platform, to creators, and what advertisements took of it."""

import math

import torch
from jaxtyping import Bool
from torch import Tensor

from sim.world.state import Events, Money, World
from sim.world.state.money import FUNNEL, INCOME, KINDS, PURSES, YUAN

Measured = tuple[str, str, float]


def measured(
    world: World, events: list[Events], closed: Money, groups: dict[str, Bool[Tensor, " creators"]]
) -> list[Measured]:
    """The day's money; `closed` is as the night settles it, `groups` are creators by kind."""
    flows = closed.ledger.flows
    rows = [
        ("platform_revenue", "all", _revenue(closed)),
        ("ad_revenue", "all", -_purse(closed, "ads", "advertisers")),
        ("platform_subsidy", "all", _of_platform(closed, "subsidy")),
        ("shop_sales", "all", -_purse(closed, "shop", "viewers")),
        ("shop_orders", "all", float(closed.funnel[FUNNEL.index("ordered")].sum())),
        *_advertising(world, events),
    ]
    income = flows[: len(INCOME)]
    everybody = torch.ones_like(flows[0], dtype=torch.bool)
    for group, who in {"all": everybody, **groups}.items():
        rows.append(("creator_income", group, _yuan(income[:, who].sum())))
        rows += [
            (f"income_{kind}", group, _yuan(income[i, who].sum())) for i, kind in enumerate(INCOME)
        ]
    return [row for row in rows if not math.isnan(row[2])]


def _yuan(amount: Tensor) -> float:
    return int(amount) / YUAN


def _purse(closed: Money, kind: str, purse: str) -> float:
    return _yuan(closed.ledger.purse_flows[KINDS.index(kind), PURSES.index(purse)])


def _of_platform(closed: Money, kind: str) -> float:
    return _purse(closed, kind, "platform")


def _revenue(closed: Money) -> float:
    """Received less paid to creators; what was brought in to cover a loss is none."""
    return sum(_of_platform(closed, kind) for kind in KINDS if kind != "subsidy")


def _advertising(world: World, events: list[Events]) -> list[Measured]:
    """Share of all that was seen, and minutes, over registered viewers."""
    ads = seconds = 0.0
    shown = sum(int(e.response.seen.sum()) for e in events)
    for e in events:
        if e.ads is not None and e.ads_seen is not None:
            ads += int(e.ads_seen.sum())
            seconds += float((e.ads.seconds.T * e.ads_seen).double().sum())
    load = ads / (ads + shown) if shown else math.nan
    registered = max(1, int(world.viewers.registered.sum()))
    return [("ad_load", "all", load), ("ad_minutes", "all", seconds / 60 / registered)]
