"""Malicious content: who posts it and why, what it does to viewers, and how its makers learn."""

from sim.world.threats.adapting import chosen, imitating, learned, worth
from sim.world.threats.bots import act, enlisted, errands, renewed, sent, spent, targets, turned_up
from sim.world.threats.exposure import Found, Met, fade, find, met, outrage, suffer, tempted, wary
from sim.world.threats.founding import UNHARMED, Unharmed, blank, unharmed
from sim.world.threats.params import ActorParams, BotParams, HarmParams, Level, head_counts
from sim.world.threats.posting import Made, codes, disguised, keep, made, plan, rates

__all__ = [
    "UNHARMED",
    "ActorParams",
    "BotParams",
    "Found",
    "HarmParams",
    "Level",
    "Made",
    "Met",
    "Unharmed",
    "act",
    "blank",
    "chosen",
    "codes",
    "disguised",
    "enlisted",
    "errands",
    "fade",
    "find",
    "head_counts",
    "imitating",
    "keep",
    "learned",
    "made",
    "met",
    "outrage",
    "plan",
    "rates",
    "renewed",
    "sent",
    "spent",
    "suffer",
    "targets",
    "tempted",
    "turned_up",
    "unharmed",
    "wary",
    "worth",
]
