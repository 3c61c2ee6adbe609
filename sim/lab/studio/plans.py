"""Plans that a person writes: not there yet."""

from typing import Any


def run(args: Any, command: str) -> int:
    raise NotImplementedError
