"""The videos: a ring of fixed capacity."""

from dataclasses import dataclass

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
    """The watch mixture of each video at appeal 0, from its duration alone."""

    skip: Float[Tensor, " videos"]  # logits against leaving part-way
    finish: Float[Tensor, " videos"]
    loop: Float[Tensor, " videos"]
    skip_median: Float[Tensor, " videos"]  # ln seconds
    skip_sd: Float[Tensor, " videos"]  # of ln seconds
    finish_at: Float[Tensor, " videos"]  # seconds
    finish_sd: Float[Tensor, " videos"]  # seconds
    loop_mean: Float[Tensor, " videos"]  # seconds beyond the first pass
    like_factor: Float[Tensor, " videos"]  # likes against those of other durations


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
