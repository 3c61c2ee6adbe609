"""Seeds, and futures, which are second seeds: whole numbers that fit a signed 64-bit integer."""

from typing import Any

from sim.presets.errors import BadInput

MOST = (1 << 63) - 1


def checked_seed(name: str, value: Any) -> int:
    """The seed, if it is one. Raises BadInput."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise BadInput(f"{name} is a whole number in 0..2^63-1", value, "Give such a one.")
    return value
