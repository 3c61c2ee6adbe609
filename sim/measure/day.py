"""One day's measures, by the names of the registry (metrics.toml)."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from sim.measure import brands, bubble, exposure, influence, money, repeats, safety, welfare
from sim.measure.people import people_only
from sim.measure.window import WEEK, Window
from sim.world.state import Events, Money, World, row_of

LATER = 5  # days, in which passing interest has passed
SMALL = 10  # followers below which a creator is a small one
Measured = tuple[str, str, float]  # metric, group, value


def measure_day(
    world: World, events: list[Events], window: Window, closed: Money | None = None
) -> list[Measured]:
    """All measures of the day that `events` hold; `world` is as the day ended, `closed` its money
    as the night settles it (`platform.closed`).

    What cannot be told of a day (who came back on the first one, satisfaction where nothing was
    shown) is missing: it has no row.
    """
    whole, told = world, safety.measured(world, events)
    world, events = people_only(world, events)
    visits, returns = window.take_in(world, events)
    sums = welfare.by_viewer(world, events)
    impressions, own = welfare.impression_sums(world, events, window.influence.row)
    values = {**visits, **_amounts(world, sums), **welfare.divided(impressions)}
    shown = window.week()
    width = bubble.entropy(shown)
    values["topic_entropy"] = float(width.nanmean())
    values["homogeneity"] = bubble.homogeneity(shown)
    days = window.days()
    values["topic_lift"] = repeats.topic_lift(days, 0)
    values["topic_lift_later"] = repeats.topic_lift(days, LATER)
    taste = world.viewers.taste[window.row]
    apart = bubble.divergence(shown, taste, _supply(world))
    values["miscalibration"] = bubble.miscalibration(apart)
    means = {"topic_entropy": width, "miscalibration": apart}
    parts = influence.of_day(world, window.influence.row, sums.seconds / 60, returns, means)
    parts |= influence.of_impressions(impressions, own, len(world.viewers.id))
    window.influence.take_in(int(world.day), parts)
    rows: list[Measured] = [(k, "all", x) for k, x in values.items()]
    rows += [("watch_minutes", g, x) for g, x in _grouped(world, sums.seconds / 60)]
    rows += [("satisfaction", g, x) for g, x in _grouped(world, sums.satisfaction, sums.shown)]
    rows += [
        ("topic_entropy", g, float(width[mask[window.row]].nanmean()))
        for g, mask in welfare.groups(world).items()
    ]
    rows += brands.measure(world)
    rows += told
    if closed is not None:
        rows += money.measured(world, events, closed, _creators(whole))
    return [row for row in rows + _exposure(world) if not math.isnan(row[2])]


def _creators(world: World) -> dict[str, Tensor]:
    """Creators by kind: the tenth with most followers of those who posted of late, and others."""
    large = _large(world, _posting(world))
    return {"creator:large": large, "creator:small": ~large}


def _live(world: World) -> Tensor:
    videos = world.videos
    return (videos.views_today > 0) | (world.day - videos.uploaded < WEEK) & (videos.id > 0)


def _posting(world: World) -> Tensor:
    """Creators with a live video."""
    by = row_of(world.videos.creator[_live(world)], len(world.creators.id))
    none = torch.zeros(len(world.creators.id), dtype=torch.int64, device=world.device)
    return none.index_add(0, by, torch.ones_like(by)) > 0


def _large(world: World, posting: Tensor) -> Tensor:
    order = world.creators.followers.double()
    return order >= order[posting].quantile(0.9) if bool(posting.any()) else posting


def _amounts(world: World, sums: welfare.ByViewer) -> dict[str, float]:
    registered, active = int(world.viewers.registered.sum()), int(world.mood.present.sum())
    minutes = float(sums.seconds.sum()) / 60
    return {
        "watch_minutes": minutes / max(1, registered),
        "watch_minutes_active": _ratio(minutes, active),
        "impressions": float(sums.shown.sum()),
        "active_viewers": float(active),
    }


def _ratio(part: float | int, whole: float | int) -> float:
    return part / whole if whole else math.nan


def _supply(world: World) -> Tensor:
    topics = world.viewers.taste.shape[1]
    live = world.videos.id > 0
    return torch.bincount(world.videos.topic[live], minlength=topics).float() / live.sum()


def _grouped(
    world: World, amount: Tensor, per: Tensor | None = None
) -> Iterator[tuple[str, float]]:
    for name, mask in welfare.groups(world).items():
        over = mask.double() if per is None else per * mask
        yield name, _ratio(float((amount * mask).sum()), float(over.sum()))


def _exposure(world: World) -> list[Measured]:
    """Of the day's views: over the videos live today, over creators with a live video."""
    videos, creators = world.videos, world.creators
    live = _live(world)
    views = videos.views_today[live]
    by = row_of(videos.creator[live], len(creators.id))
    zero = torch.zeros(len(creators.id), dtype=torch.int64, device=world.device)
    per_creator = zero.index_add(0, by, views)
    posting = _posting(world)
    large = _large(world, posting)

    def share(of: Tensor) -> float:
        return _ratio(int(per_creator[of].sum()), int(views.sum()))

    return [
        ("coverage", "all", _ratio(int((views > 0).sum()), len(views))),
        ("shared_videos", "all", exposure.overlap(views, int(world.mood.present.sum()))),
        ("video_gini", "all", exposure.gini(views)),
        ("creator_gini", "all", exposure.gini(per_creator[posting])),
        ("newcomer_share", "all", share(creators.followers < SMALL)),
        ("exposure_share", "creator:large", share(large)),
        ("exposure_share", "creator:small", share(~large)),
    ]
