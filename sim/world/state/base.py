"""Rows: how structs of arrays are cut, filled and addressed."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

S = TypeVar("S")
_CUBE = 1 << 21  # numbers, up to which all differences at once are faster than row by row
_SHORT = 1 << 15  # numbers, below which all are looked at one by one
FEW = 1 << 14  # numbers, up to which a call of torch costs more than its work


Ids = TypeVar("Ids", Tensor, np.ndarray, int)


def row_of(ids: Ids, capacity: int) -> Ids:
    """The row of each permanent id, of any shape; padding (0) maps to the last row, so mask it."""
    return (ids - 1) % capacity


def take(struct: S, index: Tensor | slice) -> S:
    """The struct of the given rows only."""
    if isinstance(index, Tensor) and index.dim() == 1 and index.dtype == torch.int64:
        # whole rows: 4 times faster
        return rows(struct, lambda field: field.index_select(0, index))
    return rows(struct, lambda field: field[index])


def at_hand(x: Tensor) -> bool:
    """Whether looking at numbers waits for no device, and for no graph to be built."""
    return x.device.type == "cpu" and not torch.compiler.is_compiling()


def nowhere(where: Bool[Tensor, "..."] | Int[Tensor, "..."]) -> bool:
    """Whether it is known at once that this holds nowhere, or that there is nothing of a number
    that is never below 0, and what follows can be left out."""
    if not at_hand(where):
        return False
    # the largest byte is found in a tenth of the time that torch takes to look for a truth
    whole = where.view(torch.uint8) if where.dtype == torch.bool else where
    return not where.numel() or not bool(whole.max())


def nobody(some: Int[Tensor, " some"]) -> bool:
    """Likewise that there are no such places."""
    return at_hand(some) and not some.numel()


def doubles(at: Int[Tensor, "some places"]) -> Bool[Tensor, "some places"]:
    """Whether the same stands at an earlier place of its row."""
    place = torch.arange(at.shape[1], device=at.device)
    return ((at[:, :, None] == at[:, None, :]) & (place[:, None] > place)).any(2)


def in_turn(made: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Of `made` (some, slots), row by row: the slot (some, 1) of the first, then of the second, ...
    and whether there is one (some, 1); as many turns as the row with most of them has, or, where
    that is not at hand, as there are slots."""
    nth, turns = made.long().cumsum(1) * made, made.shape[1]
    if at_hand(made):
        turns = int(nth.max()) if made.numel() else 0
    for turn in range(1, turns + 1):
        at = nth == turn
        yield at.int().argmax(1, keepdim=True), at.any(1, keepdim=True)


def gaps(
    held: Float[Tensor, "held awake"] | Int[Tensor, "held awake"],
    new: Float[Tensor, "slots awake"] | Int[Tensor, "slots awake"],
) -> Tensor:
    """How far each of `new` lies from the nearest of the numbers held, (slots, awake)."""
    if len(held) * new.numel() <= _CUBE and not torch.compiler.is_compiling():
        return (held[:, None] - new).abs_().amin(0)
    nearest = (held[0] - new).abs()
    for column in held[1:]:  # a graph makes one loop of them, with no cube in it
        nearest = torch.minimum(nearest, (column - new).abs())
    return nearest


def places(where: Bool[Tensor, " n"]) -> Int[Tensor, " some"]:
    """Where something holds. A graph, whose shapes stay, takes all places, so what is worked out
    for these must not hurt elsewhere: mask it by `where[places]`."""
    if torch.compiler.is_compiling():
        return torch.arange(len(where), device=where.device)
    return where.nonzero().squeeze(1)


def put(field: Tensor, at: Int[Tensor, " some"], value: Tensor, where: Tensor) -> Tensor:
    """`field` with `value` (some, ...) at these places, which are `places` of the mask `where`
    (some,): in a graph they are more."""
    if torch.compiler.is_compiling():
        where = where.view(-1, *[1] * (value.dim() - 1))
        value = torch.where(where, value, field[at])
    return field.index_copy(0, at, value)


def found(
    where: Bool[Tensor, " n"] | Int[Tensor, " n"] | UInt8[Tensor, " n"],
) -> Int[Tensor, " some"]:
    """Places of what is not 0, of truths or small whole numbers, a byte each; ascending. What is
    rare is found in a fifth of the time by looking at eight at a time."""
    end = len(where) // 8 * 8
    odd = where.storage_offset() % 8 or not where.is_contiguous()
    if end < _SHORT or odd or not at_hand(where):
        return where.nonzero().squeeze(1)
    words = where[:end].view(torch.int64)
    word = words.nonzero().squeeze(1)
    inside = words.index_select(0, word).view(where.dtype).nonzero().squeeze(1)
    at = word.index_select(0, inside >> 3).mul_(8).add_(inside & 7)
    if end == len(where):
        return at
    return torch.cat([at, where[end:].nonzero().squeeze(1) + end])


def rows_at(table: Tensor, row: Tensor) -> Tensor:
    """table[row] in a quarter of its time."""
    if row.dim() == 1:
        return table.index_select(0, row)
    return table.index_select(0, row.flatten()).view(*row.shape, *table.shape[1:])


def rows(struct: S, change) -> S:
    """`struct` with `change` applied to every tensor in it, nested structs included."""
    new = {}
    for field in fields(struct):  # type: ignore[arg-type]
        value = getattr(struct, field.name)
        if isinstance(value, Tensor):
            new[field.name] = change(value)
        elif isinstance(value, tuple):
            new[field.name] = tuple(change(part) for part in value)
        elif is_dataclass(value):
            new[field.name] = rows(value, change)
    return replace(struct, **new)  # type: ignore[type-var]


def scatter_rows(struct: S, index: Tensor, new: S, keep: Tensor) -> S:
    """`struct` with row index[i] replaced by row i of `new` wherever keep[i].

    Rows not kept are written back as they were, so shapes never change. `index` must not repeat.
    """
    changed = {}
    for field in fields(struct):  # type: ignore[arg-type]
        old, value = getattr(struct, field.name), getattr(new, field.name)
        if isinstance(old, Tensor):
            mask = keep.view(-1, *[1] * (old.dim() - 1))
            # a clone keeps the order of memory
            changed[field.name] = old.clone().index_copy_(
                0, index, torch.where(mask, value, old[index])
            )
        elif is_dataclass(old):
            changed[field.name] = scatter_rows(old, index, value, keep)
    return replace(struct, **changed)  # type: ignore[type-var]


def joined(structs: Sequence[S]) -> S:
    """Rows one after another, nested structs included."""
    changed = {}
    for field in fields(structs[0]):  # type: ignore[arg-type]
        parts = [getattr(struct, field.name) for struct in structs]
        changed[field.name] = torch.cat(parts) if isinstance(parts[0], Tensor) else joined(parts)
    return replace(structs[0], **changed)  # type: ignore[type-var]
