"""What audiences hold of creators: who knows them, for what, and how good they are thought."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state.viewers import Memory

SEGMENTS = 6  # audiences apart: the viewers' age bands, which anyone may see
GLAD_BITS = 36  # of the thousandths of satisfaction in a word of `met`; the views stand above
FELT_BITS = 32  # likewise in a word of `Memory.felt`
FEED = 4  # followed creators' posts that wait for a viewer at most
TIES = 512  # numbers by which the ids of creators lie apart, so that a place fits between
MOST_TIED = (1 << 31) // TIES - 1  # the largest id of a creator for which that holds


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


def ties(memory: Memory, row: Int[Tensor, " awake"]) -> Int[Tensor, "followed awake"]:
    """Whom some viewers follow, as numbers from which both the creator and its place in the list
    can be read: id x TIES + place, int32."""
    ids = memory.follows.index_select(0, row)
    place = torch.arange(ids.shape[1], device=ids.device)
    return torch.empty(ids.shape[::-1], dtype=torch.int32, device=ids.device).copy_(
        (ids * TIES + place).T
    )
