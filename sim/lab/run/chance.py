"""The global generators of a process: no part of the platform draws from them, but agents may."""

import contextlib
import random
from collections.abc import Iterator

import numpy as np
import torch


def reseed(seed: int, day: int) -> None:
    """Give them a state of the day's own: so an agent that draws from them repeats, and a resumed
    run needs none of their states."""
    value = (seed * 1_000_003 + day + 1) % (1 << 32)
    torch.manual_seed(value)
    random.seed(value)
    np.random.seed(value)  # noqa: NPY002  # the generator that such agents use


@contextlib.contextmanager
def chance_kept() -> Iterator[None]:
    """They are left as they were."""
    python, old = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(old)  # noqa: NPY002
