"""The story: how one world becomes the next, a page for those who are awake, a night for all."""

import math
from dataclasses import fields, replace

import torch
from torch import Tensor

from sim.world import catalog, community, videos
from sim.world.genesis import init
from sim.world.night import turn_day
from sim.world.page import Left, Page, deliver, joined, swipe_through, tally
from sim.world.rng import Key
from sim.world.rules import COMMUNITY, PAGES, Params, Rules, Tables, rules
from sim.world.state import Events, Memory, Mood, Request, Slate, World, rows

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


def ask(world: World, rules: Rules) -> Request:
    """Who is awake. The number of rows differs from page to page, so this stays outside graphs."""
    mood = world.mood
    awake = mood.present & (mood.time_left > 0) & (mood.patience_left > 0)
    row = awake.nonzero().squeeze(1)
    return Request(row, world.viewers.name[row], mood.hour[row])


def public(world: World, rules: Rules):
    """The catalogue as anyone may see it."""
    return catalog.public(world.videos, world.creators, world.day, rules.params.catalog)


def shown_before(world: World, viewer_row: Tensor, ids: Tensor) -> Tensor:
    """Whether each of `ids` (some, n) was shown to the viewer of each row before."""
    capacity = len(world.videos.name)
    uploaded = world.videos.uploaded[(ids - 1) % capacity]
    return catalog.was_shown(world.memory.shown, viewer_row, ids, uploaded, world.day, capacity)


def answer(
    world: World,
    rules: Rules,
    request: Request,
    slate: Slate,
    root: Key,
    *,
    swipe=swipe_through,
) -> tuple[World, Events]:
    """Viewers swipe through their slates; everything new is computed from everything old.

    Works in blocks of viewers that fit the cache; the block size changes no result. `swipe` may be
    the compiled form of `page.swipe_through`.
    """
    key = root.fold(PAGES).fold(world.day).fold(world.page)
    block = rules.params.size.block
    mood, memory = _copies(world)
    pages = []
    for start in range(0, max(1, len(request.row)), block):
        row, ids = request.row[start : start + block], slate.ids[start : start + block]
        n = len(row)
        if n < block and (swipe is not swipe_through or len(request.row) > block):
            # filled up with anybody: a graph keeps one shape
            row, ids = _padded(row, block), _padded(ids, block)
        page, left = swipe(world, rules, row, deliver(world, rules, row, ids), key)
        pages.append(rows(page, lambda field, n=n: field[:n]))
        for name, new in vars(left).items():
            whole = getattr(mood if hasattr(mood, name) else memory, name)
            whole.index_copy_(0, row[:n], new[:n])
    return _settle(
        replace(world, mood=mood, memory=memory), rules, request, slate, joined(pages), key, root
    )


def _copies(world: World) -> tuple[Mood, Memory]:
    """Copies of what a page changes row by row, to be written block by block."""

    def copied(old):
        names = (field.name for field in fields(Left) if hasattr(old, field.name))
        return replace(old, **{name: getattr(old, name).clone() for name in names})

    return copied(world.mood), copied(world.memory)


def _padded(x: Tensor, length: int) -> Tensor:
    return torch.cat([x, x.new_zeros(length - len(x), *x.shape[1:])])


def _settle(
    world: World, rules: Rules, request: Request, slate: Slate, page: Page, key: Key, root: Key
):
    """What the page did to videos, creators and friends, and the events that tell of it."""
    memory, response, capacity = world.memory, page.response, len(world.videos.name)
    after = replace(
        world,
        page=world.page + 1,
        memory=replace(
            memory,
            **_follow(world, request, page),
            inbox=_send(world, rules, request, page, key, root),
        ),
        videos=videos.count(world.videos, tally(page, capacity)),
    )
    catalog.remember(memory, request.row, page.ids, response.seen, world.day, capacity)
    logp = torch.full_like(response.watch, math.nan) if slate.logp is None else slate.logp
    logp = torch.where(page.source == 0, logp, math.nan)
    return after, Events(world.day, world.page, request, page.ids, page.source, logp, response)


def _who(page: Page, flag: str) -> Tensor:
    """Places in the page of the few viewers who did something at all."""
    return page.response.did(flag).any(1).nonzero().squeeze(1)


def _follow(world: World, request: Request, page: Page) -> dict[str, Tensor]:
    memory, who = world.memory, _who(page, "follow")
    row, made = request.row[who], page.response.did("follow")[who]
    creator = world.videos.creator[page.video[who]]
    held, count = community.follow(memory.follows[row], memory.follow_count[row], creator, made)
    return {
        "follows": memory.follows.index_copy(0, row, held),
        "follow_count": memory.follow_count.index_copy(0, row, count),
    }


def _send(world: World, rules: Rules, request: Request, page: Page, key: Key, root: Key) -> Tensor:
    """The inboxes after the page: those awake have emptied theirs, friends may have filled them."""
    inbox, who = world.memory.inbox.index_fill(0, request.row, 0), _who(page, "share")
    shared = page.response.did("share")[who]
    sender = request.viewer[who]
    p, graph = rules.params, root.fold(COMMUNITY)
    return community.send(
        inbox, sender, page.ids[who], shared, p.size.viewers, p.community, key, graph
    )
