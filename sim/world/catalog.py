"""Who may be shown what: eligibility, what was shown before, and the public face of the videos."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world.state import Catalog, Creators, Memory, Videos, row_of

_CYCLE = 250  # a cell holds 1 + day % 250 in a byte; 0 = empty
_SALTS = (-7046029254386353131, -4658895280553007687)  # odd 64-bit constants
EXACT_UP_TO = 8192  # videos; beyond, a Bloom filter


@dataclass(frozen=True)
class CatalogParams:
    life: int  # days that a video may be shown


def eligible(
    videos: Videos, day: Tensor, params: CatalogParams, row: Tensor | slice = slice(None)
) -> Bool[Tensor, " some"]:
    """Whether the videos at `row` (all, unless told) may be shown today."""
    age = day - videos.uploaded[row]
    return (videos.name[row] > 0) & ~videos.removed[row] & (age >= 0) & (age < params.life)


def forget(
    memory: Memory, row: Int[Tensor, " new"], used: Bool[Tensor, " new"], capacity: int
) -> None:
    """Where memory is exact, the cells of rows that got a new video are wiped, in place."""
    if memory.shown.shape[1] == capacity:
        memory.shown[:, row] = memory.shown[:, row] * ~used


def public(videos: Videos, creators: Creators, day: Tensor, params: CatalogParams) -> Catalog:
    """What anyone may know; nothing hidden is in it."""
    return Catalog(
        name=videos.name,
        eligible=eligible(videos, day, params),
        age=day - videos.uploaded,
        creator=videos.creator,
        followers=creators.followers[(videos.creator - 1).clamp(min=0)],
        topic=videos.topic,
        topic2=videos.topic2,
        duration=videos.duration,
        feature=videos.feature,
        counts=videos.counts,
        heat=videos.heat,
    )


def cells_for(capacity: int, viewers: int) -> int:
    """Cells of memory per viewer: one a video where the pool is small, else a Bloom filter.

    With n videos shown during the age of a candidate, the filter wrongly takes a new one for
    shown with chance (1 - exp(-2 n / cells))^2: for 40 a day and 4,096 cells 0.04 % at one day
    of age and 1.6 % at seven; with the 1,024 cells of a million viewers .6 % and 18 %.
    """
    if capacity <= EXACT_UP_TO:
        return capacity
    return 4096 if viewers <= 300_000 else 1024


def was_shown_all(shown: Tensor, viewer_row: Tensor, row: Tensor) -> Bool[Tensor, "some pool"]:
    """The same for a whole pool of video rows, where memory is exact: a copy of bytes."""
    return shown[viewer_row].index_select(1, row) > 0


def _cells(ids: Tensor, cells: int, capacity: int) -> tuple[Tensor, ...]:
    if cells == capacity:
        return (row_of(ids, capacity).clamp(min=0),)
    word = ids * _SALTS[0]
    word = (word ^ (word >> 32)) * _SALTS[1]  # ids are consecutive; one product leaves them so
    return (word >> 33) & (cells - 1), (word >> 48) & (cells - 1)


def was_shown(
    shown: Tensor,
    viewer_row: Int[Tensor, " some"],
    ids: Int[Tensor, "some ids"],
    uploaded: Tensor,
    day: Tensor,
    capacity: int,
) -> Bool[Tensor, "some ids"]:
    """Whether each video was shown to each viewer since its upload; `uploaded` is its day.

    In a Bloom filter a cell counts only when it was stamped since the video came out, so old
    entries are forgotten by themselves.
    """
    cells = shown.shape[1]
    flat, start = shown.view(-1), (viewer_row * cells)[:, None]
    if cells == capacity:
        return flat[start + row_of(ids, capacity).clamp(min=0)] > 0
    age = day - uploaded
    answer = torch.ones_like(ids, dtype=torch.bool)
    for cell in _cells(ids, cells, capacity):
        stamp = flat[start + cell].long()
        ago = (day + 1 - stamp) % _CYCLE
        answer &= (stamp > 0) & (ago <= age)
    return answer


def remember(
    memory: Memory,
    viewer_row: Int[Tensor, " some"],
    ids: Int[Tensor, "some ids"],
    seen: Bool[Tensor, "some ids"],
    day: Tensor,
    capacity: int,
) -> None:
    """Stamp what was shown, in place; every write of a page is the same stamp, so order is moot."""
    cells = memory.shown.shape[1]
    flat = memory.shown.view(-1)
    at = seen.flatten().nonzero().squeeze(1)
    start = (viewer_row * cells)[at // seen.shape[1]]
    stamp = (day % _CYCLE + 1).to(torch.uint8)
    # a viewer's cells side by side, for they are close in memory
    cell = torch.stack(_cells(ids.flatten()[at], cells, capacity), dim=1) + start[:, None]
    flat.scatter_(0, cell.flatten(), stamp.expand(cell.numel()))
