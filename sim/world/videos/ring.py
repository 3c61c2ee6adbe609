"""The ring of videos: where new ones go, and how those there are counted and cool."""

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.state import COUNTS, Videos
from sim.world.videos.params import VideoParams


def slots_to_fill(
    videos: Videos, head: Tensor, width: int
) -> tuple[Int[Tensor, " new"], Int[Tensor, " new"]]:
    """The next `width` rows of the ring and the permanent names that videos there will bear."""
    capacity = len(videos.id)
    row = (head + torch.arange(width, device=head.device)) % capacity
    old = videos.id[row]
    return row, torch.where(old == 0, row + 1, old + capacity)


def blank_counts(rows: int, device) -> Int[Tensor, "videos counts"]:
    """Zeros; in memory a count of all videos lies side by side, as it is read and added to."""
    return torch.zeros(len(COUNTS), rows, dtype=torch.int64, device=device).T


def cool(videos: Videos, params: VideoParams) -> Videos:
    """The night: heat takes in the day's views and fades."""
    keep = params.heat_keep
    heat = keep * videos.heat + (1 - keep) * videos.views_today
    return replace(videos, heat=heat, views_today=torch.zeros_like(videos.views_today))
