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
from sim.world.state import (
    SEGMENTS,
    Minded,
    Money,
    Response,
    World,
    found,
    nobody,
    row_of,
    rows_at,
)


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
    if world.money is None:
        return after
    return replace(after, money=_owed(world, rules, post, page, response))


def _owed(world: World, rules: Rules, post: Post, page: Page, response: Response) -> Money:
    """What was seen is owed for; answers to the survey are kept where creators are paid by them."""
    money = charged(world, rules, post, response.seen, page.ads)
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
    assert world.minded is not None
    cell = rows_at(world.minded.cell, post.video)
    band = world.viewers.age_band.index_select(0, request.row)
    brand.meet(held, cell, band, page.watch.T, page.satisfaction.T)
    _felt(world, rules, post, page, key)
    wrote = acts.did("comment")
    place, who, slot = (x.index_select(0, wrote) for x in (acts.place, acts.who, acts.slot))
    author = cell.view(-1).index_select(0, place) // SEGMENTS
    tie = page.tie.T.reshape(-1).index_select(0, place)
    row, viewer = request.row[who], request.viewer[who]
    brand.replies(memory, held, row, viewer, slot, tie, author, len(post.ids), params, key)


def _felt(world: World, rules: Rules, post: Post, page: Page, key: Key) -> None:
    """Followers like what they saw or do not, and mind goods and brand deals in it; in place."""
    assert world.minded is not None
    tie = page.tie.T.reshape(-1)  # as it lies in memory
    at, awake = found(tie), max(len(page.tie), 1)  # few
    who, video = at % awake, post.video.reshape(-1).index_select(0, at)
    dismay, more = world.minded.dismay.index_select(0, video).unbind(1)
    hidden = more.nonzero().squeeze(1)
    if not nobody(hidden):  # rare
        viewer, slot = post.request.viewer[who[hidden]], at[hidden] // awake
        learnt = deals.found_out(viewer, slot, rules.params.deals, key)
        dismay = dismay.index_add(0, hidden, more[hidden] * learnt)
    row = post.request.row.index_select(0, who)
    place = tie.index_select(0, at).long() - 1
    satisfied = page.satisfaction.T.reshape(-1).index_select(0, at)
    usual = world.mood.goodwill.index_select(0, row)
    brand.feelings(world.memory, row, place, satisfied, usual, dismay)


def awaited(world: World, rules: Rules) -> World:
    """The morning: what pages will look up of the videos."""
    held, videos, p = world.brand, world.videos, rules.params
    if held is None:
        return world
    author = row_of(videos.creator, len(held.met))
    heard = brand.overheard(held, author, p.brand)
    known = _thousandths(deals.dismay(videos.deal, videos.shop, p.deals) - heard)
    learnt = (videos.deal == deals.HIDDEN) * (_thousandths(p.deals.betrayed - heard) - known)
    minded = Minded(author * SEGMENTS, torch.stack([known, learnt], dim=1))
    return replace(world, minded=minded)


def _thousandths(x: Tensor) -> Tensor:
    return (brand.MILLI * x).round().long()


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
