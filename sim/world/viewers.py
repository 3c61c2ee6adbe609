"""Who watches: how viewers are born, and how their tastes drift."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Logits, Share, Spread, Within
from sim.world.rng import Key, streams
from sim.world.state import Memory, Mood, Viewers

(BAND, REGION, CLUSTER, SINGLE, LEANING, CHOOSY, ACTIVITY, TALK, MINUTES, PATIENCE, EVENING,
 GOODWILL, AWAY, DRIFT_STYLE, INTEREST, BAND_INTEREST, RENEWED, RENEWED_CLUSTER,
 RENEWED_SINGLE, PLIANCY, APPETITE) = streams(
    "viewers", "band", "region", "cluster", "single", "leaning", "choosy", "activity", "talk",
    "minutes", "patience", "evening", "goodwill", "away", "drift of style", "interest",
    "interest of bands", "renewed interest", "new interest", "new single interest", "pliancy",
    "appetite",
)  # fmt: skip
BANDS, REGIONS, CLUSTERS = 6, 5, 6
BAND_SHARE = (0.10, 0.24, 0.24, 0.22, 0.12, 0.08)  # assumed: a young adult audience
REGION_SHARE = (0.15, 0.20, 0.22, 0.23, 0.20)  # assumed


@dataclass(frozen=True)
class ViewerParams:
    cluster_share: Share  # of taste's variance that comes from a few common interests
    band_share: Share  # of the common interests' variance that the age band explains
    choosiness_sd: Spread  # of the ln of sensitivity to quality
    activity: Logits  # mean logit of coming on a day
    activity_sd: Annotated[float, Within(0, 5)]  # of that logit over viewers
    talk_sd: Spread  # of the ln of the multiplier of comments, shares and follows
    # median minutes per viewer who came and day, the real platform's
    minutes: Annotated[float, Within(1, 1440)]
    minutes_sd: Spread  # of its ln
    # median number of dull videos a day that a viewer puts up with, likewise
    patience: Annotated[float, Within(1, 10_000)]
    patience_sd: Spread  # of its ln
    arrivals: Share  # new viewers a day over registered ones
    drift: Share  # share of taste's variance renewed a day
    pliancy_sd: Spread  # of the ln of how fast tastes answer what is watched
    goodwill: Share  # usual satisfaction of what the logging policy shows, 0..1
    appetite_sd: Spread = 0.0  # of the ln of a factor on both minutes and patience


@dataclass(frozen=True)
class ViewerTables:
    interest: Float[Tensor, "clusters topics"]  # what each common interest is made of
    band_interest: Float[Tensor, "bands clusters"]


def tables(topics: int, key: Key) -> ViewerTables:
    """The same in every world: what interests exist is culture, not chance of a seed."""
    device = key.bits.device
    names, bands = torch.arange(topics, device=device), torch.arange(BANDS, device=device)
    interest = key.fold(INTEREST).normal(names, CLUSTERS).T / CLUSTERS**0.5
    return ViewerTables(interest, key.fold(BAND_INTEREST).normal(bands, CLUSTERS))


def _pick(share: tuple[float, ...], u: Tensor) -> Tensor:
    """Index drawn by shares from a uniform."""
    edges = torch.tensor(share, device=u.device).cumsum(0)
    return torch.bucketize(u * edges[-1], edges[:-1], right=True)


def _interests(
    own: Float[Tensor, "viewers clusters"],
    band: Int[Tensor, " viewers"],
    params: ViewerParams,
    tables: ViewerTables,
) -> Float[Tensor, "viewers clusters"]:
    """What people want of each common interest: the usual of their age, and their own."""
    usual = params.band_share**0.5 * tables.band_interest[band]
    return (1 - params.band_share) ** 0.5 * own + usual


def _common(
    interests: Float[Tensor, "viewers clusters"], tables: ViewerTables
) -> Float[Tensor, "viewers topics"]:
    """Common interests as tastes for topics."""
    # written out: the last bit of a matrix product depends on how many others are born
    parts = [interests[:, i, None] * row for i, row in enumerate(tables.interest)]
    return sum(parts[1:], parts[0])


def _standard_gumbel(u: Tensor) -> Tensor:
    """Of uniform draws, which are written over. A few topics are loved and most are met with
    indifference, as shares of watching are."""
    return (u.log_().neg_().log_().neg_() - 0.5772) / 1.2825


def born(
    name: Int[Tensor, " viewers"],
    joined: Int[Tensor, " viewers"],
    registered: Tensor,
    like_odds: Float[Tensor, " viewers"],
    styles: int,
    params: ViewerParams,
    tables: ViewerTables,
    key: Key,
) -> Viewers:
    """The viewers of these names; a name gives the same person in every world of one seed."""

    def normal(stream, *columns):
        return key.fold(stream).normal(name, *columns)

    topics = tables.interest.shape[1]
    band = _pick(BAND_SHARE, key.fold(BAND).uniform(name))
    interests = _interests(normal(CLUSTER, CLUSTERS), band, params, tables)
    single = _standard_gumbel(key.fold(SINGLE).uniform(name, topics))
    share = params.cluster_share
    taste = share**0.5 * _common(interests, tables) + (1 - share) ** 0.5 * single
    appetite, zero = params.appetite_sd * normal(APPETITE), torch.zeros_like(like_odds)
    return Viewers(
        id=name,
        registered=registered,
        joined=joined,
        age_band=band,
        region=_pick(REGION_SHARE, key.fold(REGION).uniform(name)),
        taste=taste,
        interests=interests,
        won=torch.zeros_like(taste),
        pliancy=(params.pliancy_sd * normal(PLIANCY) - params.pliancy_sd**2 / 2).exp(),
        leaning=normal(LEANING, styles),
        choosiness=(params.choosiness_sd * normal(CHOOSY) - params.choosiness_sd**2 / 2).exp(),
        activity=params.activity + params.activity_sd * normal(ACTIVITY),
        like_odds=like_odds,
        talk=(params.talk_sd * normal(TALK) - params.talk_sd**2 / 2).exp(),
        minutes=params.minutes * (params.minutes_sd * normal(MINUTES) + appetite).exp(),
        patience=params.patience * (params.patience_sd * normal(PATIENCE) + appetite).exp(),
        evening=key.fold(EVENING).uniform(name),
        haste=zero,  # as a watcher like all others, until `watching.mannered`
        stay=zero,
        pace=zero,
    )


def fresh_mood(viewers: Viewers, params: ViewerParams, key: Key) -> Mood:
    """A resident's mood before the first day, about where the logging policy keeps it."""
    zero = torch.zeros_like(viewers.activity)
    goodwill = params.goodwill + 0.05 * key.fold(GOODWILL).normal(viewers.id)
    away = key.fold(AWAY).integer(viewers.id, 3)
    return Mood(
        present=torch.zeros_like(viewers.registered),
        hour=zero,
        time_left=zero,
        patience_left=zero,
        satiation=torch.zeros_like(viewers.taste),
        fancy=torch.zeros_like(viewers.taste),
        joy=torch.zeros_like(viewers.taste, dtype=torch.int32),
        wants=viewers.taste,
        goodwill=goodwill,
        away=away,
        visits=torch.where(viewers.joined < 0, 30, 0),
    )


def arrivals(
    viewers: Viewers, count: int, kept: Bool[Tensor, " viewers"] | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows for `count` new viewers, whether each is truly free, and the new permanent names.

    Never-used rows go first, then those of viewers who are gone; stable, so the same on any device.
    Rows that are `kept` are nobody's to take.
    """
    never = viewers.joined == NEVER
    taken = viewers.registered if kept is None else viewers.registered | kept
    order = torch.where(taken, 2, torch.where(never, 0, 1))
    row = torch.argsort(order, stable=True)[:count]
    name = viewers.id[row] + torch.where(never[row], 0, len(viewers.id))
    return row, ~taken[row], name


NEVER = -(1 << 40)  # the day of joining of a row that nobody has used yet


def settle(memory: Memory, row: Tensor, new: Tensor) -> Memory:
    """The memory of new viewers is blank. `shown` is wiped in place."""
    kept = ~new
    memory.shown[row] = memory.shown[row] * kept[:, None]

    def wiped(field):
        mask = kept.view(-1, *[1] * (field.dim() - 1))
        return field.index_copy(0, row, field[row] * mask)

    return replace(
        memory,
        history=wiped(memory.history),
        history_watch=wiped(memory.history_watch),
        history_liked=wiped(memory.history_liked),
        follows=wiped(memory.follows),
        follow_count=wiped(memory.follow_count),
        inbox=wiped(memory.inbox),
        bond=wiped(memory.bond),
        felt=wiped(memory.felt),
        feed=wiped(memory.feed),
    )


def drift(viewers: Viewers, params: ViewerParams, tables: ViewerTables, key: Key) -> Viewers:
    """A few interests end and others begin, drawn anew as at birth: what people are like, and how
    topics go together, stays as it was. Leanings wander (an AR(1) a day)."""
    name, topics = viewers.id, viewers.taste.shape[1]
    keep, renew = (1 - params.drift) ** 0.5, params.drift**0.5
    chance = 1 - keep  # correlation falls as that of an AR(1) does
    ends = key.fold(RENEWED).uniform(name, CLUSTERS) < chance
    own = key.fold(RENEWED_CLUSTER).normal(name, CLUSTERS)
    fresh = _interests(own, viewers.age_band, params, tables)
    interests = torch.where(ends, fresh, viewers.interests)
    change = _common(interests - viewers.interests, tables)
    u = key.fold(RENEWED_SINGLE).uniform(name, topics)
    # a uniform draw below `chance` is, over `chance`, one below 1
    single = _standard_gumbel((u / max(chance, 1e-9)).clamp(max=1 - 1e-7))
    share = params.cluster_share
    own = share**0.5 * _common(interests, tables) + (1 - share) ** 0.5 * single + viewers.won
    leaning = key.fold(DRIFT_STYLE).normal(name, viewers.leaning.shape[1])
    return replace(
        viewers,
        interests=interests,
        taste=torch.where(u < chance, own, viewers.taste + share**0.5 * change),
        leaning=keep * viewers.leaning + renew * leaning,
    )
