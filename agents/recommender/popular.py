"""The most popular videos for everybody: smoothed long-view rate, nothing personal."""

from torch import Tensor

from agents.base import ScoreAgent
from sim.world.state import COUNTS, Observation

_VIEWS, _LONG = COUNTS.index("views"), COUNTS.index("long_views")


class Popular(ScoreAgent):
    """Ranks by the share of views that were long (at least 18 s, or to the end): raw seconds would
    rank by duration, raw counts by what happened to be shown first. New videos start from the mean
    of all, and are tried through a little exploration."""

    prior: float = 20.0  # views' worth of the average, before a video's own count

    temperature: float = 0.5

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        catalog = observation.catalog
        row = (ids - 1) % self.capacity
        views, longs = (
            catalog.counts[..., _VIEWS][row].float(),
            catalog.counts[..., _LONG][row].float(),
        )
        mean = longs.sum() / views.sum().clamp(min=1)
        value = (longs + self.prior * mean) / (views + self.prior)
        return value if ids.dim() == 2 else value.expand(len(observation.viewer), -1).clone()
