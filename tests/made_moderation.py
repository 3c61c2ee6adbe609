"""Small moderated worlds, and policies that do one thing."""

from dataclasses import replace
from functools import cache

import torch
from worlds import nano_rules

from sim.world import platform
from sim.world.rng import key
from sim.world.state import ACTIONS, HARMS, Decisions, Policy, World
from sim.world.state.moderation import bit

SMALL = ("threats=high", "size.viewers=120")
ROOT = key(9)


def never(**changes) -> Policy:
    """A policy that does nothing, changed."""
    base = replace(
        nano_rules(*SMALL).tables.policy, threshold=torch.ones(len(HARMS), len(ACTIONS)),
        hours=torch.tensor(0.0), sweep=torch.tensor(0.0), confirm=torch.tensor(0.0),
    )  # fmt: skip
    return replace(base, **changes)


def above(action: str, score: float) -> torch.Tensor:
    table = torch.ones(len(HARMS), len(ACTIONS))
    table[:, ACTIONS.index(action)] = score
    return table


@cache
def eve() -> World:
    return platform.init(nano_rules(*SMALL), ROOT)


def morning(policy: Policy, days: int = 1, world: World | None = None) -> World:
    world = world or eve()
    for _ in range(days):
        world = platform.turn_day(world, nano_rules(*SMALL), ROOT, Decisions(rules=policy))
    return world


def marked(world: World, state: str, rows, **changes) -> World:
    """In which this alone holds of the videos at these rows."""
    held = world.moderation
    bits = torch.zeros_like(held.state)
    bits[rows] = bit(state)
    return replace(world, moderation=replace(held, state=bits, **changes))
