"""What holds for a whole process, torch's default dtype for one: each agent's own is its own.

An agent may set what it likes. While its code runs, its settings hold; when it returns, those of
its caller hold again, so the world, the measures and other agents never meet them.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

Globals = Mapping[str, Any]
_SMALLEST = 5e-324  # flushed to 0 where denormals are


def _determinism() -> tuple[bool, bool]:
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    return torch.are_deterministic_algorithms_enabled(), warns


def _determine(wanted: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(wanted[0], warn_only=wanted[1])


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return None


def _go_to(folder: str | None) -> None:
    if folder is not None:
        os.chdir(folder)


def _make_on(device: torch.device) -> None:
    # "nothing set" says the same as "cpu", and spares every call of torch a detour
    torch.set_default_device(None if device.type == "cpu" else device)


def _cast(wanted: tuple[bool, torch.dtype]) -> None:
    torch.set_autocast_enabled("cpu", wanted[0])
    torch.set_autocast_dtype("cpu", wanted[1])


def _filter(wanted: list[Any]) -> None:
    warnings.filters[:] = wanted  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]  # else what was told once stays told


_HOW: dict[str, Callable[[Any], Any]] = {  # in the order of `_now`
    "torch's default device": _make_on,
    "torch's default dtype": torch.set_default_dtype,
    "torch's number of threads": torch.set_num_threads,
    "torch's gradients": torch.set_grad_enabled,
    "torch's deterministic algorithms": _determine,
    "torch's precision of products": torch.set_float32_matmul_precision,
    "torch's flushing of denormals": torch.set_flush_denormal,
    "torch's autocast": _cast,
    "torch's search for anomalies": torch.autograd.set_detect_anomaly,
    "what is done about warnings": _filter,
    "Python's limit of recursion": sys.setrecursionlimit,
    "numpy's handling of errors": lambda wanted: np.seterr(**wanted),
    "the working folder": _go_to,
}


def _now() -> tuple[Any, ...]:
    """The settings in the order of `_HOW`; asked twice a call of an agent, so in one go."""
    return (
        torch.empty(()).device,  # torch.get_default_device takes ten times as long
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
        _determinism(),
        torch.get_float32_matmul_precision(),
        _SMALLEST * 1.0 == 0.0,
        (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")),
        torch.is_anomaly_enabled(),
        [*warnings.filters],
        sys.getrecursionlimit(),
        np.geterr(),
        _folder(),
    )


def found() -> Globals:
    """The settings as they are now, by name."""
    return dict(zip(_HOW, _now(), strict=True))


def changed(before: Globals) -> Globals:
    """What is no longer as it was, with its value now."""
    now = found()
    return {name: now[name] for name in now if now[name] != before[name]}


def settle(wanted: Globals) -> None:
    """Set what is named."""
    for name, value in wanted.items():
        _HOW[name](value)


@contextmanager
def kept() -> Iterator[None]:
    """The settings are left as they are found, whatever happens within."""
    before = found()
    try:
        yield
    finally:
        settle({name: before[name] for name in changed(before)})


class Own:
    """One agent's settings: they hold from `enter` to `leave`, and nowhere else."""

    def __init__(self) -> None:
        self.settings: Globals = {}  # that differ from the caller's

    def enter(self) -> tuple[Any, ...]:
        """What the caller had, for `leave`."""
        before = _now()
        settle(self.settings)
        return before

    def leave(self, before: tuple[Any, ...]) -> None:
        now, self.settings = _now(), {}
        if now != before:
            pairs = zip(_HOW, now, before, strict=True)
            differ = {name: (own, was) for name, own, was in pairs if own != was}
            self.settings = {name: own for name, (own, _) in differ.items()}
            settle({name: was for name, (_, was) in differ.items()})
