"""The machine that looks at every upload: a score for each kind of harm, from what it sees of the
video. Some honest creators look like violators to it, and evasion moves violators away."""

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Len, Share, Within
from sim.world.rng import Key, streams
from sim.world.state import HARMS

AUTHOR, VIDEO = streams("classifier", "author", "video")
USUAL = 0.4  # severity at which a violation looks as `separation` says; assumed
_LEAST = 1e-9  # score: all of it lies above 0, so that a threshold of 0 takes everything


@dataclass(frozen=True)
class ClassifierParams:
    """Violations lie `separation` standard deviations from the rest (signal detection: Green and
    Swets, 1966); every point of its precision and recall follows."""

    separation: Annotated[tuple[Annotated[float, Within(0, 12)], ...], Len(len(HARMS), len(HARMS))]
    by_severity: Share  # how much more of it a severe one has
    look: Share  # of what it errs by, what all videos of a creator share
    prior: Annotated[float, Within(1e-6, 0.5)]  # share of violations that it was trained on
    # above 0: as good as to be right in this share of violations and of others, at a score of .5
    accuracy: Annotated[float, Within(0, 0.9999)]

    @property
    def apart(self) -> tuple[float, ...]:
        """Separation by kind of harm."""
        if not self.accuracy:
            return self.separation
        half = math.sqrt(2) * torch.erfinv(torch.tensor(2 * max(self.accuracy, 0.5) - 1.0))
        return (2 * float(half),) * len(HARMS)


def looks(
    video: Int[Tensor, " videos"],
    creator: Int[Tensor, " videos"],
    params: ClassifierParams,
    key: Key,
) -> Float[Tensor, "videos harms"]:
    """By what videos look like a violation without being one, in standard deviations; `video` and
    `creator` name whose draws they are."""
    n = len(HARMS)
    own, shared = key.fold(VIDEO).normal(video, n), key.fold(AUTHOR).normal(creator, n)
    return math.sqrt(params.look) * shared + math.sqrt(1 - params.look) * own


def scores(
    harm: Int[Tensor, " videos"],
    severity: Float[Tensor, " videos"],
    evasion: Float[Tensor, " videos"],
    look: Float[Tensor, "videos harms"],
    params: ClassifierParams,
) -> Float[Tensor, "videos harms"]:
    """How likely the machine thinks each kind of harm, 0..1: right on average for violations that
    do not evade, at its `prior`."""
    apart = torch.tensor(params.apart, device=look.device)
    kinds = torch.arange(1, len(HARMS) + 1, device=look.device)
    bad = (harm.long()[:, None] == kinds).float()
    shift = apart * stark(severity, params)[:, None] - evasion[:, None]
    prior = 0.5 if params.accuracy else params.prior
    told = apart * (bad * shift + look) - apart**2 / 2 + math.log(prior / (1 - prior))
    return torch.sigmoid(told).clamp(min=_LEAST)


def stark(severity: Tensor, params: ClassifierParams) -> Tensor:
    """How much of its separation a violation of this severity has."""
    return 1 + params.by_severity * (severity - USUAL)
