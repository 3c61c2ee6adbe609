"""Ctrl-C comes between two steps of the bookkeeping, never in the midst of one."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

TWICE = 0.5  # seconds in which a second signal is the first one again, sent to the whole group


class Interrupts:
    """Holds Ctrl-C back while files and tables are being brought up to date.

    Where the program or a notebook handles the signal in its own way, or in a thread, nothing is
    changed: KeyboardInterrupt comes as it always does.
    """

    def __init__(self) -> None:
        self.depth, self.waiting, self.last = 0, False, -TWICE
        self.before: Any = None

    def __enter__(self) -> "Interrupts":
        ours = threading.current_thread() is threading.main_thread()
        if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self.before = signal.signal(signal.SIGINT, self._met)
        return self

    def __exit__(self, *_: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)

    def _met(self, *_: object) -> None:
        now = time.monotonic()
        if now - self.last < TWICE:
            return
        self.last = now
        if self.depth:
            self.waiting = True
        else:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """Ctrl-C waits for the end of this."""
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
        self.let()

    def let(self) -> None:
        """What waited comes now."""
        if self.waiting and not self.depth:
            self.waiting = False
            raise KeyboardInterrupt
