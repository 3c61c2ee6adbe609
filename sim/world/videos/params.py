"""What videos are like in a world, and how cameras see them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.ranges import SORTED, Correlation, Len, Seconds, Share, Shares, Within
from sim.world.rng import Key, streams
from sim.world.state import FEATURES

(CODE,) = streams("topics", "code")
_SIGNALS = ("topic", "style", "quality", "hook")  # what the vectors tell of
_CAMERAS = {signal: streams(f"{signal} on film", *FEATURES) for signal in _SIGNALS}

Noise = Annotated[float, Within(0, 10)]


@dataclass(frozen=True)
class VideoParams:
    category_share: Shares  # of videos by topic, largest first
    second_tag: Share  # share of videos with a second tag
    # seconds at even steps of probability
    duration_quantiles: Annotated[tuple[Seconds, ...], Len(2, 2000), SORTED]
    niche_share: Share  # of a creator's posts that keep to the main niche
    skill_share: Share  # of quality's variance that is the creator's
    style_share: Share  # of style's variance that is the creator's
    hook_quality: Correlation  # correlation of how good it looks with how good it is
    feature_noise: tuple[Noise, Noise, Noise]  # sd of noise in visual, audio, text vectors
    heat_keep: Share  # of yesterday's heat


@dataclass(frozen=True)
class VideoTables:
    shares: Float[Tensor, " topics"]  # cumulative
    durations: Float[Tensor, " quantiles"]  # ln seconds
    topic_code: Float[Tensor, "topics code"]
    cameras: Float[Tensor, "signals features"]  # how each vector sees what a video is


def middles(params: VideoParams) -> tuple[float, ...]:
    """Durations (seconds), equally likely, that stand for all: between two quantiles a video's
    length is drawn evenly in ln seconds."""
    return tuple((a * b) ** 0.5 for a, b in pairwise(params.duration_quantiles))


_CODE = 12  # dimensions in which topics are told apart


def tables(params: VideoParams, styles: int, key: Key) -> VideoTables:
    """Codes and cameras are the same in every world, so features mean the same everywhere."""
    device = key.bits.device
    share = torch.tensor(params.category_share, device=device)
    names = torch.arange(len(share), device=device)
    cameras = _blind(_cameras(styles, key), styles)
    durations = torch.tensor(params.duration_quantiles, device=device).log()
    code = key.fold(CODE).normal(names, _CODE)
    return VideoTables((share / share.sum()).cumsum(0), durations, code, cameras)


def _cameras(styles: int, key: Key) -> Tensor:
    """Each vector has draws of its own for each kind of signal: one more changes no other's."""
    rows = zip(_SIGNALS, (_CODE, styles, 1, 1), strict=True)
    seen = [
        torch.cat(
            [
                key.fold(stream).normal(torch.arange(count, device=key.bits.device), width)
                for stream, width in zip(_CAMERAS[signal], FEATURES.values(), strict=True)
            ],
            dim=1,
        )
        for signal, count in rows
    ]
    return torch.cat(seen) / (_CODE + styles + 2) ** 0.5


def _blind(cameras: Tensor, styles: int) -> Tensor:
    """Text hears nothing of style and hook, audio nothing of quality; the eye sees most."""
    visual, audio, text = cameras.split(tuple(FEATURES.values()), dim=1)
    row = torch.arange(len(cameras), device=cameras.device)[:, None]
    is_style = (row >= _CODE) & (row < _CODE + styles)
    is_quality, is_hook = row == _CODE + styles, row == _CODE + styles + 1
    text = torch.where(is_style | is_hook, 0.0, text)
    audio = torch.where(is_quality, 0.0, audio * torch.where(is_style, 1.5, 1.0))
    visual = visual * torch.where(is_style | is_hook | is_quality, 1.5, 0.8)
    return torch.cat([visual, audio, text], dim=1)
