"""An oracle that looks further than the page: it ranks by what a viewer wants to watch and by what
will satisfy them, for whoever was satisfied comes back.

    python -m sim.run --agent examples/far_sight.py:FarOracle --baseline oracle \
        --platform far_sight --world nano --days 30 --seed 0 1 2 3 4

It is privileged, an upper bound and no method, as the oracle is, whom it beats in minutes per
day. By how much, and where, stands in docs/interface.md, "Where far sight pays".
"""

import torch
from torch import Tensor

from agents.recommender.oracle import Oracle
from sim.world.state import Observation, Truth, row_of


class FarOracle(Oracle):
    """Appeal plus the logit of expected satisfaction, one unit of each; of the 256 videos of a pool
    that the viewer finds most appealing."""

    depth = 512
    retrieved = 256

    def score(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        assert truth is not None, "the runner hands the truth to privileged agents"
        row = row_of(ids, self.capacity)
        rows = row if row.dim() == 2 else row.expand(len(observation.viewer), -1)
        return truth.appeal(rows) + torch.logit(truth.satisfaction(rows), eps=1e-6)
