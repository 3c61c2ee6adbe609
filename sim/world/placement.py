"""What is paid to be shown joins the slates: advertisements between the videos, and promoted videos
among them."""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world import catalog
from sim.world.delivery import Post
from sim.world.money import ads, promotion
from sim.world.rng import Key, streams
from sim.world.rules import Params, Rules
from sim.world.state import SOURCES, Breaks, Money, World, nowhere, row_of, rows_at

ADS, PROMOTED = streams("placement", "ads", "promoted")
_PROMOTED = SOURCES.index("promoted")


def paid_for(world: World, rules: Rules, post: Post, key: Key) -> Post:
    """Slates with all that is paid for; as they are where money rests."""
    if world.money is None:
        return post
    post = _promoted(world, rules, post, key.fold(PROMOTED))
    return replace(post, ads=_sold(world, rules, post, key))


def told_apart(world: World) -> World:
    """Where advertisers find each viewer, newcomers too."""
    cell = ads.start(world.viewers.age_band, world.viewers.region)
    return replace(world, money=world.money and replace(world.money, cell=cell))


def asked(world: World, key: Key) -> Int[Tensor, "segments bidders"]:
    """Who is asked to bid for places in a page; `key` is the page's."""
    assert world.money is not None
    return ads.bidders(world.money.campaigns, world.money.market, key.fold(ADS))


def _sold(world: World, rules: Rules, post: Post, key: Key) -> Breaks | None:
    """The places for advertisements, auctioned one by one; `key` is the page's."""
    p, slots, row = rules.params.ads, len(post.ids), post.request.row
    if not p.every or world.money is None:
        return None
    after, start = ads.after(world.page, slots, p), world.money.cell.index_select(0, row)
    dice = key.fold(ADS).dice(ads.STREAMS, len(after)).cast(post.request.viewer)
    wants, bidders = wanted(world.mood.wants, row), asked(world, key)
    return ads.auction(world.money.market, bidders, start, wants, after[:, None], p, dice)


def wanted(wants: Tensor, row: Tensor) -> ads.Wants:
    """How much the viewers at `row` want topics (..., awake)."""
    flat, start = wants.view(-1), row.int() * wants.shape[1]  # half the bytes of a number
    return lambda topic: rows_at(flat, start + topic)


def toll_of(breaks: Breaks, slots: int, params: Params) -> Float[Tensor, "both slots awake"]:
    """Seconds and patience that advertisements take, by the slot before them."""
    at = torch.where(breaks.after < 0, slots, breaks.after)
    dull = params.ads.annoy * torch.exp(-breaks.seconds / params.sessions.dull_seconds)
    none = dull.new_zeros(2, slots + 1, at.shape[1])
    both = torch.stack([breaks.seconds, dull])
    return none.scatter_(1, at.expand_as(both), both)[:, :slots]


def _promoted(world: World, rules: Rules, post: Post, key: Key) -> Post:
    """One promoted video a viewer and page at most, in the middle of the slate: those whose
    creators pay go to the viewers who are thought to want them most."""
    assert world.money is not None
    p, money, row = rules.params.promotion, world.money, post.request.row
    if nowhere(money.escrow):  # most days
        return post
    payer = (promotion.quota(money.escrow, p) > 0).nonzero().squeeze(1)  # few, mostly nobody
    if not len(payer) or not len(row):
        return post
    quota = promotion.quota(money.escrow[payer], p)
    who = promotion.whose(post.request.viewer, quota, key)
    ids = money.promoted[payer][who]
    video = row_of(ids, len(world.videos.id))
    topic = world.videos.topic[video]
    interest = wanted(world.mood.wants, row)(topic)
    value = promotion.guess(interest, post.request.viewer, p, key)
    won = promotion.best(who, value, _open(world, rules, post, ids, video), quota)
    return _inserted(post, ids, video, won.nonzero().squeeze(1))


def _open(world: World, rules: Rules, post: Post, ids: Tensor, video: Tensor) -> Tensor:
    """Viewers to whom such a video can be shown, who have not seen it and have it not already."""
    live = catalog.eligible(world.videos, world.day, rules.params.catalog, video)
    shown, row = world.memory.shown, post.request.row
    seen = catalog.was_shown(shown, row, ids[:, None], world.videos.uploaded, world.day)[:, 0]
    return (ids > 0) & live & ~seen & ~(post.ids == ids).any(0) & (world.videos.id[video] == ids)


def _inserted(post: Post, ids: Tensor, video: Tensor, who: Int[Tensor, " some"]) -> Post:
    held = (post.ids[:, who] > 0).sum(0)
    at = held.clamp(max=len(post.ids) // 2), who
    return replace(
        post,
        ids=post.ids.index_put(at, ids[who]),
        video=post.video.index_put(at, video[who]),
        source=post.source.index_put(at, torch.full_like(who, _PROMOTED)),
    )


def charged(world: World, rules: Rules, post: Post, seen: Tensor, ads_seen: Tensor | None) -> Money:
    """What was seen is owed: by advertisers for advertisements, by creators for promotion.

    `seen` and `ads_seen` (awake, slots) and (awake, places); how much there was of both is counted
    in place."""
    money = world.money
    assert money is not None
    if post.ads is not None and ads_seen is not None:
        campaigns, _ = ads.charge(money.campaigns, post.ads, ads_seen.T)
        money = replace(money, campaigns=campaigns)
    row = post.request.row
    met = seen.sum(1), torch.zeros_like(row) if ads_seen is None else ads_seen.sum(1)
    money.met.index_add_(0, row, torch.stack(met, dim=1))
    if nowhere(money.escrow):
        return money
    at = ((post.source == _PROMOTED) & seen.T).nonzero(as_tuple=True)
    if not len(at[0]):
        return money
    creator = row_of(world.videos.creator[post.video[at]], len(money.escrow))
    each = torch.full_like(creator, promotion.each(rules.params.promotion))
    return replace(money, escrow=money.escrow.index_add(0, creator, -each))
