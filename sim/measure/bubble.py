"""What viewers are shown: how wide, how alike, how much like their own taste."""

import torch
from jaxtyping import Float
from torch import Tensor


def entropy(counts: Float[Tensor, "viewers topics"]) -> Float[Tensor, " viewers"]:
    """Shannon entropy in bits of each viewer's shown topics; nan for viewers shown nothing."""
    total = counts.sum(1, keepdim=True)
    p = counts / total
    return (
        -torch.where(p > 0, p * p.clamp(min=1e-12).log2(), 0.0)
        .sum(1)
        .where(total[:, 0] > 0, torch.nan)
    )


def homogeneity(counts: Float[Tensor, "viewers topics"]) -> float:
    """Mean cosine between the shown topics of two viewers: 1 = all are shown the same mix.

    The mean over all pairs comes from the sum of unit vectors: no viewers-by-viewers matrix.
    """
    shown = counts[counts.sum(1) > 0].double()
    n = len(shown)
    if n < 2:
        return float("nan")
    unit = shown / shown.norm(dim=1, keepdim=True)
    return float((unit.sum(0).square().sum() - n) / (n * (n - 1)))


def calibration(
    counts: Float[Tensor, "viewers topics"],
    taste: Float[Tensor, "viewers topics"],
    supply: Float[Tensor, " topics"],
) -> float:
    """Mean KL(own taste, shown) in nats: what a viewer would like of the supply, against what was
    shown (Steck, RecSys 2018, with its smoothing .01). Taste is hidden, so this is for judges.

    Own taste is the mix that random showing would give, weighted by how appealing each topic is.
    """
    seen = counts.sum(1) > 0
    if not seen.any():
        return float("nan")
    own = torch.softmax(taste[seen] + supply.clamp(min=1e-6).log(), dim=1)
    shown = counts[seen] / counts[seen].sum(1, keepdim=True)
    mixed = 0.99 * shown + 0.01 * own
    return float((own * (own.clamp(min=1e-12).log() - mixed.log())).sum(1).mean())
