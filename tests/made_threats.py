"""Those who do harm, by hand."""

from dataclasses import replace

import torch
from worlds import nano, people

from sim.world import threats
from sim.world.rng import key
from sim.world.state import HARMS, KINDS, TACTICS, Threats

P = nano("threats=low")


def menaces(
    viewers: int = 4,
    videos: int = 12,
    creators: int = 20,
    counts: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1),
    bots: int = 0,
    accounts: int = 2,
    **changes,
) -> Threats:
    """One actor of each kind with two accounts, at the end of the creators; all viewers are as
    easily hurt, and report as readily."""
    own = replace(P.actors, accounts=accounts), P.harms, P.bots
    base = threats.blank(people(viewers), creators, videos, counts, own, bots, key(0))
    base = replace(
        base,
        vulnerability=torch.ones(viewers, len(HARMS)),
        zeal=torch.ones(viewers),
    )
    return replace(base, **changes)


def tactic(held: Threats, name: str) -> Threats:
    """All actors do this today."""
    every = torch.full_like(held.actors.tactic, TACTICS.index(name))
    return replace(held, actors=replace(held.actors, tactic=every))


def kind(name: str) -> int:
    return KINDS.index(name)
