"""Exploring by what is not known of a viewer yet: Thompson sampling, and an upper bound."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.ranges import Weight
from agents.recommender.bayes import Bayes
from sim.world.rng import streams
from sim.world.state import Observation, Slate, row_of, rows_at

(DRAW,) = streams("bayes", "draw")


class Thompson(Bayes):
    """On every page a draw of each viewer's w from its posterior, and the best videos by it
    (Agrawal and Goyal, ICML 2013). What differs: one draw a page of many videos, not one a video;
    and the posterior is not widened by their factor, so it is Bayesian sampling as Thompson (1933)
    has it. Chances of slates are not known, so propensities are missing."""

    temperature = 0.0

    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.drawing = explore
        slate = super().act(observation, slots, explore=explore, **truth)
        return Slate(slate.ids) if explore else slate

    def know(self, observation: Observation) -> None:
        super().know(observation)
        if self.drawing:
            row = observation.row
            belief = self.people.belief(row)
            luck = self.draw(DRAW, observation).normal(observation.viewer, self.mean.shape[1])
            self.drawn = torch.zeros_like(self.mean).index_copy_(0, row, belief.draw(luck))

    def weights(self, observation: Observation) -> Float[Tensor, "awake width"]:
        return rows_at(self.drawn if self.drawing else self.mean, observation.row)


class UCB(Bayes):
    """The mean of a score and `bold` standard deviations of it (LinUCB; Li et al., WWW 2010). What
    differs: the bound ranks the candidates that the mean has retrieved, one posterior is kept per
    viewer and not per arm, and its prior is learnt."""

    bold: Weight = 0.5  # standard deviations

    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.bounding = explore
        return super().act(observation, slots, explore=explore, **truth)

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        mean = super().score(observation, ids)
        if ids.dim() == 1 or not self.bounding:
            return mean
        row = row_of(ids, self.capacity)
        return mean + self.bold * self.people.belief(observation.row).spread(
            self.pairs(observation.row, row)
        )

    def pairs(
        self, row: Int[Tensor, " awake"], video: Int[Tensor, "awake n"]
    ) -> Float[Tensor, "awake n width"]:
        """The x of each candidate."""
        topic = self.content.topic(self.catalog, video.flatten()).view(video.shape)
        sated = rows_at(self.sated, row).gather(1, topic)
        return torch.cat([rows_at(self.plain, video), sated[:, :, None]], dim=2)
