"""Who may be shown what: eligibility, what was shown before, and the public face of the videos."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Within
from sim.world.rng import mix32_
from sim.world.state import Catalog, Creators, Memory, Videos, row_of

CYCLE = 250  # a cell holds 1 + day % 250 in a byte; 0 = empty
_LINE = 64  # bytes that memory hands over at once
EXACT_UP_TO = 8192  # videos; beyond, a Bloom filter


@dataclass(frozen=True)
class CatalogParams:
    life: Annotated[int, Within(1, 240)]  # days that a video may be shown


def eligible(
    videos: Videos, day: Tensor, params: CatalogParams, row: Tensor | slice = slice(None)
) -> Bool[Tensor, " some"]:
    """Whether the videos at `row` (all, unless told) may be shown today."""
    age = day - videos.uploaded[row]
    return (videos.id[row] > 0) & ~videos.removed[row] & (age >= 0) & (age < params.life)


def remove(videos: Videos, ids: Int[Tensor, " removed"]) -> Videos:
    """These videos may be shown no more; ids that the catalogue no longer holds, and 0, are
    passed over."""
    row = row_of(ids, len(videos.id)).clamp(min=0)
    held = (videos.id[row] == ids) & (ids > 0)
    hits = torch.zeros_like(videos.id).index_add(0, row, held.long())
    return replace(videos, removed=videos.removed | (hits > 0))


def forget(
    memory: Memory, row: Int[Tensor, " new"], used: Bool[Tensor, " new"], capacity: int
) -> None:
    """Where memory is exact, the cells of rows that got a new video are wiped, in place."""
    if memory.shown.shape[1] == capacity:
        kept = torch.ones_like(memory.shown[0]).index_copy(0, row, (~used).to(memory.shown.dtype))
        memory.shown.mul_(kept)


def public(
    videos: Videos,
    creators: Creators,
    day: Tensor,
    params: CatalogParams,
    may: Bool[Tensor, " videos"] | None = None,
    score: Float[Tensor, "videos harms"] | None = None,
) -> Catalog:
    """What anyone may know; nothing hidden is in it. `may` says which videos may stand in feeds,
    where that is limited; `score` is what the platform's own classifier thinks of them."""
    live = eligible(videos, day, params)
    return Catalog(
        id=videos.id,
        eligible=live if may is None else live & may,
        age=day - videos.uploaded,
        creator=videos.creator,
        followers=creators.followers[row_of(videos.creator, len(creators.id))],
        topic=videos.topic,
        topic2=videos.topic2,
        duration=videos.duration,
        feature=videos.feature,
        counts=videos.counts.clone(),  # a page may write over the world's own
        heat=videos.heat,
        score=score,
    )


def cells_for(capacity: int, viewers: int) -> int:
    """Cells of memory per viewer: one a video where the pool is small, else a Bloom filter.

    A video's two cells lie in one line of 64 (a blocked filter: Putze, Sanders and Singler, 2007),
    so memory is visited once. With n videos shown during the age of a candidate, the filter
    wrongly takes a new one for shown with the mean of (1 - (1 - 1/64)^(2 k))^2 over k in
    Poisson(64 n / cells): for 40 a day and 4,096 cells .1 % at one day of age and 1.9 % at seven;
    with the 1,024 cells of a million viewers .8 % and 18 %.
    """
    if capacity <= EXACT_UP_TO:
        return capacity
    return 4096 if viewers <= 300_000 else 1024


def was_shown_all(shown: Tensor, viewer_row: Tensor, row: Tensor) -> Bool[Tensor, "some pool"]:
    """The same for a whole pool of video rows, where memory is exact: a copy of bytes."""
    return shown[viewer_row].index_select(1, row) > 0


def cells_of(ids: Tensor, row: Tensor, cells: int, capacity: int) -> tuple[Tensor, ...]:
    """Which cells of a viewer's memory stand for the videos of these ids and rows."""
    if cells == capacity:
        return (row,)
    word = mix32_(ids.to(torch.int32, copy=True))
    line = (word >> 12) & (cells - _LINE)
    return line | (word & (_LINE - 1)), line | ((word >> 6) & (_LINE - 1))


def was_shown(
    shown: Tensor,
    viewer_row: Int[Tensor, " some"],
    ids: Int[Tensor, "some ids"],
    uploaded: Int[Tensor, " videos"],
    day: Tensor,
) -> Bool[Tensor, "some ids"]:
    """Whether each video was shown to each viewer since its upload; `uploaded` is its day.

    In a Bloom filter a cell counts only when it was stamped since the video came out, so old
    entries are forgotten by themselves.
    """
    capacity, cells = len(uploaded), shown.shape[1]
    flat, start = shown.view(-1), (viewer_row * cells)[:, None]
    row = row_of(ids, capacity)
    if cells == capacity:
        return (flat.index_select(0, (row + start).view(-1)) > 0).view(ids.shape)
    # days take two bytes here: agents ask this of every candidate
    age = (day - uploaded.index_select(0, row.view(-1))).clamp(-1, CYCLE).to(torch.int16)
    today = (day % CYCLE + 1).to(torch.int16)
    answer = torch.ones_like(age, dtype=torch.bool)
    for cell in cells_of(ids, row, cells, capacity):
        stamp = flat.index_select(0, (cell + start).view(-1)).to(torch.int16)
        ago = today - stamp
        ago = torch.where(ago < 0, ago + CYCLE, ago)  # adding a product would go by way of int64
        answer &= (stamp > 0) & (ago <= age)
    return answer.view(ids.shape)


def remember(
    memory: Memory,
    viewer_row: Int[Tensor, " some"],
    cells: tuple[Int[Tensor, "some ids"], ...],
    seen: Bool[Tensor, "some ids"],
    day: Tensor,
) -> None:
    """Stamp what was shown, in place; every write of a page is the same stamp, so order is moot."""
    start = viewer_row * memory.shown.shape[1]
    stamp = (day % CYCLE + 1).to(torch.uint8)
    for cell in cells:
        memory.shown.view(-1).index_fill_(0, (cell.T + start).masked_select(seen.T), stamp)
