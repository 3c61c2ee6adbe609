"""What became of a plan and its twins, world by world and day by day."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from sim.lab.studio.lesson_10.planning import YOU

KEPT = ("followers", "trust", "income", "views", "energy", "known", "held")


@dataclass(frozen=True)
class Fates:
    """What became of the twins in every future, at a real platform's size."""

    names: tuple[str, ...]
    followers: Float[np.ndarray, "futures twins days"]
    trust: Float[np.ndarray, "futures twins days"]  # mean bond of followers, 0..1
    income: Float[np.ndarray, "futures twins days streams"]  # RMB a day
    views: Float[np.ndarray, "futures twins days"]  # impressions
    energy: Float[np.ndarray, "futures twins days"]  # 0..1
    known: Float[np.ndarray, "futures twins days"]  # share of viewers who know the name
    held: Float[np.ndarray, "futures twins days"]  # 0 once given up; the account goes on by habit

    @property
    def days(self) -> int:
        return self.followers.shape[-1]

    @property
    def own(self) -> list[int]:
        """Places of those who live the learner's plan."""
        return [k for k, name in enumerate(self.names) if name.startswith(YOU)]

    @property
    def twins(self) -> list[str]:
        """Names of those who differ from it in one thing."""
        return [name for name in self.names if not name.startswith(YOU)]

    def of(self, name: str) -> int:
        return self.names.index(name)

    def first(self, futures: int) -> "Fates":
        """The first of these futures."""
        return replace(self, **{name: getattr(self, name)[:futures] for name in KEPT})
