"""What audiences hold of creators: who knows them, for what, and how good they are thought."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

SEGMENTS = 6  # audiences apart: the viewers' age bands, which anyone may see
GLAD_BITS = 36  # of the thousandths of satisfaction in a word of `met`; the views stand above
FELT_BITS = 32  # likewise in a word of `Memory.felt`
FEED = 4  # followed creators' posts that wait for a viewer at most
TIES = 512  # by which the draws of a viewer lie apart: one a place of the list of those followed


@dataclass(frozen=True)
class Brand:
    """A row a creator; stocks that leak, fed by what viewers saw."""

    # today's, by segment: views past the first seconds, and satisfaction; written in place
    met: Int[Tensor, "creators segments"]
    comments: Int[Tensor, " creators"]  # today's; written in place
    waiting: Int[Tensor, " creators"]  # yesterday's comments, which want an answer
    answered: Float[Tensor, " creators"]  # chance that a comment gets one today
    audience: Int[Tensor, "creators segments"]  # yesterday's views past the first seconds
    awareness: Float[Tensor, "creators segments"]  # share of the segment that would know the name
    seen: Float[Tensor, " creators"]  # views remembered
    satisfied: Float[Tensor, " creators"]  # satisfaction remembered, summed over those
    topics: Float[Tensor, "creators topics"]  # what was about each topic, of the views remembered
    styles: Float[Tensor, "creators styles"]  # sum of their styles
    bond: Float[Tensor, " creators"]  # mean over followers, 0..1
    back: Float[Tensor, " creators"]  # share of followers who watched it that day, smoothed


@dataclass(frozen=True)
class Minded:
    """What pages look up of videos whose brands are built, worked out every morning; a row a
    video."""

    cell: Int[Tensor, " videos"]  # where the row of its creator begins in `Brand.met`, flattened
    # thousandths that it disappoints followers by, by what it sells; below 0 it pleases them, by
    # answers under it. In the second column what is added if a hidden deal is found out.
    dismay: Int[Tensor, "videos both"]


def blank_brand(creators: int, topics: int, styles: int, device) -> Brand:
    """Nobody has met anybody yet."""

    def whole(*columns):
        return torch.zeros(creators, *columns, dtype=torch.int64, device=device)

    def real(*columns):
        return torch.zeros(creators, *columns, device=device)

    return Brand(
        met=whole(SEGMENTS), comments=whole(), waiting=whole(), answered=real(),
        audience=whole(SEGMENTS), awareness=real(SEGMENTS), seen=real(), satisfied=real(),
        topics=real(topics), styles=real(styles), bond=real(), back=real(),
    )  # fmt: skip
