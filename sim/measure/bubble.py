"""What viewers are shown: how wide, how alike, how much like their own taste."""

import math

import torch
from jaxtyping import Float, Real
from torch import Tensor


def entropy(counts: Real[Tensor, "viewers topics"]) -> Float[Tensor, " viewers"]:
    """Shannon entropy in bits of each viewer's shown topics; nan for viewers shown nothing."""
    return entropy_of(counts.double().sum(1), surprise(counts).sum(1))


def surprise(counts: Real[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """What each count adds to the sum that an entropy is made of: n log2 n."""
    n = counts.double()
    return torch.special.xlogy(n, n) / math.log(2)


def entropy_of(
    total: Float[Tensor, " viewers"], added: Float[Tensor, " viewers"]
) -> Float[Tensor, " viewers"]:
    """Entropies in bits of counts that sum to `total`, their `surprise` to `added`; nan of 0."""
    return total.log2() - added / total


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


def divergence(
    counts: Float[Tensor, "viewers topics"],
    taste: Float[Tensor, "viewers topics"],
    supply: Float[Tensor, " topics"],
) -> Float[Tensor, " viewers"]:
    """KL(own taste, shown) in nats of each viewer: what a viewer would like of the supply, against
    what was shown (Steck, RecSys 2018, with its smoothing .01); nan for viewers shown nothing.
    Taste is hidden, so this is for judges.

    Own taste is the mix that random showing would give, weighted by how appealing each topic is.
    """
    seen = counts.sum(1) > 0
    own = torch.softmax(taste[seen] + supply.clamp(min=1e-6).log(), dim=1)
    shown = counts[seen] / counts[seen].sum(1, keepdim=True)
    mixed = 0.99 * shown + 0.01 * own
    found = torch.full((len(counts),), math.nan, device=counts.device)
    found[seen] = (own * (own.clamp(min=1e-12).log() - mixed.log())).sum(1)
    return found


def miscalibration(each: Float[Tensor, " viewers"]) -> float:
    """The mean of a divergence over those who were shown anything; nan where nobody was."""
    return float(each[~each.isnan()].mean())
