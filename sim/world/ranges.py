"""What values a setting may take, said in its type: no more than a note beside the field here.

`sim.presets.checking` holds what people write to these notes, before a world is made. A range is
wide enough for every experiment that means something, and narrow enough that a world lives through
a day at either end with finite numbers; a test lives them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from annotated_types import Ge, GroupedMetadata, Le, Len, Predicate


@dataclass(frozen=True)
class Within(GroupedMetadata):
    """From `low` to `high`, both of them allowed; never NaN or infinite."""

    low: int | float
    high: int | float

    def __iter__(self) -> Iterator[Ge | Le]:
        yield Ge(self.low)
        yield Le(self.high)


@dataclass(frozen=True)
class That(GroupedMetadata):
    """What must hold of a list as a whole, and how to say it."""

    says: str
    holds: Callable[[tuple[float, ...]], bool]

    def __iter__(self) -> Iterator[Predicate]:
        yield Predicate(self.holds)


def _ascend(values: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(values))


def _never_fall(values: tuple[float, ...]) -> bool:
    return all(a <= b for a, b in pairwise(values))


def _sum_to_one(values: tuple[float, ...]) -> bool:
    return abs(sum(values) - 1) <= SLACK


SLACK = 0.02  # of a sum of shares: presets hold four digits of each
ASCENDING = That("each larger than the one before", _ascend)
SORTED = That("none smaller than the one before", _never_fall)
SHARED_OUT = That(f"which sum to 1 within {SLACK}", _sum_to_one)

Share = Annotated[float, Within(0, 1)]
Part = Annotated[float, Within(0, 0.99)]  # a share of which something is always left
Correlation = Annotated[float, Within(-1, 1)]
Spread = Annotated[float, Within(0, 2)]  # standard deviation of a logarithm
Logits = Annotated[float, Within(-10, 10)]
Weight = Annotated[float, Within(0, 5)]  # 0 switches it off
Seconds = Annotated[float, Within(0.1, 86_400)]
Seed = Annotated[int, Within(0, (1 << 63) - 1)]  # what 64 bits hold
Shares = Annotated[tuple[Share, ...], Len(2, 64), SHARED_OUT]  # agents tell so many topics apart
