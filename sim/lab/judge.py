"""Which differences of a comparison are sure: its measures are judged together, as one family.

Two agents that are equal in distribution differ in something by chance alone: with some twenty
measures and a 95 % interval each, every third comparison of equals would be told a difference.
Here the false discovery rate is held (Benjamini and Hochberg, 1995): equals are told anything in at
most one comparison of twenty, and of all that is told at most one in twenty is expected to be
chance.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import chdtri, stdtr  # scipy.stats takes half a second to import

LEVEL = 0.05
FEW = 5  # seeds below which agreement needs days to lean on; rates of equals are tested


def p_value(gaps: Sequence[float], noise: Sequence[float]) -> float | None:
    """Of the mean of paired differences, one a seed, being 0: Student's t, two-sided.

    `noise` is the variance of each seed's difference by its own days, nan where a seed has one day
    only. Seeds can agree by chance, most of all on small counts: three runs with one report more
    each would be told apart for sure. So the spread over seeds counts as no less than what the
    days' noise alone gives in all but one sample of twenty. None where nothing can be said: one
    seed, or a few with one day each.
    """
    x, days = np.asarray(gaps, dtype=float), np.asarray(noise, dtype=float)
    n, known = len(x), days[np.isfinite(days)]
    if n < 2 or (n < FEW and not len(known)):
        return None
    least = float(known.mean()) * chdtri(n - 1, 1 - LEVEL) / (n - 1) if len(known) else 0.0
    mean, error = abs(float(x.mean())), math.sqrt(max(float(x.var(ddof=1)), least) / n)
    if mean == 0:
        return 1.0
    return float(2 * stdtr(n - 1, -mean / error)) if error else 0.0


def judged(found: Mapping[str, Mapping[str, Any]], level: float = LEVEL) -> dict[str, dict]:
    """The differences of a comparison, {metric: {"mean", "ci95", "p"}}, each with "sure".

    `sure` is True where the family's false discovery rate allows to tell it, False where it does
    not, None where there is no interval.
    """
    known = sorted(each["p"] for each in found.values() if each["p"] is not None)
    allowed = [p for k, p in enumerate(known, start=1) if p <= level * k / len(known)]
    limit = max(allowed, default=-1.0)

    def sure(each: Mapping[str, Any]) -> bool | None:
        return None if each["ci95"] is None else each["p"] is not None and each["p"] <= limit

    return {metric: {**each, "sure": sure(each)} for metric, each in found.items()}
