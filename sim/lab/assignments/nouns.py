"""The platform's nouns as messages, and back: an observation, a log, a catalogue, a slate.

What an observation can be asked, who was shown what, travels as a table of bits.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from sim.lab.assignments.wire import TYPES, Message
from sim.world.state import Catalog, Log, Observation, Slate, row_of

OF = "catalog."  # what the names of a catalogue's arrays begin with


class Shown:
    """Whether videos were shown before to the viewers of a page, from a table of them all."""

    def __init__(self, table: Bool[Tensor, "awake videos"]):
        self.table = table

    def __call__(self, ids: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
        """For the viewers at places `some`: (awake, n) or (n,) ids -> (awake, n)."""
        table = self.table[some]
        row = row_of(ids, self.table.shape[1])
        return table.index_select(1, row) if ids.dim() == 1 else table.gather(1, row)


def _parts(noun: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Its numbers, and its arrays, those of its catalogue with them."""
    words: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for field in fields(noun):
        value = getattr(noun, field.name)
        if isinstance(value, Tensor):
            arrays[field.name] = value.detach().cpu().numpy()
        elif isinstance(value, Catalog):
            arrays |= {OF + name: each for name, each in _parts(value)[1].items()}
        elif isinstance(value, int | float):
            words[field.name] = value
    return words, arrays


def of_catalog(catalog: Catalog) -> dict[str, np.ndarray]:
    return {OF + name: each for name, each in _parts(catalog)[1].items()}


def of_observation(seen: Observation) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    words, arrays = _parts(seen)
    row = torch.arange(seen.catalog.capacity)
    ids = torch.where(seen.catalog.id > 0, seen.catalog.id, row + 1)
    arrays["shown"] = np.packbits(seen.shown(ids).cpu().numpy(), axis=1)
    return words, arrays


def of_log(log: Log) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    return _parts(log)


def tensors(arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(each) for name, each in arrays.items()}


def catalog_from(arrays: Mapping[str, np.ndarray]) -> Catalog:
    told = {name.removeprefix(OF): each for name, each in arrays.items() if name.startswith(OF)}
    return Catalog(**tensors(told))


def observation_from(message: Message) -> Observation:
    own = {name: x for name, x in message.arrays.items() if not name.startswith(OF)}
    catalog = catalog_from(message.arrays)
    bits = np.unpackbits(own.pop("shown"), axis=1, count=catalog.capacity).astype(bool)
    words = {field: message.words[field] for field in ("day", "page")}
    told: dict[str, Any] = {"candidates": None, **words, **tensors(own)}
    return Observation(**told, catalog=catalog, shown=Shown(torch.from_numpy(bits)))


def log_from(message: Message) -> Log:
    own = {name: x for name, x in message.arrays.items() if not name.startswith(OF)}
    told: dict[str, Any] = tensors(own)
    return Log(**told, catalog=catalog_from(message.arrays))


def of_slate(slate: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Whatever an agent answered: arrays where it has them, else what it is in place of them."""
    if not isinstance(slate, Slate):
        return {"kind": type(slate).__name__}, {}
    words: dict[str, Any] = {"kind": "Slate"}
    arrays: dict[str, np.ndarray] = {}
    for name in ("ids", "logp"):
        value = getattr(slate, name)
        plain = _plain(value)
        words[name] = type(value).__name__ if value is not None else None
        if plain is None and isinstance(value, Tensor):
            words[name] = f"Tensor of {value.dtype}".replace("torch.", "")
        elif plain is not None:
            arrays[name] = plain
    return words, arrays


def _plain(value: Any) -> np.ndarray | None:
    if isinstance(value, Tensor):
        try:
            value = value.detach().cpu().numpy()
        except (TypeError, RuntimeError):  # a type or a layout that numpy has not
            return None
    return value if isinstance(value, np.ndarray) and value.dtype.name in TYPES else None


def slate_from(message: Message) -> Any:
    """A slate, or something that is none, for the platform's own check to refuse."""
    kind = str(message.words.get("kind"))
    if kind != "Slate":
        return _other(kind)
    parts = {name: _part(message, name) for name in ("ids", "logp")}
    return Slate(**parts)


def _part(message: Message, name: str) -> Any:
    kind = message.words.get(name)
    if kind is None:
        return None
    if name not in message.arrays:
        return _other(str(kind))
    array = message.arrays[name]
    return array if kind == "ndarray" else torch.from_numpy(array)


def _other(kind: str) -> Any:
    """A thing of that name."""
    return type(kind[:40].replace("\0", "") or "nothing", (), {})()
