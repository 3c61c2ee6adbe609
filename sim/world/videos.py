"""The catalogue's stock: videos are made, published into a ring, counted and aged."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import SORTED, Correlation, Len, Seconds, Share, Shares, Within
from sim.world.rng import Key, streams
from sim.world.state import COUNTS, FEATURES, POST_BITS, Creators, Videos, sheet_width

(TOPIC, ANYTHING, SECOND, OTHER, DURATION, STYLE, QUALITY, HOOK) = streams(
    "videos", "topic", "anything", "second tag", "other", "duration", "style", "quality", "hook"
)
NOISE = streams("film", *FEATURES)
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


def make(
    name: Int[Tensor, " new"],
    creator: Int[Tensor, " new"],
    post: Int[Tensor, " new"],
    day: Tensor,
    creators: Creators,
    params: VideoParams,
    tables: VideoTables,
    key: Key,
) -> Videos:
    """The videos that creators at rows `creator` post as their post-th.

    Draws are keyed by creator and post number, so a creator's seventh video is the same whoever
    else posts and whatever is recommended. The watch mixture and the sheet are filled in by the
    story.
    """
    own = (creators.id[creator] << POST_BITS) + post
    topic = _topic(own, creator, creators, params, tables, key)
    other = torch.bucketize(key.fold(OTHER).uniform(own), tables.shares[:-1], right=True)
    second = key.fold(SECOND).uniform(own) < params.second_tag
    skill, style_share = params.skill_share, params.style_share
    quality = skill**0.5 * creators.skill[creator]
    quality = quality + (1 - skill) ** 0.5 * key.fold(QUALITY).normal(own)
    free = (1 - params.hook_quality**2) ** 0.5
    luck = 0.6**0.5 * key.fold(HOOK).normal(own) + 0.4**0.5 * creators.flash[creator]
    styles = creators.style.shape[1]
    style = style_share**0.5 * creators.style[creator]
    style = style + ((1 - style_share) / styles) ** 0.5 * key.fold(STYLE).normal(own, styles)
    at = key.fold(DURATION).uniform(own) * (len(tables.durations) - 1)
    left = at.long()
    duration = torch.lerp(tables.durations[left], tables.durations[left + 1], at - left).exp()
    hook = params.hook_quality * quality + free * luck
    zero = torch.zeros_like(duration)
    return Videos(
        id=name,
        key=own,
        creator=creators.id[creator],
        topic=topic,
        topic2=torch.where(second, other, topic),
        duration=duration,
        uploaded=day.expand_as(name).clone(),
        removed=torch.zeros_like(second),
        style=style,
        quality=quality,
        hook=hook,
        feature=_film(own, topic, style, quality, hook, params, tables, key),
        counts=torch.zeros(len(name), len(COUNTS), dtype=torch.int64, device=name.device),
        views_today=torch.zeros_like(name),
        heat=zero,
        charm=torch.ones_like(zero),
        sheet=torch.zeros(len(name), sheet_width(styles), dtype=torch.int32, device=name.device),
    )


def _topic(own, creator, creators, params, tables, key) -> Tensor:
    """Mostly the niche, sometimes the second niche, now and then anything."""
    u = key.fold(TOPIC).uniform(own)
    anything = torch.bucketize(key.fold(ANYTHING).uniform(own), tables.shares[:-1], right=True)
    stray = params.niche_share + 0.6 * (1 - params.niche_share)
    topic = torch.where(u < stray, creators.niche2[creator], anything)
    return torch.where(u < params.niche_share, creators.niche[creator], topic)


def _film(own, topic, style, quality, hook, params, tables, key) -> Tensor:
    """Visual, audio and text vectors: noisy views of what the video is about."""
    styles = style.shape[1]
    signals = torch.cat(
        [tables.topic_code[topic], style * styles**0.5, quality[:, None], hook[:, None]], dim=1
    )
    # written out: the last bit of a matrix product depends on how many others are posted
    seen = torch.zeros_like(tables.cameras[0])
    for i, camera in enumerate(tables.cameras):
        seen = seen + signals[:, i, None] * camera
    parts = seen.split(tuple(FEATURES.values()), dim=1)
    noise = params.feature_noise
    return torch.cat(
        [
            part + noise[i] * key.fold(NOISE[i]).normal(own, part.shape[1])
            for i, part in enumerate(parts)
        ],
        dim=1,
    )


def slots_to_fill(
    videos: Videos, head: Tensor, width: int
) -> tuple[Int[Tensor, " new"], Int[Tensor, " new"]]:
    """The next `width` rows of the ring and the permanent names that videos there will bear."""
    capacity = len(videos.id)
    row = (head + torch.arange(width, device=head.device)) % capacity
    old = videos.id[row]
    return row, torch.where(old == 0, row + 1, old + capacity)


def blank_counts(rows: int, device) -> Int[Tensor, "videos counts"]:
    """Zeros; in memory a count of all videos lies side by side, as it is read and added to."""
    return torch.zeros(len(COUNTS), rows, dtype=torch.int64, device=device).T


def cool(videos: Videos, params: VideoParams) -> Videos:
    """The night: heat takes in the day's views and fades."""
    keep = params.heat_keep
    heat = keep * videos.heat + (1 - keep) * videos.views_today
    return replace(videos, heat=heat, views_today=torch.zeros_like(videos.views_today))
