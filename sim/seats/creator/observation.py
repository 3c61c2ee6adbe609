"""What accounts are shown of themselves in the morning, and its form as vectors."""

import math

import numpy as np
import torch
from gymnasium import spaces
from jaxtyping import Int
from torch import Tensor
from torch.nn import functional

from sim.seats.creator.analytics import RECENT, Analytics
from sim.world.rules import Params
from sim.world.state import (
    AUDIENCE,
    FLOWS,
    HOT,
    POINTS,
    SOURCES,
    STREAMS,
    VIDEO_FLOWS,
    WEEK,
    Dashboard,
    World,
    row_of,
)

MOST = 25.0  # of ln(1 + anything counted); beyond what int64 and a world could hold


def dashboard(
    world: World,
    row: Int[Tensor, " seats"],
    analytics: Analytics,
    seated: Int[Tensor, " seats"],
    purse: dict[str, Tensor],
) -> Dashboard:
    """What the accounts at `row` see. `purse` is what they know of themselves, by field."""
    f, videos, creators = analytics.shown, world.videos, world.creators
    at = row_of(f.video, len(videos.id))
    held = videos.id[at] == f.video  # posts leave the catalogue in the end
    share = f.video_flows[..., :1].clamp(min=1)
    top = (videos.views_today * (videos.id > 0)).topk(min(HOT, len(videos.id)))
    return Dashboard(
        day=int(world.day),
        creator=creators.id[row].clone(),
        seated=seated.clone(),
        main=creators.niche[row].clone(),
        second=creators.niche2[row].clone(),
        followers=f.followers.clone(),
        flows=f.flows.clone(),
        sources=f.sources.sum(1),
        groups=f.audience.sum(1),
        unanswered=f.flows[:, -1, FLOWS.index("comments")].clone(),
        video=f.video * held,
        video_age=(world.day - videos.uploaded[at]) * held,
        video_topic=videos.topic[at] * held,
        video_format=videos.format[at] * held,
        video_duration=videos.duration[at] * held,
        video_flows=f.video_flows * held[..., None],
        retention=f.reached / share * held[..., None],
        trends=world.trends.strength.clone(),
        hot_topic=videos.topic[top.indices],
        hot_format=videos.format[top.indices],
        hot_duration=videos.duration[top.indices],
        hot_views=top.values,
        **purse,
    )


def observation_space(params: Params) -> spaces.Dict:
    """One seat's view; see `encode`."""
    topics = len(params.videos.category_share)
    parts = {
        "account": _box(0.0, MOST, 8),
        "audience": _box(0.0, 1.0, AUDIENCE),
        "flows": _box(0.0, MOST, 3 * len(FLOWS)),
        "income": _box(0.0, MOST, len(STREAMS) + 1),
        "sources": _box(0.0, 1.0, len(SOURCES)),
        "topics": _box(0.0, 1.0, 3 * topics),
        "videos": _box(0.0, MOST, RECENT * VIDEO),
    }
    return spaces.Dict(dict(sorted(parts.items())))


VIDEO = 3 + len(VIDEO_FLOWS) + POINTS  # there, age, ln duration, ln figures, retention


def _box(low: float, high: float, width: int) -> spaces.Box:
    return spaces.Box(low, high, (width,), np.float32)


def encode(seen: Dashboard) -> dict[str, Tensor]:
    """The observation as float32 tensors of the space, one row a seat.

    `account`: ln(1 + followers), ln(1 + cash), energy, hours of work / 24, ln(1 + comments that
    want an answer), weeks since the seat was taken, sine and cosine of the day of the week as 0..1.
    `flows`: ln(1 + each of FLOWS): of the newest day shown, the mean of the week, and the day
    before it. `income`: ln(1 + each of STREAMS), then of what was spent, in the week. `sources`,
    `audience`: shares of impressions. `topics`: one-hot main and second, and the trend list.
    `videos`: RECENT posts, newest first, each (there, ln(1 + age), ln duration, ln(1 + figures),
    retention).
    """
    week = seen.day % 7 / 7 * 2 * math.pi
    n = len(seen.followers)
    clock = seen.energy.new_tensor([(1 + math.sin(week)) / 2, (1 + math.cos(week)) / 2])
    account = torch.stack(
        [
            seen.followers.float().log1p(),
            seen.cash.clamp(min=0).log1p(),
            seen.energy,
            seen.hours / 24,
            seen.unanswered.log1p(),
            (seen.seated.float() / 7).clamp(max=MOST),
        ],
        dim=1,
    )
    total = seen.sources.sum(1, keepdim=True).clamp(min=1)
    topics = seen.trends.shape[0]
    flows = [seen.flows[:, -1], seen.flows.sum(1) / WEEK, seen.flows[:, -2]]
    hot = (seen.trends.clamp(0, 1)).expand(n, topics)
    places = [functional.one_hot(seen.main, topics), functional.one_hot(seen.second, topics), hot]
    told = {
        "account": torch.cat([account, clock.expand(n, 2)], dim=1),
        "audience": seen.groups / total,
        "flows": torch.cat(flows, dim=1).log1p(),
        "income": torch.cat([seen.income, seen.spent[:, None]], dim=1).clamp(min=0).log1p(),
        "sources": seen.sources / total,
        "topics": torch.cat([p.float() for p in places], dim=1),
        "videos": _videos(seen),
    }
    return {name: x.float().clamp(0, MOST) for name, x in told.items()}


def _videos(seen: Dashboard) -> Tensor:
    there = (seen.video > 0).float()
    parts = [there, seen.video_age.clamp(min=0).float().log1p(), seen.video_duration.log1p()]
    plain = torch.stack(parts, dim=2)
    table = torch.cat([plain, seen.video_flows.log1p(), seen.retention], dim=2)
    return (table * there[..., None]).flatten(1)
