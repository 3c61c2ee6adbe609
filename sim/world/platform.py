"""The story: how one world becomes the next, a page for those who are awake, a night for all."""

import math
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from sim.world import catalog, community
from sim.world.genesis import init
from sim.world.night import turn_day
from sim.world.page import STREAMS, Left, Page, deliver, joined, swipe_through, tally
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

S = TypeVar("S")


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
    return catalog.was_shown(world.memory.shown, viewer_row, ids, world.videos.uploaded, world.day)


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
    dice = key.dice(STREAMS, slate.ids.shape[1])
    block = rules.params.size.block
    mood, memory = _to_write(world.mood, MOOD), _to_write(world.memory, MEMORY)

    pages = []
    for start in range(0, max(1, len(request.row)), block):
        row, ids = request.row[start : start + block], slate.ids[start : start + block]
        n = len(row)
        if n < block and (swipe is not swipe_through or len(request.row) > block):
            # filled up with anybody: a graph keeps one shape
            row, ids = _padded(row, block), _padded(ids, block)
        page, left = swipe(deliver(world, rules, row, ids), rules, dice)
        row = row[:n]
        page, left = (rows(struct, lambda field, n=n: field[:n]) for struct in (page, left))
        _feel(mood, row, left)
        _recall(memory, row, page)
        catalog.remember(memory, row, left.cells, page.response.seen, world.day)
        pages.append(page)
    page = joined(pages)
    counts = tally(page, world.videos.counts)
    today = world.videos.views_today + counts[:, 0] - world.videos.counts[:, 0]
    after = replace(
        world,
        mood=mood,
        memory=memory,
        videos=replace(world.videos, counts=counts, views_today=today),
    )
    return _settle(after, rules, request, slate, page, key, root)


# what a page changes of every viewer awake, written block by block
MOOD = ("time_left", "patience_left", "goodwill", "satiation")
MEMORY = ("history", "history_watch", "history_liked")


def _to_write(struct: S, names: tuple[str, ...]) -> S:
    """With copies of these fields."""
    return replace(struct, **{name: getattr(struct, name).clone() for name in names})  # type: ignore


def _feel(mood: Mood, row: Tensor, left: Left) -> None:
    for name in MOOD[:-1]:
        getattr(mood, name).index_copy_(0, row, getattr(left, name))
    # a topic shown twice is written twice, with one value
    mood.satiation.index_put_((row, left.topic.T), left.satiation.T)


def _recall(memory: Memory, row: Tensor, page: Page) -> None:
    """The last videos watched, newest last: those seen now push the oldest out.

    What is seen stands at the head of the slate: viewers swipe in order, and empty places (id 0)
    are allowed at its end only.
    """
    response, slots = page.response, page.ids.shape[1]
    seen = response.seen.sum(1)
    some = (seen < slots).nonzero().squeeze(1)  # few; most see the whole page
    at = torch.arange(memory.history.shape[1], device=row.device) + seen[some][:, None]
    for name, new in zip(MEMORY, (page.ids, response.watch, response.did("like")), strict=True):
        held, few = getattr(memory, name), row[some]
        theirs = torch.cat([held.index_select(0, few), new[some]], dim=1).gather(1, at)
        old = held[:, slots:].index_select(0, row)  # none, where the page is longer than memory
        held.index_copy_(0, row, torch.cat([old, new[:, -held.shape[1] :]], dim=1))
        held.index_copy_(0, few, theirs)


def _padded(x: Tensor, length: int) -> Tensor:
    return torch.cat([x, x.new_zeros(length - len(x), *x.shape[1:])])


def _settle(
    world: World, rules: Rules, request: Request, slate: Slate, page: Page, key: Key, root: Key
):
    """What the page did to videos, creators and friends, and the events that tell of it."""
    memory, response = world.memory, page.response
    after = replace(
        world,
        page=world.page + 1,
        memory=replace(
            memory,
            **_follow(world, request, page),
            inbox=_send(world, rules, request, page, key, root),
        ),
    )
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
