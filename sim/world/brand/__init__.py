"""Brands: what viewers make of creators whom they meet again and again.

Customer-based brand equity (Keller 1993; Aaker 1991) in four parts: who knows the name, how clearly
it stands for something, how good it is thought to be, and who keeps to it.
"""

from sim.world.brand.bonds import (
    MILLI,
    await_comments,
    bump,
    conduct,
    feed,
    feelings,
    first_bonds,
    night,
    overheard,
    pull,
    remember,
    replies,
    warmth,
)
from sim.world.brand.equity import Equity, clarity, equity
from sim.world.brand.newcomers import acquainted, greeted
from sim.world.brand.params import BrandParams
from sim.world.brand.stocks import fade, meet

__all__ = [
    "MILLI",
    "BrandParams",
    "Equity",
    "acquainted",
    "await_comments",
    "bump",
    "clarity",
    "conduct",
    "equity",
    "fade",
    "feed",
    "feelings",
    "first_bonds",
    "greeted",
    "meet",
    "night",
    "overheard",
    "pull",
    "remember",
    "replies",
    "warmth",
]
