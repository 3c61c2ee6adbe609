"""What the Gymnasium seats see and choose: spaces, and the tensors that fill them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.seats.recommender.features import HISTORY, LOG_LIMIT, VIDEO, bounds
from sim.seats.recommender.view import PROFILE
from sim.world.rules import Params

__all__ = ["HISTORY", "VIDEO", "VIEWER", "SlateSpace", "action_masks", "action_space", "encode"]
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


def action_space(candidates: int, slots: int) -> spaces.Space:
    """Places among the candidates: a slate of them, or one where a page has one slot."""
    return spaces.Discrete(candidates) if slots == 1 else SlateSpace(candidates, slots)


def observation_space(params: Params, candidates: int) -> spaces.Dict:
    """One seat's view: vectors of float32, and a mask of int8. See `encode`."""
    follows = math.log1p(params.size.followed)
    viewer = [(0.0, 1.0)] * (PROFILE - 1) + [(0.0, follows), (-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0)]
    past = [*bounds(), (0.0, LOG_LIMIT), (0.0, 1.0)]
    return spaces.Dict(
        candidate_mask=spaces.Box(0, 1, (candidates,), np.int8),
        candidates=_box(bounds(), candidates),
        history=_box(past, params.size.history),
        viewer=_box(viewer),
    )


def _box(bounds: list[tuple[float, float]], rows: int = 1) -> spaces.Box:
    low, high = (np.tile(np.array(x, np.float32), rows) for x in zip(*bounds, strict=True))
    return spaces.Box(low, high, dtype=np.float32)


@dataclass(frozen=True)
class Seen:
    """What the seats may see, before it is put in numbers."""

    offered: Int[Tensor, "seats candidates"]  # ids; 0 = none, as where the viewer is asleep
    candidates: Float[Tensor, "seats candidates video"]
    past: Int[Tensor, "seats recent"]  # ids of the last videos watched, newest last; 0 = none
    history: Float[Tensor, "seats recent history"]
    watch: Float[Tensor, "seats recent"]  # seconds
    liked: Bool[Tensor, "seats recent"]
    profile: Float[Tensor, "seats profile"]
    hour: Float[Tensor, " seats"]
    page: Float[Tensor, " seats"]  # share of the day's pages gone


def encode(
    seen: Seen, awake: Bool[Tensor, " seats"], here: Bool[Tensor, " seats"]
) -> dict[str, Tensor]:
    """The observation as tensors of the space, one row a seat.

    `candidates` is a table of (candidates, VIDEO) numbers laid out flat, `history` one of (recent,
    HISTORY); see features.py for the columns. A viewer asleep has no hour; all is 0 where the
    viewer is gone (not `here`).
    """
    angle = seen.hour * (math.pi / 12)
    clock = torch.stack([angle.sin() * awake, angle.cos() * awake, seen.page], 1)
    # seconds are told for each video watched, also where the catalogue holds it no more
    watched = torch.stack([seen.watch.log1p().clamp(0, LOG_LIMIT), seen.liked.float()], 2)
    seen.history[..., VIDEO:] = watched * (seen.past > 0)[..., None]
    history = seen.history.flatten(1)
    viewer = torch.cat([seen.profile, clock], dim=1)
    if not bool(here.all()):
        history, viewer = history * here[:, None], viewer * here[:, None]
    return {
        "candidate_mask": (seen.offered > 0).to(torch.int8),
        "candidates": seen.candidates.flatten(1),
        "history": history,
        "viewer": viewer,
    }


def action_masks(mask: np.ndarray, slots: int) -> np.ndarray:
    """Which places each slot may choose, (..., slots x candidates) of bool: the `candidate_mask`
    once a slot, in the order of sb3-contrib's MaskablePPO. All True where nothing is offered,
    because a mask of nothing is refused, and such a row of an action is not looked at."""
    able = mask > 0
    able = able | ~able.any(-1, keepdims=True)
    return np.tile(able, slots)
