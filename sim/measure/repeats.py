"""How much more often than by chance two videos that one viewer was shown are of one topic."""

from collections.abc import Sequence

import torch
from jaxtyping import Real
from torch import Tensor


def topic_lift(days: Sequence[Real[Tensor, "viewers topics"]], lag: int) -> float:
    """Over pairs of one viewer's views `lag` days apart, the share of one topic, over that of any
    two views. `days` follow each other; nan where there is no pair.

    Passing interest shows in pairs of one day, lasting taste in those of days far apart.
    """
    total = torch.stack([day.sum(0) for day in days]).double().sum(0)
    by_chance = float((total / total.sum()).square().sum())
    same = pairs = 0.0
    for one, other in zip(days, days[lag:], strict=False):
        one, other = one.double(), other.double()
        itself = one if lag == 0 else torch.zeros_like(one)  # no view is a pair with itself
        same += float((one * other - itself).sum())
        pairs += float((one.sum(1) * other.sum(1) - itself.sum(1)).sum())
    return same / pairs / by_chance if pairs and by_chance else float("nan")
