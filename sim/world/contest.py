"""Those who do harm, step by step: their posts and fake accounts, and what viewers suffer."""

from dataclasses import replace

import torch
from torch import Tensor

from sim.world import threats
from sim.world.delivery import Post
from sim.world.page import Page
from sim.world.rng import Key, Root
from sim.world.rules import THREATS, Rules
from sim.world.state import (
    Memory,
    Threats,
    Videos,
    Viewers,
    World,
    nobody,
    nowhere,
    places,
    scatter_rows,
)
from sim.world.state.moderation import has


def begun(world: World, rules: Rules, root: Root) -> World:
    """A world with actors in it, whose accounts lie hidden among others."""
    p = rules.params
    if not p.threatened:
        return world
    people, own = world.viewers, (p.actors, p.harms, p.bots)
    held = threats.blank(
        people, len(world.creators.id), p.ring, p.actor_counts, own, p.bot_count,
        root.fold(THREATS),
    )  # fmt: skip
    return replace(
        world,
        threats=held,
        creators=threats.disguised(world.creators, held, p.actors),
        viewers=threats.enlisted(people, held, world.day, held.bot),
    )


def _rate(world: World, rules: Rules) -> Tensor:
    p = rules.params
    assert world.threats is not None
    kind = world.threats.actors.kind
    return threats.rates(kind, p.actor_counts, p.supply * p.uploads, p.actors)


def _barred(world: World, day: Tensor) -> Tensor:
    """Creators who may not post on a day."""
    held = world.moderation
    return torch.zeros_like(world.creators.active) if held is None else held.suspended > day


def schemed(world: World, rules: Rules, night: Key) -> World:
    """The night: harm fades, actors learn from the day and decide on the next."""
    held, p = world.threats, rules.params
    if held is None:
        return world
    held = threats.fade(held, p.harms)
    held = threats.learned(held, world.videos, _rate(world, rules), p.actors)
    held = threats.chosen(held, _barred(world, world.day + 1), p.actors, night)
    authors = threats.imitating(world.creators, held, night)
    return replace(world, threats=held, creators=authors)


def planned(world: World, rules: Rules, posts: Tensor, habit: Key) -> Tensor:
    """Posts of each account, those of actors as they please."""
    held, name = world.threats, world.creators.id
    if held is None:
        return posts
    rate, barred = _rate(world, rules), _barred(world, world.day)
    return threats.plan(posts, name, held, rate, barred, rules.params.actors, habit)


def made(
    world: World, rules: Rules, root: Root, author: Tensor, video: Videos
) -> tuple[Videos, threats.Made | None]:
    """The day's posts, with what is hidden in them."""
    held = world.threats
    if held is None:
        return video, None
    key, code = root.fold(THREATS), rules.tables.codes
    return threats.made(video, author, held, code, rules.params.actors, key)


def kept(world: World, row: Tensor, new: threats.Made | None, used: Tensor) -> Threats | None:
    held = world.threats
    return held if held is None or new is None else threats.keep(held, row, new, used)


def stayed(before: Viewers, after: Viewers, world: World) -> Viewers:
    """Fake accounts tire of nothing and leave only when they are closed."""
    held = world.threats
    if held is None:
        return after
    registered = torch.where(held.bot, before.registered, after.registered)
    return replace(after, registered=registered)


def newcomers(world: World, rules: Rules, root: Root, row: Tensor, free: Tensor) -> World:
    """Who arrives was not harmed yet."""
    held = world.threats
    if held is None:
        return world
    name, band = world.viewers.id[row], world.viewers.age_band[row]
    fresh = threats.unharmed(name, band, rules.params.harms, root.fold(THREATS))
    old = threats.Unharmed(**{n: getattr(held, n) for n in threats.UNHARMED})
    new = scatter_rows(old, row, fresh, free)
    return replace(world, threats=replace(held, **vars(new)))


def hired(world: World, rules: Rules, night: Key) -> World:
    """The morning: closed accounts are bought anew; those on errands turn up."""
    held, p = world.threats, rules.params
    if held is None or not p.bot_count:
        return world
    people, videos = world.viewers, world.videos
    new = threats.renewed(people, held, p.bots, night)
    people = replace(people, id=people.id + new * len(people.id))
    people = threats.enlisted(people, held, world.day - 1, new)
    memory = _forgotten(world.memory, new)
    fresh = (videos.uploaded == world.day) & (videos.id > 0) & ~videos.removed
    busy = threats.targets(held, videos, fresh, p.bots.open, night)
    errand = threats.errands(held, people.registered, people.id, busy, p.bots, night)
    held = replace(held, targets=busy, errand=errand)
    people, mood = threats.turned_up(people, world.mood, held)
    return replace(world, viewers=people, mood=mood, memory=memory, threats=held)


def _forgotten(memory: Memory, new: Tensor) -> Memory:
    """Accounts bought anew have watched nothing; what closed ones followed was erased with them."""
    at = places(new)
    if nobody(at):  # most mornings
        return memory
    kept = ~new[at][:, None]

    def wiped(field: Tensor) -> Tensor:
        return field.index_copy(0, at, field[at] * kept)

    return replace(
        memory,
        history=wiped(memory.history),
        history_watch=wiped(memory.history_watch),
        history_liked=wiped(memory.history_liked),
    )


def spotted(world: World, post: Post) -> Post:
    """The slates, with word of the harmful videos on them."""
    held = world.threats
    if held is None:
        return post
    return replace(post, harmful=threats.find(held, post.request.row, post.video))


def craved(world: World, rules: Rules, post: Post) -> Tensor | None:
    """Appeal (slots, awake) that cravings add; None without threats."""
    held, found = world.threats, post.harmful
    if held is None or found is None:
        return None
    return threats.tempted(held, found, post.ids.shape, rules.params.harms.tempt)


def suffered(world: World, rules: Rules, post: Post, page: Page, key: Key) -> None:
    """A page's harm: who saw it, what it did to them, who reports it; what fake accounts do there.
    All in place, the page's flags too."""
    held, p = world.threats, rules.params
    if held is None or post.harmful is None:
        return
    seen, request = page.seen.view(torch.bool), post.request
    if post.bots is not None:
        row, name = request.row[post.bots], request.viewer[post.bots]
        threats.act(page.flags, seen, held, post.bots, row, name, p.bots, key)
        threats.spent(world.mood, row)
    if nobody(post.harmful.who):
        return
    lengths = world.videos.duration
    found = threats.met(held, post.harmful, request.viewer, seen, page.watch, lengths)
    if nobody(found.who):
        return
    threats.outrage(page.flags, held, found, p.harms, key)
    threats.suffer(held, world.mood, found, _believed(world, found, p.harms.label), p.harms)


def _believed(world: World, found: threats.Met, label: float) -> Tensor | None:
    """How much of what was met is believed: less where a label warns of it; None if all of it."""
    held = world.moderation
    if held is None:
        return None
    doubtful = has(held.state.index_select(0, found.video), "labelled")
    if nowhere(doubtful):  # most pages
        return None
    return torch.where(doubtful, 1 - label, torch.ones_like(found.dose))


def wary(drawn: Viewers, world: World, rules: Rules) -> Viewers:
    """Viewers as the morning finds them, some of whom trust the platform less."""
    held = world.threats
    return drawn if held is None else threats.wary(drawn, held, rules.params.harms)


def seated(world: World, told: Tensor | None) -> Tensor | None:
    """Who decides alone when to give up: who sits there, and actors."""
    held = world.threats
    if held is None:
        return told
    run = held.actor > 0
    return run if told is None else told | run
