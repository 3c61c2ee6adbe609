"""What tests of the moderator's seat share."""

import numpy as np

from sim.seats.moderator.office import Office
from sim.seats.moderator.officer import Officer
from sim.seats.moderator.task import set_up

ID = "ShortVideo/Moderator-v0"
TINY = {"days": 3, "warm_up": 1, "house": "popular"}


def office(seed: int = 0, **task) -> Office:
    """A desk at the first morning after the warm-up."""
    params, episode = set_up(**{**TINY, **task})
    made = Office(params, episode)
    made.start(seed, np.random.default_rng(0))
    return made


def shifted(agent, days: int = 3, seed: int = 0, **task) -> Office:
    """After some days under an agent."""
    made = office(seed, days=days, **task)
    officer = Officer(agent, made)
    officer.reset(seed)
    for _ in range(days):
        officer.live()
    return made
