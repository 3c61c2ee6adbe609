"""Who gets seen: how evenly exposure is spread over videos and creators.

Amounts are whole and not negative, one a holder: a tensor, or an array of numpy's.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def _told(amount: Tensor | np.ndarray) -> Tensor:
    """As a tensor; numpy's arrays that cannot be written to are copied."""
    return amount if isinstance(amount, Tensor) else torch.tensor(np.asarray(amount))


def gini(amount: Tensor | np.ndarray) -> float:
    """Gini coefficient: 0 = all equal, near 1 = one has all.

    By the sorted form, 2 sum(i x_i) / (n sum x) - (n + 1) / n; nan where nothing was given out.
    """
    x = _told(amount).double().sort().values
    n, total = x.numel(), x.sum()
    if n == 0 or total == 0:
        return float("nan")
    rank = torch.arange(1, n + 1, dtype=torch.float64, device=x.device)
    return float(2 * (rank * x).sum() / (n * total) - (n + 1) / n)


def overlap(views: Tensor | np.ndarray, viewers: int) -> float:
    """Of one viewer's videos, the share that another viewer saw as well, over all pairs of viewers.

    `views` are the viewers of each video, nobody counted twice: of n who saw a video each has
    n - 1 others among viewers - 1. nan where there are no two viewers or no views.
    """
    n = torch.as_tensor(views).double()
    total = float(n.sum())
    if viewers < 2 or total == 0:
        return float("nan")
    return min(1.0, float((n * (n - 1)).sum()) / (total * (viewers - 1)))


def top_share(amount: Tensor | np.ndarray, share: float) -> float:
    """What part of the whole the top `share` of holders have; nan where nothing was given out.

    As the Lorenz curve has it: a holder across whom the edge falls counts in part, so a tenth of
    15 is one and a half. At least one holder is the top.
    """
    x = _told(amount).double().sort(descending=True).values
    if x.numel() == 0 or x.sum() == 0:
        return float("nan")
    count = min(max(1.0, share * x.numel()), float(x.numel()))
    whole = int(count)
    part = (count - whole) * x[whole] if whole < x.numel() else 0.0
    return float((x[:whole].sum() + part) / x.sum())


def lorenz(amount: Tensor | np.ndarray) -> Float[Tensor, " n1"]:
    """Cumulative shares of the poorest 0, 1, ... n holders, from 0 to 1."""
    x = _told(amount).double().sort().values.cumsum(0)
    return torch.cat([x.new_zeros(1), x / x[-1].clamp(min=1)])
