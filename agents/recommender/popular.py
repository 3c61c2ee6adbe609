"""The most popular videos for everybody: a smoothed long-view rate, nothing personal."""

from jaxtyping import Float
from torch import Tensor

from agents.base import ScoreAgent
from agents.ranges import Many, Weight
from agents.retrieval import POOL
from sim.world.state import COUNTS, Catalog, Observation, Slate, row_of

_VIEWS, _LONG = COUNTS.index("views"), COUNTS.index("long_views")


class Popular(ScoreAgent):
    """Ranks by the share of views that were long (at least 18 s, or to the end): raw seconds would
    rank by duration, raw counts by what happened to be shown first. A video starts from the mean
    of all, and those with few views are tried through an upper bound of `bonus` standard errors
    (UCB; Auer et al., 2002): without trials popularity would only confirm itself."""

    prior: Weight = 20.0  # views' worth of the average, before a video's own count
    bonus: Weight = 1.0
    temperature = 0.25
    best: Many = 1024  # as many as anyone could use up

    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.worth = self.value(observation.catalog, self.bonus if explore else 0.0)
        return super().act(observation, slots, explore=explore, **truth)

    def value(self, catalog: Catalog, bonus: float) -> Float[Tensor, " videos"]:
        """What each row of the catalogue is worth; ties are broken by the agent's own draw."""
        views, longs = (catalog.counts[:, i].float() for i in (_VIEWS, _LONG))
        mean = longs[catalog.eligible].sum() / views[catalog.eligible].sum().clamp(min=1)
        rate = (longs + self.prior * mean) / (views + self.prior)
        error = (mean * (1 - mean) / (views + self.prior)).sqrt()
        return rate + bonus * error + 1e-6 * self.key.fold(POOL).uniform(catalog.id)

    def pool(self, observation: Observation) -> Tensor:
        row = observation.catalog.eligible.nonzero().squeeze(1)
        best = self.worth[row].topk(min(self.best, len(row))).indices
        return observation.catalog.id[row[best]]

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        return self.worth[row_of(ids, self.capacity)]
