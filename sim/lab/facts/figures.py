"""How each fact is computed from a house arm and a random arm of one world."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.lab.facts.gather import Sample
from sim.measure.agreement import icc
from sim.measure.exposure import gini, top_share
from sim.measure.spells import Spells
from sim.world.reactions import RATIO_EDGES
from sim.world.rules import Params
from sim.world.state import EVENT_FLAGS, watched

POSITIVE = ["like", "comment", "share", "follow", "collect"]
NEGATIVE = ["hide", "report"]
POOL = 0.1  # the popular pool: the most played part of all uploads (assumed; the log's is smaller)
RIPE = 4  # days after upload when a video has had most of its views


@dataclass(frozen=True)
class Arms:
    """One seed's two arms."""

    house: Sample
    random: Sample
    params: Params
    spells: Spells  # of trends over SPELL_DAYS in some of the smallest worlds


def _gini(values) -> float:
    return gini(np.asarray(values, dtype=np.int64))


def _top(values) -> float:
    return top_share(np.asarray(values, dtype=np.int64), 0.01)


def watching(arms: Arms, edges: list[float]) -> dict[str, list[float]]:
    """Quantiles, mean and shares by duration bin under the house."""
    i = arms.house.impressions
    at = np.digitize(i.duration, edges, right=True)
    table = i.assign(
        bin=at,
        finish=watched.finished(i.watch, i.duration),
        quick_skip=watched.quick_skip(i.watch),
        twice=watched.again(i.watch, i.duration)
        .astype(float)
        .where(watched.finished(i.watch, i.duration)),
    ).groupby("bin")
    whole = range(len(edges) + 1)
    out = {
        name: table["watch"].quantile(q).reindex(whole).tolist()
        for name, q in (("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9))
    }
    for name in ("finish", "quick_skip", "like", "twice"):
        out[name] = table[name].mean().reindex(whole).tolist()
    return {**out, "mean": table["watch"].mean().reindex(whole).tolist()}


def ratio_deciles(arms: Arms) -> list[float]:
    i = arms.house.impressions
    return (i.watch / i.duration).quantile(np.arange(0.1, 0.95, 0.1)).tolist()


def ratio(arms: Arms) -> dict[str, float]:
    i = arms.house.impressions
    share = i.watch / i.duration
    return {
        "ratio.below_tenth": float((share < 0.1).mean()),
        "ratio.finished": float((share >= 1).mean()),
        "ratio.twice": float((share > 2).mean()),
        "house.appeal": float(i.appeal.mean()),  # for tuning: what the preset calls logging_appeal
        "house.spread": float(i.appeal.std()),
        "house.satisfaction": float(i.satisfaction.mean()),
    }


def reactions(arms: Arms) -> dict[str, float]:
    i = arms.house.impressions
    place = np.digitize(i.watch / i.duration, RATIO_EDGES)
    out = {f"reactions.{flag}": float(i[flag].mean()) for flag in EVENT_FLAGS}
    for flag in ("like", "hide", "follow"):
        rates = i[flag].groupby(place).mean()
        out |= {f"{flag}_by_ratio.{k}": float(rates.get(k, np.nan)) for k in range(5)}
    long_view = watched.long_view(i.watch, i.duration)
    return out | {
        "joint.like_given_follow": float(i.like[i.follow].mean()),
        "joint.like_given_comment": float(i.like[i.comment].mean()),
        "joint.long_given_like": float(long_view[i.like].mean()),
    }


def likes(arms: Arms) -> dict[str, float]:
    i = arms.house.impressions
    views = i.groupby("viewer").like.agg(["size", "sum"])
    some = i[i.groupby("viewer").cumcount() < 30].groupby("viewer").like.agg(["size", "sum"])
    some = some[some["size"] >= 10]
    return {
        "likes.icc_viewer": _alike(views),
        "likes.icc_video": _alike(i.groupby("video").like.agg(["size", "sum"])),
        "likes.never": float((some["sum"] == 0).mean()),
    }


def _alike(groups: pd.DataFrame) -> float:
    found = icc(groups["size"].to_numpy(), groups["sum"].to_numpy())
    return float("nan") if found is None else found


def lifts(arms: Arms) -> dict[str, float]:
    """House over random, each a share of impressions."""

    def rates(i: pd.DataFrame) -> dict[str, float]:
        return {
            "click": float(watched.clicked(i.watch, i.duration).mean()),
            "long_view": float(watched.long_view(i.watch, i.duration).mean()),
            "finish": float(watched.finished(i.watch, i.duration).mean()),
            "positive": float(i[POSITIVE].any(axis=1).mean()),
            "negative": float(i[NEGATIVE].any(axis=1).mean()),
        }

    house, even = rates(arms.house.impressions), rates(arms.random.impressions)
    return {f"lift.{k}": house[k] / even[k] for k in house}


def _ripe(sample: Sample) -> pd.DataFrame:
    """Videos posted in the kept days that have had most of their views."""
    last = int(sample.impressions.day.max())
    first = int(sample.impressions.day.min())
    v = sample.videos
    return v[(v.uploaded >= first) & (v.uploaded <= last - RIPE)]


def inequality(arms: Arms) -> dict[str, float]:
    uploads = _ripe(arms.house)
    pool = uploads[uploads.views >= uploads.views.quantile(1 - POOL)]
    return {
        "plays.gini_all": _gini(uploads.views),
        "plays.top1_all": _top(uploads.views),
        "plays.gini_pool": _gini(pool.views),
        "plays.top1_pool": _top(pool.views),
        "plays.gini_creator": _gini(pool.groupby("creator").views.sum()),
        "plays.gini_creator_all": _gini(uploads.groupby("creator").views.sum()),
        "followers.gini": _gini(arms.house.creators.followers),
    }


def life(arms: Arms) -> dict[str, float]:
    """When a video's views come. A day's views count as spread evenly over it."""
    i = arms.house.impressions
    born = i.day - i.age
    whole = i[(born >= i.day.min()) & (born <= i.day.max() - arms.house.life + 1)]
    by_age = whole.groupby("age").size()
    share = by_age.reindex(range(int(arms.house.life)), fill_value=0).cumsum() / max(1, len(whole))
    reached = np.interp(0.5, [0.0, *share], range(len(share) + 1))
    week = float(share.iloc[min(6, len(share) - 1)])
    return {"life.half": float(reached), "life.week": week}


def supply(arms: Arms) -> dict[str, float]:
    creators, videos = arms.house.creators, arms.house.videos
    days = arms.house.days_in_all
    rate = creators.posts / days
    active = creators.cadence[creators.cadence > arms.params.creators.idle_cadence * 1.001]
    posts = np.sort(creators.posts)[::-1]
    topics = videos.topic.value_counts(normalize=True)
    return {
        "uploads.median": float(active.median()),
        "uploads.p90": float(rate[active.index].quantile(0.9)),
        "uploads.top_quarter": float(posts[: len(posts) // 4].sum() / posts.sum()),
        "topics.top": float(topics.iloc[0]),
        "topics.top_four": float(topics.iloc[:4].sum()),
        "topics.tags": 1 + float((videos.topic != videos.topic2).mean()),
    }


def sessions(arms: Arms) -> dict[str, float]:
    house = arms.house
    daily = house.impressions.groupby(["day", "viewer"]).watch.agg(["size", "sum"])
    return {
        "sessions.exposures": float(daily["size"].mean() / house.scale),
        "sessions.minutes": float(daily["sum"].mean() / 60 / house.scale),
        "sessions.dau_over_mau": house.dau_over_mau,
        **{f"return.{k}": v for k, v in hazards(house).items()},
        **{f"new.{k}": new_back(house, k) for k in (1, 7, 30)},
    }


def hazards(sample: Sample) -> dict[int, float]:
    """Chance of a visit on the k-th day after the last one, residents only."""
    resident = (sample.joined.reindex(sample.visits.index) < 0).to_numpy()
    came = sample.visits.to_numpy()[resident]
    out = {}
    for k in range(1, 6):
        risk = hit = 0
        for day in range(came.shape[1] - k):
            still = came[:, day] & ~came[:, day + 1 : day + k].any(axis=1)
            risk += int(still.sum())
            hit += int((still & came[:, day + k]).sum())
        out[k] = hit / max(1, risk)
    return out


def new_back(sample: Sample, after: int) -> float:
    """Share of new viewers who are here on day `after` since they joined; nan without any."""
    joined = sample.joined.reindex(sample.visits.index).to_numpy()
    came = sample.visits.to_numpy()
    risk = hit = 0
    for day in range(came.shape[1] - after):
        new = joined == day
        risk += int(new.sum())
        hit += int(came[new, day + after].sum())
    return hit / risk if risk else float("nan")


def creators(arms: Arms) -> dict[str, float]:
    uploads = _ripe(arms.house)
    i = arms.house.impressions
    acts = i[POSITIVE].sum(axis=1).groupby(i.creator).sum()
    plays = i.groupby("creator").size()
    table = arms.house.creators.join(uploads.groupby("creator").views.median().rename("median"))
    table = table.assign(acts=acts, plays=plays)
    known = table[(table.followers >= 1) & (table["median"] >= 1)]
    busy = table[(table.followers >= 1) & (table.plays >= 200) & (table.acts >= 1)]
    own = arms.house.creators
    boosted = own.cadence * 2.0**own.answer
    return {
        "creators.plays_followers": _slope(known.followers, known["median"]),
        "creators.engagement_followers": _slope(busy.followers, busy.acts / busy.plays),
        "creators.answer": float(boosted.sum() / own.cadence.sum()) - 1,
    }


def money(arms: Arms) -> dict[str, float]:
    """Levels of docs/facts.md, "Money"; small worlds show fewer videos a day, by `scale`."""
    table, house = pd.DataFrame(arms.house.money), arms.house
    if table.empty:
        return {}
    viewers, shown = table.active_viewers.sum() * house.scale, table.impressions.sum()
    return {
        "money.ad_load": float(table.ad_load.mean()),
        "money.ads_per_1000": float(1000 * table.ad_revenue.sum() / shown),
        "money.ads_per_viewer": float(table.ad_revenue.sum() / viewers),
        "money.paid_per_1000": float(1000 * table.income_ads.sum() / shown),
        "money.goods_per_viewer": float(table.shop_sales.sum() / viewers),
        "money.members": house.members,
        "money.top_income": _top(house.earned),
    }


def _slope(x, y) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0]) if len(x) > 2 else float("nan")


PARTS: tuple[Callable[[Arms], dict[str, float]], ...] = (
    ratio,
    reactions,
    likes,
    lifts,
    inequality,
    life,
    supply,
    sessions,
    creators,
    money,
)
