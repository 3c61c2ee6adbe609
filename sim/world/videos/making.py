"""Videos are made: what a creator's niche, skill and luck come to, or what was decided."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import COUNTS, FEATURES, POST_BITS, Creators, Posts, Videos, sheet_width
from sim.world.videos import craft
from sim.world.videos.craft import CraftParams
from sim.world.videos.params import VideoParams, VideoTables

(TOPIC, ANYTHING, SECOND, OTHER, DURATION, STYLE, QUALITY, HOOK, HOUR, JOINS) = streams(
    "videos", "topic", "anything", "second tag", "other", "duration", "style", "quality", "hook",
    "hour", "joins a trend",
)  # fmt: skip
NOISE = streams("film", *FEATURES)


@dataclass(frozen=True)
class Asked:
    """What was decided of the videos to make."""

    posts: Posts  # (new,) each
    trend: Int[Tensor, ""]  # the strongest trend's topic; -1 = nothing trends
    params: CraftParams
    tired: Float[Tensor, " new"]  # quality lacking, standard deviations


def make(
    name: Int[Tensor, " new"],
    creator: Int[Tensor, " new"],
    post: Int[Tensor, " new"],
    day: Tensor,
    creators: Creators,
    params: VideoParams,
    tables: VideoTables,
    key: Key,
    asked: Asked | None = None,
) -> Videos:
    """The videos that creators at rows `creator` post as their post-th.

    Draws are keyed by creator and post number, so a creator's seventh video is the same whoever
    else posts and whatever is recommended; what was `asked` for replaces what habit would have
    made of them. The watch mixture and the sheet are filled in by the story.
    """
    own = (creators.id[creator] << POST_BITS) + post
    topic = _topic(own, creator, creators, params, tables, key)
    other = torch.bucketize(key.fold(OTHER).uniform(own), tables.shares[:-1], right=True)
    second = key.fold(SECOND).uniform(own) < params.second_tag
    topic2 = torch.where(second, other, topic)
    skill, style_share = params.skill_share, params.style_share
    quality = skill**0.5 * creators.skill[creator]
    quality = quality + (1 - skill) ** 0.5 * key.fold(QUALITY).normal(own)
    free = (1 - params.hook_quality**2) ** 0.5
    luck = 0.6**0.5 * key.fold(HOOK).normal(own) + 0.4**0.5 * creators.flash[creator]
    hook = params.hook_quality * quality + free * luck
    styles = creators.style.shape[1]
    style = style_share**0.5 * creators.style[creator]
    style = style + ((1 - style_share) / styles) ** 0.5 * key.fold(STYLE).normal(own, styles)
    u, hour = key.fold(DURATION).uniform(own), craft.usual_hour(key.fold(HOUR), own)
    form, lie = craft.form_of(u), torch.zeros_like(u)
    if asked is not None:
        joins = key.fold(JOINS).uniform(own)
        topic, topic2 = craft.positioned(topic, topic2, second, other, joins, asked)
        form, u = craft.formed(form, u, asked.posts.format)
        rested = quality - asked.tired
        quality, hook, lie = craft.worked(rested, hook, form, asked.posts, asked.params)
        hour = craft.where_told(asked.posts.hour, hour)
    at = u * (len(tables.durations) - 1)
    left = at.long()
    duration = torch.lerp(tables.durations[left], tables.durations[left + 1], at - left).exp()
    if asked is not None:
        duration = craft.where_told(asked.posts.duration, duration)
    zero = torch.zeros_like(duration)
    return Videos(
        id=name,
        key=own,
        creator=creators.id[creator],
        topic=topic,
        topic2=topic2,
        duration=duration,
        uploaded=day.expand_as(name).clone(),
        hour=hour,
        format=form,
        deal=torch.zeros_like(name),
        shop=torch.zeros_like(name),
        removed=torch.zeros_like(second),
        style=style,
        quality=quality,
        hook=hook,
        bait=craft.bait(hook, quality, lie),
        feature=_film(own, topic, style, quality, hook, params, tables, key),
        counts=torch.zeros(len(name), len(COUNTS), dtype=torch.int64, device=name.device),
        views_today=torch.zeros_like(name),
        heat=zero,
        charm=torch.ones_like(zero),
        grip=zero,
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
