"""The house recommender: a mature platform's own policy, as the real logs were made by one."""

from dataclasses import replace

import torch
from torch import Tensor

from agents.base import POOL, PrivilegedAgent
from sim.world.state import Observation, Slate, Truth


class House(PrivilegedAgent):
    """Retrieval by fame and freshness, then ranking by appeal.

    It stands for a recommender trained on years of data that no run here has: it reads true appeal
    for the candidates it retrieves. Retrieval is what makes the house of a real platform unequal
    and fresh: a candidate's chance grows with the creator's followers, falls with the video's age,
    and a share of candidates is drawn evenly so that new creators are tried. The number of
    candidates is fixed, so its power to choose does not grow with the world.
    """

    candidates: int = 150
    even_share: float = 0.15  # of candidates drawn evenly over the catalogue
    fame_power: float = 1.0  # plays follow followers with slope about .98 (FACTS)
    half_life: float = 1.0  # days until a candidate's chance has halved

    def act(
        self, observation: Observation, slots: int, *, explore=True, truth: Truth | None = None
    ) -> Slate:
        if observation.candidates is None:
            observation = replace(observation, candidates=self._retrieve(observation))
        return super().act(observation, slots, explore=explore, truth=truth)

    def _retrieve(self, observation: Observation) -> Tensor:
        """(awake, candidates) ids drawn by weight; doubles are blanked."""
        catalog = observation.catalog
        row = catalog.eligible.nonzero().squeeze(1)
        age = catalog.age[row].double()
        weight = (1 + catalog.followers[row].double()) ** self.fame_power * 0.5 ** (
            age / self.half_life
        )
        weight = (1 - self.even_share) * weight / weight.sum() + self.even_share / len(row)
        edges = weight.cumsum(0)
        u = self.key.fold(POOL).fold(self.acts).uniform(observation.viewer, self.candidates)
        place = torch.searchsorted(edges, u.double() * edges[-1]).clamp(max=len(row) - 1)
        ids = catalog.name[row][place].sort(dim=1).values
        double = torch.zeros_like(ids, dtype=torch.bool)
        double[:, 1:] = ids[:, 1:] == ids[:, :-1]
        return ids.masked_fill(double, 0)

    def score(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        assert truth is not None, "the runner hands the truth to privileged agents"
        return truth.appeal(((ids - 1) % self.capacity).clamp(min=0))
