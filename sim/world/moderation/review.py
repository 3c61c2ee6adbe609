"""The people who look at videos: how long a case takes, and how often they err."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Share, Within
from sim.world.rng import Key, streams

CASE, APPEAL, SECOND, FILES, LOT, HASTE = streams(
    "review", "case", "appeal", "second look", "files", "lot", "haste"
)


@dataclass(frozen=True)
class ReviewParams:
    eye: Annotated[float, Within(0, 20)]  # separation of people, who see through evasion
    slip: Share  # of violations in the queue, those that haste passes over
    alike: Share  # of what the machine errs by, what misleads people too
    seconds: Annotated[float, Within(1, 3600)]  # of a clear case
    hard_seconds: Annotated[float, Within(0, 3600)]  # more of one that lies on the line
    flag: Annotated[int, Within(1, 10_000)]  # reports of a day that put a video in the queue
    innocent: Share  # of honest videos taken down, those whose creators appeal
    guilty: Share  # likewise of violations
    lapse: Annotated[float, Within(1, 10_000)]  # days after which a strike is forgotten
    label_share: Share  # of shares that a label stops
    dismay: Share  # of a creator's morale that a measure against an honest video takes
    bot_apart: Annotated[float, Within(0, 12)]  # separation of fake accounts from people
    bot_like: Annotated[float, Within(0, 5)]  # how much like one a busy person looks


def seeming(
    harm: Int[Tensor, " videos"],
    stark: Float[Tensor, " videos"],
    look: Float[Tensor, "videos harms"],
    kind: Int[Tensor, " videos"],
    params: ReviewParams,
) -> Float[Tensor, " videos"]:
    """How like a violation videos look to people, who draw the line at half of `eye`; `kind` is
    the kind of harm that is asked about, from 0."""
    misled = look.gather(1, kind[:, None]).squeeze(1)
    return (harm > 0).float() * params.eye * stark + params.alike * misled


def minutes(seems: Float[Tensor, " videos"], params: ReviewParams) -> Float[Tensor, " videos"]:
    """That a case takes: the nearer the line, the longer."""
    close = torch.exp(-(seems - params.eye / 2).abs())
    return (params.seconds + params.hard_seconds * close) / 60


def judged(
    video: Int[Tensor, " videos"],
    seems: Float[Tensor, " videos"],
    params: ReviewParams,
    key: Key,
) -> Bool[Tensor, " videos"]:
    """Whether a person takes each video for a violation; `key` is the occasion's."""
    return seems + key.normal(video) > params.eye / 2


def hurried(
    video: Int[Tensor, " videos"], params: ReviewParams, key: Key
) -> Bool[Tensor, " videos"]:
    """Which videos of the queue are passed without a proper look."""
    return key.fold(HASTE).uniform(video) < params.slip


def files(
    video: Int[Tensor, " videos"],
    harm: Int[Tensor, " videos"],
    params: ReviewParams,
    key: Key,
) -> Bool[Tensor, " videos"]:
    """Whose creators would appeal."""
    chance = torch.where(harm > 0, params.guilty, params.innocent)
    return key.fold(FILES).uniform(video) < chance
