"""How much more alike the acts of one group are than those of two."""

import numpy as np


def icc(tries: np.ndarray, hits: np.ndarray) -> float | None:
    """Intra-class correlation of a yes or no within groups: the ANOVA estimator (one-way random
    effects, groups of unlike size; Donner, 1986).

    `tries` and `hits` (groups,) are whole counts. None where it cannot be told: one group, one try
    each, or acts that never happen or always do.
    """
    n, k = np.asarray(tries, dtype=float), np.asarray(hits, dtype=float)
    total, groups = n.sum(), len(n)
    if groups < 2 or total <= groups or k.sum() == 0:
        return None
    share, mean = k / n, k.sum() / total
    between = (n * (share - mean) ** 2).sum() / (groups - 1)
    within = (k * (1 - share)).sum() / (total - groups)
    size = (total - (n**2).sum() / total) / (groups - 1)
    both = between + (size - 1) * within
    return float((between - within) / both) if both > 0 else None
