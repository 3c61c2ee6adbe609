"""Seeds, and futures, which are second seeds: whole numbers that fit a signed 64-bit integer."""

from collections.abc import Sequence
from typing import Any

from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.world.ranges import Seed


def checked_seed(name: str, given: Any) -> int:
    """The seed, if it is one. Raises BadInput."""
    return value(Seed, given, name)


def distinct(seeds: Sequence[int]) -> None:
    """Raises BadInput where a seed stands twice: the same world would count as two."""
    if len(set(seeds)) < len(seeds):
        raise BadInput("seeds differ from each other", list(seeds), "Say --seed 0 1 2.")
