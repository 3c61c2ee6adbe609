"""An arm on disk between two days: what a killed run continues from, to the last bit on CPU."""

import os
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from sim.presets.errors import BadInput

S = TypeVar("S")
STATE = "state.pt"


def pack(struct: Any) -> dict[str, Any]:
    """A struct of arrays as nested dictionaries, by the names of its fields."""
    new = {}
    for field in fields(struct):
        value = getattr(struct, field.name)
        new[field.name] = pack(value) if is_dataclass(value) else value
    return new


def unpack(like: S, packed: dict[str, Any]) -> S:
    """The struct that `pack` was given, on the device of `like`, which must have its shapes."""
    new: dict[str, Any] = {}
    for field in fields(like):  # type: ignore[arg-type]
        old, value = getattr(like, field.name), packed.get(field.name)
        if is_dataclass(old) and isinstance(value, dict):
            new[field.name] = unpack(old, value)
        elif isinstance(old, Tensor):
            new[field.name] = _like(old, value, field.name)
        else:
            new[field.name] = value
    return replace(like, **new)  # type: ignore[type-var]


def _like(old: Tensor, value: Any, name: str) -> Tensor:
    form = (tuple(value.shape), value.dtype) if isinstance(value, Tensor) else value
    if form != (tuple(old.shape), old.dtype):
        rule = f"the checkpoint's {name} is {tuple(old.shape)} {old.dtype}"
        raise BadInput(rule, form, "It is of another version or world; run anew.")
    return value.to(old.device)


def write(path: Path, state: dict[str, Any]) -> None:
    """Save so that a kill at any moment leaves the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read(path: Path, device: str = "cpu") -> dict[str, Any] | None:
    """What `write` saved, or None where there is nothing. Never runs code out of the file."""
    if not path.exists():
        return None
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except Exception as error:
        cure = "It is damaged, or the agent's state_dict holds what weights_only=True refuses "
        cure += f"({error}). Run anew to another --out."
        raise BadInput("the checkpoint must load", str(path), cure) from error
