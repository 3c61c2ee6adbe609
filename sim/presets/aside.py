"""What an agent prints is no result: it goes where progress goes."""

import contextlib
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def aside() -> contextlib.AbstractContextManager:
    """Around whatever runs an agent; Python's own stdout, in this process."""
    return contextlib.redirect_stdout(sys.stderr)


def told_aside(one: Callable[[T], R], task: T) -> R:
    """What `one` makes of a task, here or in a process of a pool."""
    with aside():
        return one(task)
