"""Malicious content: who posts it and why, what it does to viewers, and how its makers learn."""

from sim.world.threats.founding import blank, vulnerability
from sim.world.threats.params import ActorParams, BotParams, HarmParams, Level, head_counts

__all__ = [
    "ActorParams",
    "BotParams",
    "HarmParams",
    "Level",
    "blank",
    "head_counts",
    "vulnerability",
]
