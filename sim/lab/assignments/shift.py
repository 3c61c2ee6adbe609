"""The platform of A5: adversaries of habits that its seed draws, under one policy from first to
last, and what that costs whom."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.seats.moderator.office import Office
from sim.seats.moderator.reward import MIX
from sim.seats.moderator.task import set_up
from sim.world import catalog
from sim.world.state import World
from sim.world.state.moderation import has

DAYS, WARM_UP = 14, 7  # days that count, and those before, in which adversaries learn
# many uploads and a tenth of them harmful, so that a seed tells policies apart; few pages a day
SIZE = {"size.viewers": 600, "size.live": 1500, "size.pages": 4, "actors.supply": 0.03}
# What adversaries are like, by the seed: how much they try, how far they can move what a classifier
# looks for, how fast they learn to. Assumed: about half and one and a half times what is usual.
HABITS = {"actors.explore": (0.3, 1.2), "actors.move": (1.0, 3.0), "actors.practice": (0.05, 0.2)}


def settings(seed: int) -> dict[str, Any]:
    """The platform of a seed, its adversaries' habits with it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return {**SIZE, **{key: float(rng.uniform(*ends)) for key, ends in HABITS.items()}}


def worked(seed: int, policy: Mapping[str, Any]) -> dict[str, float]:
    """Means over the days that count: the parts of a moderator's pay (seats/moderator/reward.py),
    `cost` of all of them, `open` and `barred`."""
    params, episode = set_up(days=DAYS, warm_up=WARM_UP, settings={**settings(seed), **policy})
    office = Office(params, episode)
    office.start(seed, np.random.Generator(np.random.PCG64(seed)))
    days: list[dict[str, float]] = []
    while not office.over:
        office.live(office.usual)
        toll = office.meter.toll()
        days.append({name: float(getattr(toll, name)) for name in MIX})
        days[-1] |= {"open": open_to_all(office), "barred": barred(office.world)}
    told = {name: sum(day[name] for day in days) / DAYS for name in days[0]}
    return {**told, "cost": sum(weight * told[name] for name, weight in MIX.items())}


def open_to_all(office: Office) -> float:
    """Harmless videos that may stand in feeds today; one kept from those under 18 counts by the
    share of people who are older."""
    world = office.world
    held, threats, videos = world.moderation, world.threats, world.videos
    assert held is not None and threats is not None
    live = catalog.eligible(videos, world.day, office.clock.rules.params.catalog)
    fine = live & (threats.harm == 0) & ~has(held.state, "limited")
    gated = has(held.state, "gated")
    return float((fine & ~gated).sum() + _grown(world) * (fine & gated).sum())


def _grown(world: World) -> float:
    """The share of people who are 18 or older."""
    assert world.threats is not None
    people = world.viewers.registered & ~world.threats.bot
    return float((people & (world.viewers.age_band > 0)).sum() / people.sum().clamp(min=1))


def barred(world: World) -> float:
    """Of 1,000 creators who harm nobody, those who may not post today."""
    held, threats = world.moderation, world.threats
    assert held is not None and threats is not None
    honest = world.creators.active & (threats.actor == 0)
    return float((honest & (held.suspended > world.day)).sum() * 1000 / honest.sum().clamp(min=1))
