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
    key: Int[Tensor, " videos"]  # creator's id x 2^POST_BITS + post number: keys its draws
    creator: Int[Tensor, " videos"]  # permanent id
    topic: Int[Tensor, " videos"]  # main category; observable
    topic2: Int[Tensor, " videos"]  # second tag; equal to topic where there is none; observable
    duration: Float[Tensor, " videos"]  # seconds
    uploaded: Int[Tensor, " videos"]  # day
    hour: Float[Tensor, " videos"]  # of that day, 0..24
    format: Int[Tensor, " videos"]  # index into FORMATS
    deal: Int[Tensor, " videos"]  # with a brand: 0 none, 1 disclosed, 2 undisclosed
    shop: Int[Tensor, " videos"]  # 1: it sells something
    removed: Bool[Tensor, " videos"]
    style: Float[Tensor, "videos styles"]  # hidden
    quality: Float[Tensor, " videos"]  # how good it is; standardised, hidden
    hook: Float[Tensor, " videos"]  # how good it looks; standardised, hidden
    # how much more it promises than it holds, in the same standard deviations; hidden
    bait: Float[Tensor, " videos"]
    feature: Float[Tensor, "videos features"]  # visual, audio and text vectors side by side
    counts: Int[Tensor, "videos counts"]  # by the names of COUNTS
    views_today: Int[Tensor, " videos"]
    heat: Float[Tensor, " videos"]  # recent views a day, fading
    charm: Float[Tensor, " videos"]  # likes against others watched as far; mean 1, hidden
    grip: Float[Tensor, " videos"]  # how it is watched beside its appeal; standard normal, hidden
    # All that a page needs of a video, side by side: one visit to memory where the fields above
    # would take ten. Made with the video by `sheet_of` and never changed. It stays within a line
    # of the cache: one of 24 words takes 2.5 times as long to fetch, and a page 3 % longer.
    sheet: Int[Tensor, "videos sheet"]


POST_BITS = 20  # of a post's number among its creator's
LINE = 16  # words of a sheet at most; with eight styles one is free
# Whole numbers lie side by side in a word: its place, their first bit and their width. The
# last eight bits of the second word are grip, whose sign is theirs. Creators have as many bits as a
# float32 holds, where ids meet.
_PACKED = {"topic": (0, 0, 8), "topic2": (0, 8, 8), "uploaded": (0, 16, 16), "creator": (1, 0, 24)}
_WORDS = 2
_GRIP = (1, 24)
GRIP_STEPS = 32  # in a standard deviation; the sheet has eight bits for four on either side
_PLAIN = (
    "duration",
    "quality",
    "hook",
    "bait",
    "charm",
)  # each a word of its own, float32 by its bits
_EVE = 16_384  # days before day 0 that `uploaded` can tell of


def most(name: str) -> int:
    """The largest number of that name which the sheet can hold."""
    return (1 << _PACKED[name][2]) - 1 - (_EVE if name == "uploaded" else 0)


def sheet_width(styles: int) -> int:
    """Words of a sheet."""
    return _WORDS + len(_PLAIN) + styles


def sheet_of(videos: Videos) -> Int[Tensor, "videos sheet"]:
    """The sheet that belongs to the other fields."""
    words = [torch.zeros_like(videos.topic) for _ in range(_WORDS)]
    for name, (word, bit, width) in _PACKED.items():
        value = getattr(videos, name) + (_EVE if name == "uploaded" else 0)
        words[word] = words[word] + (value.clamp(0, (1 << width) - 1) << bit)
    word, bit = _GRIP
    words[word] = words[word] + ((videos.grip * GRIP_STEPS).round().long() << bit)
    plain = torch.stack([getattr(videos, name).float() for name in _PLAIN], dim=1)
    floats = torch.cat([plain, videos.style], dim=1)
    return torch.cat([torch.stack(words, dim=1).int(), floats.view(torch.int32)], dim=1)


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
    bait: Float[Tensor, "shown viewers"]
    charm: Float[Tensor, "shown viewers"]
    style: Float[Tensor, "styles shown viewers"]


def handed(
    sheet: Int[Tensor, "videos sheet"], row: Int[Tensor, "shown viewers"]
) -> Int[Tensor, "shown viewers sheet"]:
    """Copies of the sheets of the videos at `row`."""
    return sheet.index_select(0, row.flatten()).view(*row.shape, sheet.shape[1])


def look(sheets: Int[Tensor, "shown viewers sheet"]) -> Shown:
    """What stands on the sheets of the videos shown."""
    words = sheets.permute(2, 0, 1).contiguous()
    whole = {
        name: (words[word] >> bit) & ((1 << width) - 1)
        for name, (word, bit, width) in _PACKED.items()
    }
    plain, style = words[_WORDS:].view(torch.float32).tensor_split([len(_PLAIN)])
    return Shown(
        topic=whole["topic"].long(),
        topic2=whole["topic2"].long(),
        creator=whole["creator"].float(),
        uploaded=whole["uploaded"].float() - _EVE,
        style=style,
        **dict(zip(_PLAIN, plain, strict=True)),
    )


def grip_of(sheets: Int[Tensor, "shown viewers sheet"]) -> Float[Tensor, "shown viewers"]:
    """Their grips. Apart from what else stands there, for most worlds have none to be read."""
    word, bit = _GRIP
    return (sheets[..., word] >> bit).float() / GRIP_STEPS
