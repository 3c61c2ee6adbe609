"""The story: how one world becomes the next, a page for those who are awake, a night for all."""

import math
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from sim.world import catalog, community
from sim.world.delivery import Post, deliver, meet
from sim.world.genesis import init
from sim.world.night import turn_day
from sim.world.page import STREAMS, Left, Page, joined, swipe_through, tally
from sim.world.rng import Key
from sim.world.rules import COMMUNITY, PAGES, Params, Rules, Tables, rules
from sim.world.state import Events, Memory, Mood, Request, Response, Slate, World, rows

__all__ = [
    "Params",
    "Rules",
    "Tables",
    "answer",
    "ask",
    "init",
    "public",
    "rules",
    "shown_before",
    "turn_day",
]

S = TypeVar("S")


def ask(world: World, rules: Rules) -> Request:
    """Who is awake. The number of rows differs from page to page, so this stays outside graphs."""
    mood = world.mood
    awake = mood.present & (mood.time_left > 0) & (mood.patience_left > 0)
    row = awake.nonzero().squeeze(1)
    return Request(row, world.viewers.id[row], mood.hour[row])


def public(world: World, rules: Rules):
    """The catalogue as anyone may see it."""
    return catalog.public(world.videos, world.creators, world.day, rules.params.catalog)


def shown_before(world: World, viewer_row: Tensor, ids: Tensor) -> Tensor:
    """Whether each of `ids` (some, n) was shown to the viewer of each row before."""
    return catalog.was_shown(world.memory.shown, viewer_row, ids, world.videos.uploaded, world.day)


def answer(
    world: World,
    rules: Rules,
    request: Request,
    slate: Slate,
    root: Key,
    *,
    swipe=swipe_through,
    donate: bool = False,
) -> tuple[World, Events]:
    """Viewers swipe through their slates; everything new is computed from everything old.

    Works in blocks of viewers that fit the cache; the block size changes no result. `swipe` may be
    the compiled form of `page.swipe_through`. Who donates the old world gives it up: its mood,
    memory and counts are written over, which saves copying what belongs to everybody.
    """
    key = root.fold(PAGES).fold(world.day).fold(world.page)
    dice = key.dice(STREAMS, slate.ids.shape[1])
    block, awake = rules.params.size.block, len(request.row)
    if not donate:
        world = _copied(world)
    post = deliver(world, rules, request.row, slate.ids)

    pages = []
    for start in range(0, max(1, awake), block):
        n = min(block, awake - start)
        row, ids, video = (x[..., start : start + n] for x in (request.row, post.ids, post.video))
        if n < block and (swipe is not swipe_through or awake > block):
            # filled up with anybody: a graph keeps one shape
            row, ids, video = (_padded(x, block) for x in (row, ids, video))
        page, left = swipe(meet(world, row, ids.contiguous(), video.contiguous()), rules, dice)
        page, left = (rows(struct, lambda field, n=n: field[:n]) for struct in (page, left))
        _feel(world.mood, row[:n], left)
        _recall(world.memory, row[:n], page, left, world.day)
        pages.append(page)
    page = joined(pages)
    views = tally(page, post.video, world.videos.counts)
    videos = replace(world.videos, views_today=world.videos.views_today + views)
    after = replace(world, page=world.page + 1, videos=videos)
    response = page.response()
    _follow(after, request, post, response)
    inbox = _send(after, rules, request, post, response, key, root)
    after = replace(after, memory=replace(after.memory, inbox=inbox))
    return after, _events(world, request, slate, post, response)


# what a page writes over
MOOD = ("time_left", "patience_left", "goodwill", "satiation")
MEMORY = ("history", "history_watch", "history_liked", "follows", "follow_count")


def _copied(world: World) -> World:
    """With copies of all that a page writes over."""

    def fresh(struct: S, *names: str) -> S:
        return replace(struct, **{name: getattr(struct, name).clone() for name in names})  # type: ignore

    return replace(
        world,
        mood=fresh(world.mood, *MOOD),
        memory=fresh(world.memory, *MEMORY),
        videos=fresh(world.videos, "counts"),
    )


def _feel(mood: Mood, row: Tensor, left: Left) -> None:
    for name in MOOD[:-1]:
        getattr(mood, name).index_copy_(0, row, getattr(left, name))
    # a topic shown twice is written twice, with one value
    mood.satiation.index_put_((row, left.topic.T), left.satiation.T)


def _recall(memory: Memory, row: Tensor, page: Page, left: Left, day: Tensor) -> None:
    """What the viewers and the platform remember of a page."""
    memory.history.index_copy_(0, row, left.recent.ids)
    memory.history_watch.index_copy_(0, row, left.recent.watch)
    memory.history_liked.view(torch.uint8).index_copy_(0, row, left.recent.liked)
    catalog.remember(memory, row, left.cells, page.seen.view(torch.bool), day)


def _padded(x: Tensor, length: int) -> Tensor:
    return torch.cat([x, x.new_zeros(*x.shape[:-1], length - x.shape[-1])], dim=-1)


def _events(world: World, request: Request, slate: Slate, post: Post, response: Response) -> Events:
    logp = torch.full_like(response.watch, math.nan) if slate.logp is None else slate.logp
    source = post.source.T
    logp = torch.where(source == 0, logp, math.nan)
    return Events(world.day, world.page, request, post.ids.T, source, logp, response)


def _who(response: Response, flag: str) -> Tensor:
    """Places in the page of the few viewers who did something at all."""
    return response.did(flag).any(1).nonzero().squeeze(1)


def _follow(world: World, request: Request, post: Post, response: Response) -> None:
    memory, who = world.memory, _who(response, "follow")
    row, made = request.row[who], response.did("follow")[who]
    creator = world.videos.creator[post.video.T[who]]
    held, count = community.follow(memory.follows[row], memory.follow_count[row], creator, made)
    memory.follows.index_copy_(0, row, held)
    memory.follow_count.index_copy_(0, row, count)


def _send(
    world: World,
    rules: Rules,
    request: Request,
    post: Post,
    response: Response,
    key: Key,
    root: Key,
) -> Tensor:
    """The inboxes after the page: those awake have emptied theirs, friends may have filled them."""
    inbox, who = world.memory.inbox.index_fill(0, request.row, 0), _who(response, "share")
    shared = response.did("share")[who]
    sender = request.viewer[who]
    p, graph = rules.params, root.fold(COMMUNITY)
    return community.send(
        inbox, sender, post.ids.T[who], shared, p.size.viewers, p.community, key, graph
    )
