"""The videos: a ring of fixed capacity."""

from dataclasses import dataclass, fields

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
class Watching:
    """The watch mixture of each video, or video shown, at appeal 0, from its duration alone."""

    skip: Float[Tensor, " *videos"]  # logits against leaving part-way
    finish: Float[Tensor, " *videos"]
    loop: Float[Tensor, " *videos"]
    skip_median: Float[Tensor, " *videos"]  # ln seconds
    skip_sd: Float[Tensor, " *videos"]  # of ln seconds
    finish_at: Float[Tensor, " *videos"]  # seconds
    finish_sd: Float[Tensor, " *videos"]  # seconds
    loop_mean: Float[Tensor, " *videos"]  # seconds beyond the first pass
    leave_bend: Float[Tensor, " *videos"]  # power of a uniform share of the duration
    like_factor: Float[Tensor, " *videos"]  # likes against those of other durations


@dataclass(frozen=True)
class Videos:
    name: Int[Tensor, " videos"]  # permanent id; 0 = the row was never used
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
    watching: Watching
    # All that a page needs of a video, side by side: one visit to memory where the fields above
    # would take twenty. Made with the video by `sheet_of` and never changed.
    sheet: Float[Tensor, "videos sheet"]


_WHOLE = ("topic", "topic2", "creator")  # float32 holds whole numbers up to 2^24
_REAL = ("uploaded", "duration", "quality", "hook")
_MIXTURE = tuple(field.name for field in fields(Watching))


def flat_watching(value: Tensor) -> Watching:
    """Every field alike: a place to be filled."""
    return Watching(**dict.fromkeys(_MIXTURE, value))


def sheet_width(styles: int) -> int:
    return len(_WHOLE) + len(_REAL) + len(_MIXTURE) + styles


def sheet_of(videos: Videos) -> Float[Tensor, "videos sheet"]:
    """The sheet that belongs to the other fields."""
    plain = [getattr(videos, name).float() for name in (*_WHOLE, *_REAL)]
    mixture = [getattr(videos.watching, name) for name in _MIXTURE]
    return torch.cat([torch.stack([*plain, *mixture], dim=1), videos.style], dim=1)


@dataclass(frozen=True)
class Shown:
    """The videos of some slates, as read off the sheet; every field (shown, viewers).

    The places of a slate come first, here and in all that a page computes: what a viewer has
    once then meets a whole vector of viewers at a time.
    """

    topic: Int[Tensor, "shown viewers"]
    topic2: Int[Tensor, "shown viewers"]
    creator: Int[Tensor, "shown viewers"]
    uploaded: Float[Tensor, "shown viewers"]
    duration: Float[Tensor, "shown viewers"]
    quality: Float[Tensor, "shown viewers"]
    hook: Float[Tensor, "shown viewers"]
    style: Float[Tensor, "styles shown viewers"]
    watching: Watching


def look(sheet: Float[Tensor, "videos sheet"], row: Int[Tensor, "shown viewers"]) -> Shown:
    """What stands on the sheet for the videos at `row`."""
    fields = (
        sheet.index_select(0, row.flatten())
        .view(*row.shape, sheet.shape[1])
        .permute(2, 0, 1)
        .contiguous()
    )
    cut = len(_WHOLE), len(_REAL), len(_MIXTURE)
    whole, real, mixture, style = fields.split((*cut, len(fields) - sum(cut)))
    named = dict(zip((*_WHOLE, *_REAL), (*whole.long(), *real), strict=True))
    return Shown(**named, style=style, watching=Watching(*mixture))
