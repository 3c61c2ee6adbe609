"""What follows from a page: counts, follows, videos sent to friends, what is owed."""

from dataclasses import replace

import torch
from torch import Tensor

from sim.world import brand, community
from sim.world.acts import Acts, tally
from sim.world.delivery import Post
from sim.world.money import deals
from sim.world.page import Page
from sim.world.placement import charged
from sim.world.rng import Key
from sim.world.rules import Rules
from sim.world.state import Money, Response, World, found, row_of, rows_at


def settle(
    world: World, rules: Rules, post: Post, page: Page, acts: Acts, key: Key, graph: Key
) -> World:
    """The world after a page that was watched; counts and memory are written in place.

    `key` is the page's; `graph` says who is whose friend.
    """
    views = tally(page, post.video, world.videos.counts, acts)
    videos = replace(world.videos, views_today=world.videos.views_today + views)
    response = page.response()
    if world.brand is not None:
        _brands(world, rules, post, page, acts, key)
    _follow(world, rules, post, response, acts)
    inbox = _send(world, rules, post, response, acts, key, graph)
    memory = replace(world.memory, inbox=inbox)
    after = replace(world, page=world.page + 1, videos=videos, memory=memory)
    return after if world.money is None else replace(after, money=_owed(world, rules, post, page))


def _owed(world: World, rules: Rules, post: Post, page: Page) -> Money:
    """What was seen is owed for; answers to the survey are kept where creators are paid by them."""
    response = page.response()
    ads = None if page.ads is None else page.ads.view(torch.bool)
    money = charged(world, rules, post, response.seen, ads)
    if rules.params.terms.payout != "satisfaction":
        return money
    who, slot = (page.survey > 0).nonzero(as_tuple=True)
    creator = row_of(world.videos.creator[post.video[slot, who]], len(money.rated))
    points = (250 * (page.survey[who, slot] - 1)).round().long()
    return replace(money, rated=money.rated.index_add(0, creator, points))


def _brands(world: World, rules: Rules, post: Post, page: Page, acts: Acts, key: Key) -> None:
    """Creators are met, bonds are felt, comments wait for answers; all in place."""
    memory, request, params = world.memory, post.request, rules.params.brand
    held = world.brand
    assert held is not None
    creator = row_of(rows_at(world.videos.creator, post.video), len(held.met))
    band = world.viewers.age_band.index_select(0, request.row)
    brand.meet(held, creator, band, page.watch.T, page.satisfaction.T)
    _felt(world, rules, post, page, key)
    wrote = acts.did("comment")
    who, slot = acts.who[wrote], acts.slot[wrote]
    viewer, author = request.viewer[who], creator[slot, who]
    tie = page.tie[who, slot]
    slots, row = len(post.ids), request.row[who]
    brand.replies(memory, held, row, viewer, slot, tie, author, slots, params, key)


def _felt(world: World, rules: Rules, post: Post, page: Page, key: Key) -> None:
    """Followers like what they saw or do not, and mind goods and brand deals in it; in place."""
    tie = page.tie.T.reshape(-1)  # as it lies in memory
    at = found(tie)  # few
    slot = at // max(len(page.tie), 1)
    who = at - slot * len(page.tie)
    row, viewer = (x.index_select(0, who) for x in (post.request.row, post.request.viewer))
    video = post.video.reshape(-1).index_select(0, at)
    deal, goods = rows_at(world.videos.deal, video), rows_at(world.videos.shop, video)
    dismay = deals.dismay(deal, goods, viewer, slot, rules.params.deals, key)
    assert world.brand is not None
    author = row_of(rows_at(world.videos.creator, video), len(world.brand.met))
    dismay = dismay - brand.overheard(world.brand, author, rules.params.brand)
    place = tie.index_select(0, at).long() - 1
    satisfied = page.satisfaction.T.reshape(-1).index_select(0, at)
    brand.feelings(world.memory, row, place, satisfied, world.mood.goodwill[row], dismay)


def _follow(world: World, rules: Rules, post: Post, response: Response, acts: Acts) -> None:
    memory, who = world.memory, acts.by("follow")
    row, made = post.request.row[who], response.did("follow")[who]
    creator = world.videos.creator[post.video.T[who]]
    if world.brand is not None:
        brand.remember(memory, row, creator, made, rules.params.brand)
        return
    held, count = community.follow(memory.follows[row], memory.follow_count[row], creator, made)
    memory.follows.index_copy_(0, row, held)
    memory.follow_count.index_copy_(0, row, count)


def _send(
    world: World,
    rules: Rules,
    post: Post,
    response: Response,
    acts: Acts,
    key: Key,
    graph: Key,
) -> Tensor:
    """The inboxes after the page: those awake have emptied theirs, friends may have filled them."""
    who, request, p = acts.by("share"), post.request, rules.params
    inbox = world.memory.inbox.index_fill(0, request.row, 0)
    shared, sender = response.did("share")[who], request.viewer[who]
    return community.send(
        inbox, sender, post.ids.T[who], shared, p.size.viewers, p.community, key, graph
    )
