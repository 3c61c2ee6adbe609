"""How much of an outcome each of several causes made: switched off in turn, in every order.

Shapley's value (1953): what a cause adds, averaged over all orders in which the causes could be
switched on. The shares of all causes add up to what all of them make together.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import Any

from sim.lab.stats import mean_and_interval
from sim.presets.errors import BadInput

On = frozenset[str]
MOST = 8  # causes; each doubles the worlds that are lived


def coalitions(causes: Sequence[str]) -> list[On]:
    """All ways to have some of the causes switched on, from none to all."""
    if not 1 <= len(set(causes)) == len(causes) <= MOST:
        got = ", ".join(causes) or "none"
        cure = "Take together what you do not tell apart."
        raise BadInput(f"causes are 1 to {MOST} different names", got, cure)
    return [frozenset(some) for n in range(len(causes) + 1) for some in combinations(causes, n)]


def shapley(worth: Mapping[On, float], causes: Sequence[str]) -> dict[str, float]:
    """{cause: its share} of worth[all] - worth[none]; `worth` has every coalition."""
    n = len(causes)
    if missing := [some for some in coalitions(causes) if some not in worth]:
        got = f"none for {' + '.join(sorted(missing[0])) or 'no cause at all'}"
        raise BadInput(
            f"worth has a value for each of {2**n} coalitions", got, "Live that world too."
        )

    def share(cause: str) -> float:
        without = [some for some in coalitions(causes) if cause not in some]
        gains = ((len(some), worth[some | {cause}] - worth[some]) for some in without)
        return sum(factorial(k) * factorial(n - k - 1) / factorial(n) * gain for k, gain in gains)

    return {cause: share(cause) for cause in causes}


def attribute(
    measured: Callable[[On, int], float], causes: Sequence[str], seeds: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """{cause: {"mean", "ci95", "by_seed"}}, and under "all" the sum that is shared out.

    measured(on, seed): the outcome in the world of that seed with these causes switched on and the
    others off; it is asked once for each of 2^causes coalitions and each seed. Intervals are
    Student's t over seeds.
    """
    ways = coalitions(causes)
    found: dict[str, list[float]] = {cause: [] for cause in (*causes, "all")}
    for seed in seeds:
        worth = {on: measured(on, seed) for on in ways}
        for cause, share in shapley(worth, causes).items():
            found[cause].append(share)
        found["all"].append(worth[ways[-1]] - worth[ways[0]])
    return {cause: {**mean_and_interval(x), "by_seed": x} for cause, x in found.items()}
