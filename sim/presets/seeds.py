"""Seeds, and futures, which are second seeds: whole numbers that fit a signed 64-bit integer."""

from typing import Any

from sim.presets.checking import value
from sim.world.ranges import Seed


def checked_seed(name: str, given: Any) -> int:
    """The seed, if it is one. Raises BadInput."""
    return value(Seed, given, name)
