"""Awareness, associations and perceived quality: leaky stocks of what viewers saw."""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.brand.params import BrandParams
from sim.world.state import GLAD_BITS, Brand, Videos, Viewers, places, row_of, rows_at
from sim.world.state.watched import QUICK_SKIP

MILLI = 1000  # satisfaction is summed in thousandths, whole: the order of adding is moot


def meet(
    brand: Brand,
    cell: Int[Tensor, "slots awake"],
    band: Int[Tensor, " awake"],
    watch: Float[Tensor, "slots awake"],
    satisfaction: Float[Tensor, "slots awake"],
) -> None:
    """Who was watched beyond the first seconds was met; counted in place. Where a video was not
    seen, `watch` is 0. `cell` is where each creator's row begins; see `Minded`."""
    at = cell + band
    satisfied = (satisfaction * MILLI).round().long() + (1 << GLAD_BITS)
    word = satisfied.mul_(watch >= QUICK_SKIP)
    brand.met.view(-1).index_add_(0, at.flatten(), word.flatten())


def fade(brand: Brand, videos: Videos, viewers: Viewers, params: BrandParams) -> Brand:
    """The night: the day's views are taken in, those of the days before are forgotten in part.

    A' = keep A + what was seen. Awareness is the share of a segment that would know the name: of
    those who would not, a part met the creator today, and a part of these remembers.
    """
    keep = params.weekly_keep ** (1 / 7)
    views = brand.met >> GLAD_BITS
    satisfied = (brand.met & ((1 << GLAD_BITS) - 1)).float() / MILLI
    size = torch.zeros_like(brand.awareness[0]).index_add(
        0, viewers.age_band, viewers.registered.float()
    )
    reached = 1 - torch.exp(-views / size.clamp(min=1))
    kept = keep * brand.awareness
    topics, styles = _contents(brand, videos)
    return replace(
        brand,
        met=torch.zeros_like(brand.met),
        audience=views,
        awareness=kept + (1 - kept) * params.recall * reached,
        seen=keep * brand.seen + views.sum(1),
        satisfied=keep * brand.satisfied + satisfied.sum(1),
        topics=keep * brand.topics + topics,
        styles=keep * brand.styles + styles,
    )


def _contents(brand: Brand, videos: Videos) -> tuple[Tensor, Tensor]:
    """By creator, the day's views by topic and the sum of their styles."""
    at = places(videos.views_today.bool())
    by = row_of(rows_at(videos.creator, at), len(brand.met))
    views = rows_at(videos.views_today, at)
    # half each; whole, so that their order is moot
    topics = torch.zeros_like(brand.topics, dtype=torch.int32).view(-1)
    start, few = by * brand.topics.shape[1], views.int()
    for topic in (videos.topic, videos.topic2):
        topics.index_add_(0, start + rows_at(topic, at), few)
    style = (rows_at(videos.style, at) * MILLI * views[:, None]).round().long()
    styles = torch.zeros_like(brand.styles, dtype=torch.int64).index_add(0, by, style)
    return topics.view(brand.topics.shape).float() / 2, styles.float() / MILLI
