"""Who gets seen: how evenly exposure is spread over videos and creators."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def gini(amount: Int[Tensor, " n"]) -> float:
    """Gini coefficient of non-negative amounts: 0 = all equal, near 1 = one has all.

    By the sorted form, 2 sum(i x_i) / (n sum x) - (n + 1) / n; nan where nothing was given out.
    """
    n = amount.numel()
    x = amount.double().sort().values
    total = x.sum()
    if n == 0 or total == 0:
        return float("nan")
    rank = torch.arange(1, n + 1, dtype=torch.float64, device=x.device)
    return float(2 * (rank * x).sum() / (n * total) - (n + 1) / n)


def top_share(amount: Int[Tensor, " n"], share: float) -> float:
    """What part of the whole the top `share` of holders have (at least one holder)."""
    x = amount.double().sort(descending=True).values
    count = max(1, round(share * x.numel()))
    return float(x[:count].sum() / x.sum().clamp(min=1))


def lorenz(amount: Int[Tensor, " n"]) -> Float[Tensor, " n1"]:
    """Cumulative shares of the poorest 0, 1, ... n holders, from 0 to 1."""
    x = amount.double().sort().values.cumsum(0)
    return torch.cat([x.new_zeros(1), x / x[-1].clamp(min=1)])
