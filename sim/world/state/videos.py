"""The videos: a ring of fixed capacity."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

COUNTS = (
    "views",
    "watch_ms",
    "finishes",
    "long_views",
    "likes",
    "comments",
    "shares",
    "follows",
    "collects",
    "hides",
    "reports",
)
FEATURES = {"visual": 16, "audio": 8, "text": 16}  # widths of the observable vectors


@dataclass(frozen=True)
class Videos:
    id: Int[Tensor, " videos"]  # permanent id; 0 = the row was never used
    key: Int[Tensor, " videos"]  # creator's id x 2^20 + post number: keys the video's own draws
    creator: Int[Tensor, " videos"]  # permanent id
    topic: Int[Tensor, " videos"]  # main category; observable
    topic2: Int[Tensor, " videos"]  # second tag; equal to topic where there is none; observable
    duration: Float[Tensor, " videos"]  # seconds
    uploaded: Int[Tensor, " videos"]  # day
    removed: Bool[Tensor, " videos"]
    style: Float[Tensor, "videos styles"]  # hidden
    quality: Float[Tensor, " videos"]  # how good it is; standardised, hidden
    hook: Float[Tensor, " videos"]  # how good it looks; standardised, hidden
    feature: Float[Tensor, "videos features"]  # visual, audio and text vectors side by side
    counts: Int[Tensor, "videos counts"]  # by the names of COUNTS
    views_today: Int[Tensor, " videos"]
    heat: Float[Tensor, " videos"]  # recent views a day, fading
    charm: Float[Tensor, " videos"]  # likes against others watched as far; mean 1, hidden
    # All that a page needs of a video, side by side: one visit to memory where the fields above
    # would take ten. Made with the video by `sheet_of` and never changed. With eight styles it is
    # 16 floats, a line of the cache: a wider one is visited twice and costs twice as much.
    sheet: Float[Tensor, "videos sheet"]


_TOPICS = ("topic", "topic2")
# float32 holds whole numbers, as ids of creators and days, up to 2^24
_PLAIN = ("creator", "uploaded", "duration", "quality", "hook", "charm")


def sheet_width(styles: int) -> int:
    return len(_TOPICS) + len(_PLAIN) + styles


def sheet_of(videos: Videos) -> Float[Tensor, "videos sheet"]:
    """The sheet that belongs to the other fields."""
    plain = [getattr(videos, name).float() for name in (*_TOPICS, *_PLAIN)]
    return torch.cat([torch.stack(plain, dim=1), videos.style], dim=1)


@dataclass(frozen=True)
class Shown:
    """The videos of some slates, as read off the sheet; every field (shown, viewers).

    The places of a slate come first, here and in all that a page computes: what a viewer has
    once then meets a whole vector of viewers at a time.
    """

    topic: Int[Tensor, "shown viewers"]
    topic2: Int[Tensor, "shown viewers"]
    creator: Float[Tensor, "shown viewers"]  # id
    uploaded: Float[Tensor, "shown viewers"]
    duration: Float[Tensor, "shown viewers"]
    quality: Float[Tensor, "shown viewers"]
    hook: Float[Tensor, "shown viewers"]
    charm: Float[Tensor, "shown viewers"]
    style: Float[Tensor, "styles shown viewers"]


def handed(
    sheet: Float[Tensor, "videos sheet"], row: Int[Tensor, "shown viewers"]
) -> Float[Tensor, "shown viewers sheet"]:
    """Copies of the sheets of the videos at `row`."""
    return sheet.index_select(0, row.flatten()).view(*row.shape, sheet.shape[1])


def look(sheets: Float[Tensor, "shown viewers sheet"]) -> Shown:
    """What stands on the sheets of the videos shown."""
    fields = sheets.permute(2, 0, 1).contiguous()
    cut = len(_TOPICS), len(_PLAIN)
    topics, plain, style = fields.split((*cut, len(fields) - sum(cut)))
    named = dict(zip((*_TOPICS, *_PLAIN), (*topics.long(), *plain), strict=True))
    return Shown(**named, style=style)
