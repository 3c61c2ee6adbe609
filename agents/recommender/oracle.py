"""The oracle sees the hidden truth: an upper bound to measure methods against, never a method."""

from torch import Tensor

from agents.base import PrivilegedAgent
from sim.world.state import Observation, Truth, row_of


class Oracle(PrivilegedAgent):
    """Ranks by true appeal: taste, quality, hook, satiation and trend as the viewer feels them.

    An upper bound of the page at hand: of the videos it looks at, none holds this viewer better
    now. It is no bound of what a platform comes to in the long run, since viewers come back for
    what satisfied them: appeal plus the logit of satisfaction brings more minutes,
    by a few per cent, and by a tenth on the platform `far_sight`. That one is
    examples/far_sight.py; docs/interface.md says how much and how it was measured.
    """

    pool_size = 8192
    retrieved = 32

    def coarse(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        """The same appeal for a whole pool, up to rounding."""
        assert truth is not None, "the runner hands the truth to privileged agents"
        return truth.appeal(row_of(ids, self.capacity))

    def score(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        assert truth is not None, "the runner hands the truth to privileged agents"
        row = row_of(ids, self.capacity)
        rows = row if row.dim() == 2 else row.expand(len(observation.viewer), -1)
        return truth.appeal(rows)
