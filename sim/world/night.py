"""The night and the morning after: all that happens once a day."""

from dataclasses import replace

import torch
from torch import Tensor

from sim.world import (
    accounts,
    brand,
    catalog,
    community,
    creators,
    reactions,
    sessions,
    tastes,
    videos,
    viewers,
    watching,
)
from sim.world.rng import Key, Root
from sim.world.rules import ARRIVE, CREATORS, LIKES, NIGHT, VIDEOS, VIEWERS, Rules
from sim.world.state import (
    HABIT,
    Creators,
    Decisions,
    Money,
    Viewers,
    World,
    scatter_rows,
    sheet_of,
    take,
)


def turn_day(world: World, rules: Rules, root: Root, decisions: Decisions = HABIT) -> World:
    """The night and the morning after: all that happens once a day."""
    p, world = rules.params, removed(world, decisions)
    night = root.luck.fold(NIGHT).fold(world.day + 1)
    world = replace(world, money=closed(world, rules, root))
    people, mood = sessions.close_day(world.viewers, world.mood, world.day, p.sessions, night)
    people, mood = tastes.answer(people, mood, p.feedback, p.tastes)
    world = _brands(replace(world, viewers=people), rules, decisions, night)
    trends, buzz = community.sway(world.trends, world.buzz, world.videos, p.community, night)
    world = replace(
        world,
        viewers=viewers.drift(people, p.viewers, rules.tables.viewers, night),
        mood=mood,
        creators=creators.learn(_count_views(world), world.day, p.creators),
        trends=trends,
        buzz=buzz,
        videos=videos.cool(world.videos, p.videos),
        day=world.day + 1,
        page=torch.zeros_like(world.page),
    )
    world = accounts.offered(_arrive(world, rules, root), rules, decisions.offers)
    world = accounts.opened(publish(world, rules, root, decisions), decisions.conduct)
    drawn = world.viewers
    if p.branded:
        drawn = brand.pull(drawn, world.memory, p.brand)
    mood = sessions.open_day(drawn, world.mood, world.day, p.sessions, night)
    mood = tastes.wake(world.viewers, mood, p.tastes, night)
    buzz = community.heard(world.buzz, world.videos)
    world = replace(world, mood=mood, buzz=buzz, creators=count_followers(world))
    return _feed(accounts.endured(world, rules), rules, night)


def _brands(world: World, rules: Rules, decisions: Decisions, night: Key) -> World:
    """Creators' names and viewers' bonds take in the day; comments get their answers tomorrow."""
    if world.brand is None:
        return world
    p, people, authors = rules.params.brand, world.viewers, world.creators
    held = brand.fade(world.brand, world.videos, people, p)
    acts, answers = brand.conduct(decisions.conduct, held, p)
    memory, held = brand.night(world.memory, people, held, acts, authors.id, p, night)
    return replace(world, memory=memory, brand=brand.await_comments(held, answers))


def _feed(world: World, rules: Rules, night: Key) -> World:
    """Followed creators' posts of the morning wait for those who come."""
    if world.brand is None:
        return world
    memory = brand.feed(
        world.memory, world.viewers, world.mood, world.videos, world.day, world.creators.id,
        rules.params.brand, night,
    )  # fmt: skip
    return replace(world, memory=memory)


def closed(world: World, rules: Rules, root: Root) -> Money | None:
    """The day's money as the night settles it; who measures a day may ask before."""
    if world.money is None:
        return None
    return accounts.settled(world, rules, root.luck.fold(NIGHT).fold(world.day + 1))


def people(name: Tensor, joined: Tensor, registered: Tensor, rules: Rules, root: Key) -> Viewers:
    """The viewers of these names, with all that the laws deal to a person."""
    p, t, own = rules.params, rules.tables, root.fold(VIEWERS)
    odds = reactions.like_odds(t.reactions, name, root.fold(LIKES))
    born = viewers.born(name, joined, registered, odds, p.size.styles, p.viewers, t.viewers, own)
    return watching.mannered(born, p.watch, own)


def _arrive(world: World, rules: Rules, root: Root) -> World:
    p = rules.params
    row, free, name = viewers.arrivals(world.viewers, p.size.arrivals(p.viewers.arrivals))
    new = people(name, world.day.expand_as(name), free, rules, root)
    mood = viewers.fresh_mood(new, p.viewers, root.fold(ARRIVE))
    return replace(
        world,
        viewers=scatter_rows(world.viewers, row, new, free),
        mood=scatter_rows(world.mood, row, mood, free),
        memory=viewers.settle(world.memory, row, free),
    )


def removed(world: World, decisions: Decisions) -> World:
    """Without the videos that a moderator took down; unless one sits, none is."""
    if decisions.removals is None:
        return world
    return replace(world, videos=catalog.remove(world.videos, decisions.removals))


def publish(world: World, rules: Rules, root: Root, decisions: Decisions = HABIT) -> World:
    """The day's posts take the oldest rows of the ring."""
    p, t = rules.params, rules.tables
    habit = root.luck.fold(CREATORS).fold(world.day)
    planned = creators.plan(world.creators, p.creators, habit)
    if decisions.posts is not None:
        planned = creators.obey(planned, decisions.posts.count)
    # who is seated may post more than ever comes about by habit
    width = p.upload_width * (1 if decisions.posts is None else 2)
    author, nth, used = creators.assign(planned, width)
    row, name = videos.slots_to_fill(world.videos, world.head, width)
    post = world.creators.posts[author] + nth
    asked = _asked(world, rules, decisions, author)
    made = videos.make(
        name, author, post, world.day, world.creators, p.videos, t.videos, root.fold(VIDEOS), asked
    )
    charm = reactions.charm(made.key, p.reactions, root.fold(LIKES))
    made = accounts.tagged(world, rules, replace(made, charm=charm), habit)
    made = replace(made, sheet=sheet_of(made))
    catalog.forget(world.memory, row, used, len(world.videos.id))
    posted = torch.zeros_like(planned).index_add(0, author, used.long())
    return replace(
        world,
        videos=scatter_rows(world.videos, row, made, used),
        creators=replace(world.creators, posts=world.creators.posts + posted),
        head=(world.head + used.sum()) % len(world.videos.id),
    )


def _asked(world: World, rules: Rules, decisions: Decisions, author: Tensor) -> videos.Asked | None:
    """What the authors of the day's posts decided; None where nobody sits."""
    if decisions.posts is None:
        return None
    trend = community.strongest(world.trends)
    return videos.Asked(take(decisions.posts, author), trend, rules.params.craft)


def _count_views(world: World) -> Creators:
    by = (world.videos.creator - 1).clamp(min=0)
    today = torch.zeros_like(world.creators.views).index_add(0, by, world.videos.views_today)
    return replace(world.creators, views_today=today, views=world.creators.views + today)


def count_followers(world: World) -> Creators:
    followers = community.followers(world.memory, len(world.creators.id))
    return replace(world.creators, followers=followers)
