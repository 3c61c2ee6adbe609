"""What anyone may know of a video, as numbers: those that stay, and those that move with time."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.world.state import COUNTS, FEATURES, FEW, Catalog

FEATURE_LIMIT, LOG_LIMIT, AGE_LIMIT = 10.0, 25.0, 30.0  # feature units (sd 1.3), ln, days
RATES = ("finishes", "long_views", "likes")
# visual, audio and text vectors, ln seconds; then what moves: age, ln views, ln followers of the
# creator, whether the viewer follows the creator, and the rates
FIXED = sum(FEATURES.values()) + 1
FOLLOWED = FIXED + 3
MOVING = 4 + len(RATES)
VIDEO = FIXED + MOVING
HISTORY = VIDEO + 2  # of a video watched: ln seconds, and whether it was liked


def fixed(listing: Catalog, row: Tensor | slice = slice(None)) -> Float[Tensor, "videos fixed"]:
    """What stays as it is, of the videos at `row`."""
    feature = listing.feature[row].clamp(-FEATURE_LIMIT, FEATURE_LIMIT)
    return torch.cat([feature, listing.duration[row].log1p()[:, None]], dim=1)


def moving(listing: Catalog) -> Float[Tensor, "videos moving"]:
    """What moves, for all rows; 0 for following, which belongs to the viewer."""
    counts = listing.counts.float()
    views = counts[:, COUNTS.index("views")]
    rates = [counts[:, COUNTS.index(name)] / (views + 1) for name in RATES]
    age = listing.age.float().clamp(0, AGE_LIMIT)
    followers = listing.followers.float().log1p()
    return torch.stack([age, views.log1p(), followers, torch.zeros_like(age), *rates], dim=1)


def bounds() -> list[tuple[float, float]]:
    """The least and the most of each number."""
    signals = [(-FEATURE_LIMIT, FEATURE_LIMIT)] * (FIXED - 1)
    logs = [(0.0, LOG_LIMIT)]
    return signals + logs + [(0.0, AGE_LIMIT), *logs * 2] + [(0.0, 1.0)] * (1 + len(RATES))


class Shelf:
    """Tables of numbers by video. Row 0 is for nothing; so is row 0 of each moment of `moving`."""

    def __init__(self, videos: int, ring: int, moments: int, device: torch.device):
        """Room for so many; memory is taken up only as they are put."""

        def room(*shape: int) -> Tensor:
            return torch.empty(*shape, device=device)

        self.ring, self.moments = ring, moments
        # as a candidate and as one watched: what is not fixed is filled in by who reads
        self.fixed, self.past = room(videos + 1, VIDEO), room(videos + 1, HISTORY)
        self.moving = room(moments * (ring + 1), MOVING)
        self.creator = torch.empty(videos + 1, dtype=torch.int64, device=device)
        self.fixed[0], self.past[0], self.creator[0] = 0.0, 0.0, -1

    def put(self, at: Tensor, listing: Catalog, row: Tensor | slice = slice(None)) -> None:
        """The videos at these rows of the catalogue, at these of the tables."""
        self.fixed[at, :FIXED] = self.past[at, :FIXED] = fixed(listing, row)
        self.creator[at] = listing.creator[row]

    def tell(self, moment: int, listing: Catalog) -> None:
        """What moves, as it stands at a moment."""
        start = moment * (self.ring + 1)
        self.moving[start] = 0.0
        self.moving[start + 1 : start + self.ring + 1] = moving(listing)

    def candidates(self, at: Tensor, now: Tensor, follows: Tensor) -> Tensor:
        """(seats, n, VIDEO) of the videos `at` (seats, n) rows of `fixed`, and rows `now` of
        `moving`, 0 for none, to viewers with these `follows` (seats, followed)."""
        return self._read(self.fixed, at, now, follows)

    def history(self, at: Tensor, now: Tensor, follows: Tensor) -> Tensor:
        """(seats, n, HISTORY) likewise; the last two columns are still to be filled."""
        return self._read(self.past, at, now, follows)

    def _read(self, table: Tensor, at: Tensor, now: Tensor, follows: Tensor) -> Tensor:
        flat = at.flatten()
        numbers = table.index_select(0, flat)
        numbers[:, FIXED:VIDEO] = self.moving.index_select(0, now.flatten())
        creator = self.creator.index_select(0, flat).view(at.shape)
        numbers[:, FOLLOWED] = _followed(creator, follows).flatten().float()
        return numbers.view(*at.shape, table.shape[1])


def _followed(creator: Tensor, follows: Tensor) -> Bool[Tensor, "seats n"]:
    if creator.numel() * follows.shape[1] <= FEW:
        return (creator[..., None] == follows[:, None, :]).any(2)
    found = creator == follows[:, :1]
    for column in follows.T[1:]:  # passes over what fits the cache, not one cube
        found |= creator == column[:, None]
    return found
