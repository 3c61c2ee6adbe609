"""What viewers did in a page besides watching: a few in a hundred of what they saw."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.page import Page
from sim.world.rules import COUNT_BITS
from sim.world.state import EVENT_FLAGS


@dataclass(frozen=True)
class Acts:
    """Where in a page anything was done, looked up once for all who ask."""

    place: Int[Tensor, " acts"]  # in the page as it lies in memory, slot by slot
    who: Int[Tensor, " acts"]  # place among those awake
    slot: Int[Tensor, " acts"]
    bits: Int[Tensor, " acts"]  # flags, as in Response

    @classmethod
    def of(cls, flags: Int[Tensor, "awake slots"]) -> "Acts":
        by_slot = flags.T.flatten()  # as it lies in memory
        place = by_slot.nonzero().squeeze(1)
        awake = flags.shape[0]
        slot = place // max(awake, 1)
        return cls(place, place - slot * awake, slot, by_slot[place].long())

    def did(self, flag: str) -> Int[Tensor, " some"]:
        """Which of them are of this kind, by the names of EVENT_FLAGS."""
        return (self.bits & (1 << EVENT_FLAGS.index(flag))).nonzero().squeeze(1)

    def by(self, flag: str) -> Int[Tensor, " viewers"]:
        """Places in the page of those who did this at all, ascending."""
        return self.who[self.did(flag)].unique()


def tally(
    page: Page,
    video: Int[Tensor, "slots awake"],
    counts: Int[Tensor, "videos counts"],
    acts: Acts,
) -> Int[Tensor, " videos"]:
    """Adds the page's counts per video to `counts`, in place; returns its views. Whole numbers, so
    the order of adding is moot.

    Three counts ride in one word, which saves passes over what misses the cache: a viewer sees a
    video once, so a count stays below the viewers awake, for whom COUNT_BITS are enough.
    """
    at = video.flatten()
    three = torch.zeros_like(counts[:, 0]).index_add_(0, at, page.word.T.flatten())
    mask = (1 << COUNT_BITS) - 1
    all_views, milliseconds, finishes, long_views, *kinds = counts.T
    views = three & mask
    all_views += views
    milliseconds.index_add_(0, at, page.milliseconds.T.flatten())
    finishes += (three >> COUNT_BITS) & mask
    long_views += three >> 2 * COUNT_BITS
    video = video[acts.slot, acts.who]
    for i, kind in enumerate(kinds):
        kind.index_add_(0, video, (acts.bits >> i) & 1)
    return views
