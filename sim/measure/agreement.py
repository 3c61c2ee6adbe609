"""How much more alike the acts of one group are than those of two."""

import numpy as np


def icc(tries: np.ndarray, hits: np.ndarray) -> float | None:
    """Intra-class correlation of a yes or no within groups: the ANOVA estimator (one-way random
    effects, groups of unlike size; Donner, 1986).

    `tries` and `hits` (groups,) are whole counts. None where it cannot be told: one group, one try
    each, or acts that never happen or always do.
    """
    hits = np.asarray(hits, dtype=float)
    return alike(tries, hits, hits) if hits.sum() else None


def alike(plays: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> float | None:
    """The same for any number: `sums` and `squares` (groups,) are of it and of its square."""
    n, s, q = (np.asarray(x, dtype=float) for x in (plays, sums, squares))
    total, groups = n.sum(), len(n)
    if groups < 2 or total <= groups:
        return None
    between = (n * (s / n - s.sum() / total) ** 2).sum() / (groups - 1)
    within = (q - s**2 / n).sum() / (total - groups)
    size = (total - (n**2).sum() / total) / (groups - 1)
    both = between + (size - 1) * within
    return float((between - within) / both) if both > 0 else None
