"""The platform of A7: audiences whose habits its seed draws, and accounts that live by one plan."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sim.lab.studio.plan.fields import Plan, Start
from sim.lab.studio.plan.planned import Planned
from sim.seats.creator.author import Author
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import Episode, set_up
from sim.world.rules import Params

DAYS, MONTH = 28, 30
SEATS = 8  # accounts of a platform that live by the plan, so that luck counts less
SCALE = 200.0  # people that a viewer stands for: the platform has 120,000
SIZE = {"size.viewers": 600, "size.live": 800, "size.pages": 4}
# What audiences are like, by the seed: how far tastes lie in clusters, how soon people tire of one
# creator, how fast trust breaks, what an answer is worth, how strong fancies are. Assumed: about
# half and one and a half times what is usual.
HABITS = {
    "viewers.cluster_share": (0.2, 0.6), "brand.tire": (0.025, 0.075), "brand.breaks": (1.2, 3.3),
    "brand.reply": (0.75, 2.25), "tastes.fancy": (0.75, 2.25),
}  # fmt: skip
WORN = 0.5  # energy at the end below which an account could not go on so; assumed
START = Start(followers=2000, cash=5000.0)  # everybody's, whatever a plan says of it


@lru_cache(maxsize=4)
def platform(seed: int) -> tuple[Params, Episode]:
    """The platform of a seed, its audiences' habits with it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    habits: dict[str, Any] = {key: float(rng.uniform(*ends)) for key, ends in HABITS.items()}
    return set_up(days=DAYS, cash=0.0, settings={**SIZE, **habits})


def lived(plan: Plan, seed: int) -> dict[str, float]:
    """What the accounts came to, the mean over them, at a real platform's size: followers, RMB a
    month, brand equity, and the share that gave up, went bankrupt or is worn out."""
    studios = Studios(*platform(seed), SEATS)
    studios.start(seed, np.random.Generator(np.random.PCG64(seed)))
    agent = Planned(plan, SCALE)
    agent.settle(studios)
    author = Author(agent, studios, plan.name)
    author.reset(seed)
    net, last = torch.zeros(SEATS, dtype=torch.float64), _stocks(studios)
    while not studios.over and bool(studios.held.any()):
        held = studios.held
        author.live()
        net += (studios.now.income.sum(1) - studios.now.spent).double() * held
        last = torch.where(held, _stocks(studios), last)  # who gave up stays where it ended
    followers, brand = last.mean(1).tolist()
    worn = ~studios.held | (studios.now.energy < WORN)
    return {
        "followers": followers * SCALE, "monthly_income": float(net.mean()) * SCALE * MONTH / DAYS,
        "brand_equity": brand, "worn": float(worn.double().mean()),
    }  # fmt: skip


def _stocks(studios: Studios) -> Tensor:
    """(2, seats): followers, and brand equity."""
    now = studios.now
    return torch.stack([now.followers.double(), now.brand_equity.double()])
