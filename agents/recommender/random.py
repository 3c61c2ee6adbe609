"""Uniform random choice among the videos not seen yet: what every lift is measured against."""

import math
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from agents.base import ScoreAgent
from agents.blocks import part
from agents.ranges import Few
from agents.ranking import first_of_each
from agents.retrieval import MORE, PICK
from sim.world.state import Observation, Slate

CELLS = 1 << 22  # viewers x videos that are put in order at once


class Random(ScoreAgent):
    tries: Few = 4  # draws per slot; what is left over after doubles and seen videos is shown

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
        chosen = first_of_each(drawn.masked_fill(observation.shown(drawn), 0), slots)
        chosen = torch.nn.functional.pad(chosen, (0, slots - chosen.shape[1]))
        if pool is None:
            self._fill(observation, chosen, ids)
        return Slate(chosen, torch.full(chosen.shape, math.nan, device=chosen.device))

    def _fill(self, observation: Observation, chosen: Tensor, ids: Int[Tensor, " pool"]) -> None:
        """Who has seen most of the catalogue goes on drawing: the rest of it, in a random order."""
        short = (chosen == 0).any(1).nonzero().squeeze(1)
        order = self.draw(MORE, observation)
        for who in short.split(max(1, CELLS // len(ids))):
            few = part(observation, who)
            luck = order.uniform(few.viewer, len(ids)).masked_fill(few.shown(ids), 2.0)
            best = luck.sort(dim=1, stable=True)
            rest = ids[best.indices].masked_fill(best.values == 2.0, 0)
            slots = chosen.shape[1]
            chosen[who] = first_of_each(torch.cat([chosen[who], rest], dim=1), slots)

    def pool(self, observation: Observation) -> Tensor:
        catalog = observation.catalog
        return catalog.id[catalog.eligible]
