"""The story: how one world becomes the next, a page for those who are awake, a night for all."""

import math
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from sim.world import catalog, contest, oversight
from sim.world.acts import Acts
from sim.world.delivery import Post, deliver, meet
from sim.world.genesis import init
from sim.world.night import closed, removed, turn_day
from sim.world.page import STREAMS, Left, Page, joined, swipe_through
from sim.world.placement import paid_for, toll_of
from sim.world.rng import Dice, Root
from sim.world.rules import COMMUNITY, PAGES, Params, Rules, Tables, rules
from sim.world.settlement import settle
from sim.world.state import (
    HABIT,
    Decisions,
    Events,
    Memory,
    Mood,
    Request,
    Slate,
    World,
    rows,
)

__all__ = [
    "Params",
    "Rules",
    "Tables",
    "answer",
    "ask",
    "closed",
    "init",
    "public",
    "rules",
    "shown_before",
    "turn_day",
]

S = TypeVar("S")
WIDE = 1 << 18  # viewers at once on a GPU, at most


def ask(world: World, rules: Rules) -> Request:
    """Who is awake. The number of rows differs from page to page, so this stays outside graphs."""
    mood = world.mood
    awake = mood.present & (mood.time_left > 0) & (mood.patience_left > 0)
    row = awake.nonzero().squeeze(1)
    return Request(row, world.viewers.id[row], mood.hour[row])


def public(world: World, rules: Rules):
    """The catalogue as anyone may see it."""
    may, held = oversight.shown_in_feeds(world), world.moderation
    score = None if held is None else held.score
    p = rules.params.catalog
    return catalog.public(world.videos, world.creators, world.day, p, may, score)


def shown_before(world: World, viewer_row: Tensor, ids: Tensor) -> Tensor:
    """Whether each of `ids` (some, n) was shown to the viewer of each row before."""
    return catalog.was_shown(world.memory.shown, viewer_row, ids, world.videos.uploaded, world.day)


def answer(
    world: World,
    rules: Rules,
    request: Request,
    slate: Slate,
    root: Root,
    decisions: Decisions = HABIT,
    *,
    swipe=swipe_through,
    donate: bool = False,
) -> tuple[World, Events]:
    """Viewers swipe through their slates; everything new is computed from everything old.

    `swipe` may be the compiled form of `page.swipe_through`. Who donates the old world gives it
    up: its mood, memory and counts are written over, which saves copying what belongs to everybody.
    """
    key = root.luck.fold(PAGES).fold(world.day).fold(world.page)
    world = world if donate else _copied(world)
    post = oversight.kept_from_minors(world, deliver(world, rules, request, slate.ids))
    post = contest.spotted(world, paid_for(world, rules, post, key))
    page = _watched(world, rules, post, key.dice(STREAMS, slate.ids.shape[1]), swipe)
    contest.suffered(world, rules, post, page, key)
    acts = Acts.of(page.flags)
    oversight.softened(world, rules, post, page.flags, acts, key)
    after = settle(world, rules, post, page, acts, key, root.fold(COMMUNITY))
    after = removed(after, decisions)  # what lies on the phones already is watched
    return after, _events(world, slate, post, page)


def _watched(world: World, rules: Rules, post: Post, dice: Dice, swipe) -> Page:
    """The page of all who are awake, in blocks of viewers; the block size changes no result.
    Mood and memory are written in place."""
    block, awake = _block(rules, post.request.row), len(post.request.row)
    craved = contest.craved(world, rules, post)
    pages = []
    for start in range(0, max(1, awake), block):
        n, cut = min(block, awake - start), slice(start, start + block)
        row, ids, video = (x[..., cut] for x in (post.request.row, post.ids, post.video))
        ads = None if post.ads is None else rows(post.ads, lambda x, cut=cut: x[..., cut])
        pull = None if craved is None else craved[:, cut]
        if n < block and (swipe is not swipe_through or awake > block):
            # filled up with anybody: a graph keeps one shape
            row, ids, video = (_padded(x, block) for x in (row, ids, video))
            ads = ads and rows(ads, lambda x: _padded(x, block))
            pull = None if pull is None else _padded(pull, block)
        toll = None if ads is None else toll_of(ads, len(ids), rules.params)
        pull = None if pull is None else pull.contiguous()
        here = meet(world, row, ids.contiguous(), video.contiguous(), ads, toll, pull)
        page, left = swipe(here, rules, dice)
        page, left = (rows(struct, lambda field, n=n: field[:n]) for struct in (page, left))
        _feel(world.mood, row[:n], left)
        if rules.params.feedback != "none":
            _enjoy(world.mood, row[:n], left)
        _recall(world.memory, row[:n], page, left, world.day)
        pages.append(page)
    return joined(pages)


def _block(rules: Rules, row: Tensor) -> int:
    """Viewers at once: as many as fit a CPU's cache; a GPU is only busy with many."""
    size = rules.params.size
    wide = min(WIDE, 1 << (size.viewer_rows - 1).bit_length())
    return max(size.block, wide) if row.is_cuda else size.block


# what a page writes over
MOOD = ("time_left", "patience_left", "goodwill", "satiation", "joy")
MEMORY = ("history", "history_watch", "history_liked", "follows", "follow_count", "bond", "felt")
BRAND = ("met", "comments")
THREATS = ("done", "craving", "harmed", "trust", "lost")


def _copied(world: World) -> World:
    """With copies of all that a page writes over."""

    def fresh(struct: S, *names: str) -> S:
        return replace(struct, **{name: getattr(struct, name).clone() for name in names})  # type: ignore

    return replace(
        world,
        mood=fresh(world.mood, *MOOD),
        memory=fresh(world.memory, *MEMORY),
        videos=fresh(world.videos, "counts"),
        money=world.money and fresh(world.money, "met"),
        brand=world.brand and fresh(world.brand, *BRAND),
        threats=world.threats and fresh(world.threats, *THREATS),
    )


def _feel(mood: Mood, row: Tensor, left: Left) -> None:
    for name in MOOD[:-2]:
        getattr(mood, name).index_copy_(0, row, getattr(left, name))
    # a topic shown twice is written twice, with one value
    mood.satiation.index_put_((row, left.topic.T), left.satiation.T)


def _enjoy(mood: Mood, row: Tensor, left: Left) -> None:
    """Whole numbers, so the order of adding is moot."""
    at = row[:, None] * mood.joy.shape[1] + left.topic
    mood.joy.view(-1).index_add_(0, at.flatten(), left.joy.flatten())


def _recall(memory: Memory, row: Tensor, page: Page, left: Left, day: Tensor) -> None:
    """What the viewers and the platform remember of a page."""
    memory.history.index_copy_(0, row, left.recent.ids)
    memory.history_watch.index_copy_(0, row, left.recent.watch)
    memory.history_liked.view(torch.uint8).index_copy_(0, row, left.recent.liked)
    catalog.remember(memory, row, left.cells, page.seen.view(torch.bool), day)


def _padded(x: Tensor, length: int) -> Tensor:
    return torch.cat([x, x.new_zeros(*x.shape[:-1], length - x.shape[-1])], dim=-1)


def _events(world: World, slate: Slate, post: Post, page: Page) -> Events:
    response = page.response()
    logp = torch.full_like(response.watch, math.nan) if slate.logp is None else slate.logp
    source = post.source.T
    as_chosen = (source == 0) & (slate.ids == post.ids.T)
    logp = torch.where(as_chosen, logp, math.nan)
    seen = None if page.ads is None else page.ads.view(torch.bool)
    return Events(
        world.day, world.page, post.request, post.ids.T, source, logp, response, post.ads, seen
    )
