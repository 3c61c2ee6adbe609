"""Takes down what is worth it: the chance that a video of such a score is a violation, as people
found it, against what a wrong removal costs.

The threshold of least expected cost lies where p x harm = (1 - p) x wrong (Elkan, "The foundations
of cost-sensitive learning", IJCAI 2001). The chance p is not the score: the classifier was
calibrated once, and those who evade it move. It is estimated in bins of the score from what people
looked at, shrunk towards the score itself (a beta prior), so that the threshold follows the drift.
Bins that are not sure enough go to people, most doubtful harm first.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from agents.moderator.base import ModeratorAgent
from sim.world.ranges import Within
from sim.world.state import ACTIONS, EDGES, Desk, Policy


class CostSensitive(ModeratorAgent):
    """`wrong` is what a wrong removal costs over what a violation left up costs; `prior` cases
    stand behind a score before people looked; bins with a chance above `ask` go to people."""

    wrong: Annotated[float, Within(0, 1000)] = 1.0  # assumed
    prior: Annotated[float, Within(0.01, 1000)] = 4.0  # assumed
    ask: Annotated[float, Within(0, 1)] = 0.02  # assumed

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        chance = self.chance(seen)
        line = self.wrong / (1 + self.wrong)
        threshold = seen.usual.threshold.clone()
        threshold[:, ACTIONS.index("remove")] = lowest(chance > line)
        threshold[:, ACTIONS.index("review")] = lowest(chance > min(self.ask, line))
        return replace(seen.usual, threshold=threshold)

    def chance(self, seen: Desk) -> Float[Tensor, "harms bins"]:
        """Of a violation, by kind and bin of the score."""
        score = seen.graded.new_tensor(_middles())
        looked, found = seen.graded.unbind(2)
        return (found + self.prior * score) / (looked + self.prior)


def lowest(fit: Bool[Tensor, "harms bins"]) -> Float[Tensor, " harms"]:
    """The threshold above which every bin is fit, 1 where none is."""
    tail = fit.flip(1).cumprod(1).flip(1).bool()  # fit, and all above it
    edges = torch.tensor([0.0, *EDGES, 1.0], device=fit.device)
    first = len(EDGES) + 1 - tail.sum(1)
    return edges[first]


def _middles() -> list[float]:
    """The score that a bin stands for: in the middle, by log-odds."""
    inner = [(a * b / ((1 - a) * (1 - b))) ** 0.5 for a, b in pairwise(EDGES)]
    odds = [EDGES[0] / 10, *inner, 10 * EDGES[-1] / (1 - EDGES[-1])]
    return [o / (1 + o) for o in odds]
