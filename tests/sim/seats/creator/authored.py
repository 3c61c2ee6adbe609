"""What tests of the creator's seat share."""

import numpy as np

from sim.seats.creator.author import Author
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import set_up

ID = "ShortVideo/Creator-v0"
TINY = {"days": 3, "warm_up": 1, "house": "popular"}


def studios(seats: int = 4, **task) -> Studios:
    """Seats of a world that stands at the first morning after the warm-up."""
    params, episode = set_up(**{**TINY, **task})
    made = Studios(params, episode, seats)
    made.start(0, np.random.default_rng(0))
    return made


def lived(agent, seats: int = 4, days: int = 3, **task) -> Studios:
    """After some days under an agent."""
    made = studios(seats, days=days, **task)
    author = Author(agent, made)
    author.reset(0)
    for _ in range(days):
        author.live()
    return made
