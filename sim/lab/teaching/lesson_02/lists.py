"""Two lists for everybody, to be compared with `popular`: by plain counts, and by a jury."""

from torch import Tensor

from agents.base import PrivilegedAgent
from agents.recommender.popular import Popular
from agents.retrieval import POOL
from sim.world.state import COUNTS, Catalog, Observation, Truth, row_of

VIEWS = COUNTS.index("views")


class Counts(Popular):
    """The most shown so far first: what leads is shown more, and leads by more. Each impression is
    a ball drawn from an urn and put back with another of its colour (Polya; Eggenberger, 1923)."""

    def value(self, catalog: Catalog, bonus: float) -> Tensor:
        ties = 1e-6 * self.key.fold(POOL).uniform(catalog.id)
        return catalog.counts[:, VIEWS].float() + ties


class Jury(PrivilegedAgent):
    """The best first, by what each video is truly worth to the average viewer: a list like the
    others, which takes nothing from what was shown before. It sees the hidden truth."""

    temperature = Popular.temperature

    def coarse(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        return self.score(observation, ids, truth)

    def score(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        assert truth is not None, "the runner hands the truth to privileged agents"
        row = row_of(ids, self.capacity)
        every, place = row.unique(return_inverse=True)
        return truth.appeal(every).mean(0)[place]


LISTS = {"counts": Counts, "jury": Jury}
