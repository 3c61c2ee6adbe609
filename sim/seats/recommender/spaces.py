"""What the Gymnasium seats see and choose: spaces, and the tensors that fill them."""

import math
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.seats.recommender.view import PROFILE
from sim.world.rules import Params
from sim.world.state import COUNTS, FEATURES, Catalog, Observation, row_of

FEATURE_LIMIT, LOG_LIMIT, AGE_LIMIT = 10.0, 25.0, 30.0  # feature units (sd 1.3), ln, days
MOST_IDS = 1 << 50
_RATES = ("finishes", "long_views", "likes")
VIDEO = (
    sum(FEATURES.values()) + 5 + len(_RATES)
)  # ln seconds, age, ln views, ln followers, followed
HISTORY = VIDEO + 2  # ln watch seconds, liked
VIEWER = PROFILE + 3  # sine and cosine of the hour, share of the day's pages gone


class SlateSpace(spaces.MultiDiscrete):
    """A MultiDiscrete of places among `candidates`, (..., slots), none of them twice in a slate.

    `sample(mask)` takes the observation's `candidate_mask` (..., candidates) and keeps to what is
    offered as far as that goes.
    """

    def __init__(self, candidates: int, slots: int, rows: tuple[int, ...] = (), seed: Any = None):
        super().__init__(np.full((*rows, slots), candidates), seed=seed)
        self.candidates = candidates

    def sample(self, mask: Any = None, probability: Any = None) -> np.ndarray:
        if probability is not None:
            raise ValueError("a slate is drawn evenly; got probability. Pass mask, or nothing.")
        race = self.np_random.random((*self.shape[:-1], self.candidates))
        if mask is not None:
            race = race + (np.asarray(mask) == 0)
        return race.argsort(axis=-1)[..., : self.shape[-1]].astype(self.dtype)

    def contains(self, x: Any) -> bool:
        if not super().contains(x):
            return False
        order = np.sort(np.asarray(x), axis=-1)
        return bool((order[..., 1:] != order[..., :-1]).all())


@batch_space.register(SlateSpace)
def _batch_slates(space: SlateSpace, n: int = 1) -> SlateSpace:
    """Many slates keep the rule of one; Gymnasium's own batch would be a plain Box."""
    rows = (n, *space.shape[:-1])
    return SlateSpace(space.candidates, space.shape[-1], rows, seed=space.np_random)


def observation_space(params: Params, candidates: int) -> spaces.Dict:
    """One seat's view: float32 but for ids (int64) and the mask (int8). See `encode`."""
    follows = math.log1p(params.size.followed)
    viewer = [(0.0, 1.0)] * (PROFILE - 1) + [(0.0, follows), (-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0)]
    video = [(-FEATURE_LIMIT, FEATURE_LIMIT)] * sum(FEATURES.values())
    video += [(0.0, LOG_LIMIT), (0.0, AGE_LIMIT), (0.0, LOG_LIMIT), (0.0, LOG_LIMIT)]
    video += [(0.0, 1.0)] * (1 + len(_RATES))
    past = [*video, (0.0, LOG_LIMIT), (0.0, 1.0)]
    return spaces.Dict(
        candidate_id=_ids(candidates),
        candidate_mask=spaces.Box(0, 1, (candidates,), np.int8),
        candidates=_box(video, candidates),
        history=_box(past, params.size.history),
        history_id=_ids(params.size.history),
        viewer=_box(viewer),
    )


def _box(bounds: list[tuple[float, float]], *rows: int) -> spaces.Box:
    low, high = (np.tile(np.array(x, np.float32), (*rows, 1)) for x in zip(*bounds, strict=True))
    shape = (*rows, len(bounds))
    return spaces.Box(low.reshape(shape), high.reshape(shape), dtype=np.float32)


def _ids(n: int) -> spaces.Box:
    return spaces.Box(0, MOST_IDS, (n,), np.int64)


def encode(
    observation: Observation,
    awake: Bool[Tensor, " seats"],
    here: Bool[Tensor, " seats"],
    pages: int,
) -> dict[str, Tensor]:
    """The observation as tensors of the space, one row a seat.

    A viewer asleep has no hour and no candidates; all is 0 where the viewer is gone (not `here`).
    """
    o, listing = observation, observation.catalog
    assert o.candidates is not None
    offered = o.candidates * awake[:, None]
    past = o.history * here[:, None]
    angle = o.hour * (math.pi / 12)
    clock = torch.stack([angle.sin(), angle.cos()], 1) * awake[:, None]
    page = torch.full_like(angle, min(1.0, o.page / pages))[:, None]
    watched = torch.stack([o.history_watch.log1p().clamp(0, LOG_LIMIT), o.history_liked.float()], 2)
    return {
        "candidate_id": offered,
        "candidate_mask": (offered > 0).to(torch.int8),
        "candidates": describe(listing, offered, o.follows),
        "history": torch.cat(
            [describe(listing, past, o.follows), watched * (past > 0)[..., None]], dim=2
        ),
        "history_id": past,
        "viewer": torch.cat([o.profile, clock, page], dim=1) * here[:, None],
    }


def describe(
    listing: Catalog, ids: Int[Tensor, "seats n"], follows: Int[Tensor, "seats followed"]
) -> Float[Tensor, "seats n video"]:
    """What anyone may know of each video, VIDEO numbers; 0 where its row has been taken."""
    row = row_of(ids, listing.capacity)
    known = (ids > 0) & (listing.id[row] == ids)
    counts = listing.counts[row].float()
    views = counts[..., COUNTS.index("views")]
    rates = [counts[..., COUNTS.index(name)] / (views + 1) for name in _RATES]
    followed = (listing.creator[row][..., None] == follows[:, None, :]).any(2).float()
    numbers = [
        listing.duration[row].log1p(),
        listing.age[row].float().clamp(0, AGE_LIMIT),
        views.log1p(),
        listing.followers[row].float().log1p(),
        followed,
        *rates,
    ]
    feature = listing.feature[row].clamp(-FEATURE_LIMIT, FEATURE_LIMIT)
    return torch.cat([feature, torch.stack(numbers, dim=2)], dim=2) * known[..., None]
