"""Uniform random choice among the videos not seen yet: what every lift is measured against."""

import math
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from agents.base import PICK, ScoreAgent
from sim.world.state import Observation, Slate


class Random(ScoreAgent):
    tries: int = 4  # draws per slot; what is left over after doubles and seen videos is shown

    def act(
        self, observation: Observation, slots: int, *, explore: bool = True, **truth: Any
    ) -> Slate:
        """Draws with replacement, keeping the first of each and none seen: the same as drawing
        without. logp is exact up to the few videos that the viewer has used up, so not given."""
        noise = self.draw(PICK, observation)
        self.acts = self.acts + explore
        pool = observation.candidates
        if pool is None:
            ids = self.pool(observation)
            ids = ids if len(ids) else ids.new_zeros(1)
            drawn = ids[noise.integer(observation.viewer, len(ids), self.tries * slots)]
        else:
            drawn = pool.gather(1, noise.uniform(observation.viewer, pool.shape[1]).argsort(1))
        unfit = _again(drawn) | observation.shown(drawn) | (drawn == 0)
        first = torch.sort(unfit.to(torch.uint8), dim=1, stable=True).indices[:, :slots]
        ids = drawn.gather(1, first).masked_fill(unfit.gather(1, first), 0)
        if ids.shape[1] < slots:
            ids = torch.nn.functional.pad(ids, (0, slots - ids.shape[1]))
        return Slate(ids, torch.full(ids.shape, math.nan, device=ids.device))

    def pool(self, observation: Observation) -> Tensor:
        catalog = observation.catalog
        return catalog.id[catalog.eligible]


def _again(ids: Int[Tensor, "awake n"]) -> Bool[Tensor, "awake n"]:
    """Where an id stands that stood before in the same row."""
    ordered, at = ids.sort(dim=1, stable=True)
    double = torch.zeros_like(ids, dtype=torch.bool)
    double[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    return torch.zeros_like(double).scatter(1, at, double)
