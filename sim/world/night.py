"""The night and the morning after: all that happens once a day."""

from dataclasses import replace

import torch
from torch import Tensor

from sim.world import (
    accounts,
    brand,
    careers,
    catalog,
    community,
    contest,
    creators,
    oversight,
    placement,
    reactions,
    sessions,
    settlement,
    shift,
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
    nobody,
    places,
    row_of,
    rows,
    scatter_rows,
    sheet_of,
    take,
)


def turn_day(world: World, rules: Rules, root: Root, decisions: Decisions = HABIT) -> World:
    """The night and the morning after: all that happens once a day."""
    p, world = rules.params, removed(world, decisions)
    night = root.luck.fold(NIGHT).fold(world.day + 1)
    world = replace(world, money=closed(world, rules, root))
    world = shift.reviewed(world, rules, decisions, root)
    people, mood = sessions.close_day(world.viewers, world.mood, world.day, p.sessions, night)
    people = contest.stayed(world.viewers, people, world)
    people, mood = tastes.answer(people, mood, p.feedback, p.tastes)
    world, told = _careers(replace(world, viewers=people), rules, root, decisions, night)
    world = _brands(world, rules, told, night)
    world = contest.schemed(world, rules, night)
    trends, buzz = community.sway(world.trends, world.buzz, world.videos, p.community, night)
    world = replace(
        world,
        viewers=viewers.drift(people, p.viewers, rules.tables.viewers, night),
        mood=mood,
        trends=trends,
        buzz=buzz,
        videos=videos.cool(world.videos, p.videos),
        day=world.day + 1,
        page=torch.zeros_like(world.page),
    )
    seated = decisions.posts is not None
    world = accounts.offered(_arrive(world, rules, root), rules, decisions.offers)
    world = accounts.opened(publish(world, rules, root, told, seated), decisions.conduct)
    drawn = world.viewers
    if p.branded:
        drawn = brand.pull(drawn, world.memory, p.brand)
    drawn = contest.wary(drawn, world, rules)
    mood = sessions.open_day(drawn, world.mood, world.day, p.sessions, night)
    mood = tastes.wake(world.viewers, mood, p.tastes, night)
    buzz = community.heard(world.buzz, world.videos)
    world = replace(world, mood=mood, buzz=buzz, creators=count_followers(world))
    world = contest.hired(world, rules, night)
    world = placement.told_apart(accounts.endured(world, rules))
    return settlement.awaited(_feed(world, rules, night), rules)


def _brands(world: World, rules: Rules, decisions: Decisions, night: Key) -> World:
    """Creators' names and viewers' bonds take in the day; comments get their answers tomorrow."""
    if world.brand is None:
        return world
    p, people, authors = rules.params.brand, world.viewers, world.creators
    held = brand.fade(world.brand, world.videos, people, p)
    acts, answers = brand.conduct(decisions.conduct, held, p)
    memory, held = brand.night(
        world.memory, people, held, world.mood.present, acts, authors.id, p, night
    )
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
    count, held = p.size.arrivals(p.viewers.arrivals), world.threats
    row, free, name = viewers.arrivals(world.viewers, count, None if held is None else held.bot)
    new = people(name, world.day.expand_as(name), free, rules, root)
    mood = viewers.fresh_mood(new, p.viewers, root.fold(ARRIVE))
    memory = viewers.settle(world.memory, row, free)
    if p.branded:
        own = root.fold(ARRIVE)
        share = p.appeal.topic_share
        memory = brand.greeted(memory, row, new, free, world.creators, share, p.brand, own)
    world = replace(
        world,
        viewers=scatter_rows(world.viewers, row, new, free),
        mood=scatter_rows(world.mood, row, mood, free),
        memory=memory,
    )
    return contest.newcomers(world, rules, root, row, free)


def removed(world: World, decisions: Decisions) -> World:
    """Without the videos that a moderator took down; unless one sits, none is."""
    if decisions.removals is None:
        return world
    return replace(world, videos=catalog.remove(world.videos, decisions.removals))


def publish(
    world: World,
    rules: Rules,
    root: Root,
    decisions: Decisions = HABIT,
    seated: bool = False,
) -> World:
    """The day's posts take the oldest rows of the ring; who is `seated` may post more of them than
    ever comes about by habit."""
    p, t = rules.params, rules.tables
    habit = root.luck.fold(CREATORS).fold(world.day)
    planned, authors = _planned(world, rules, decisions, habit)
    width = p.upload_width * (2 if seated else 1)
    author, nth, used = creators.assign(planned, width)
    row, name = videos.slots_to_fill(world.videos, world.head, width)
    post = world.creators.posts[author] + nth
    asked = _asked(world, rules, decisions, author)
    made = videos.make(
        name, author, post, world.day, world.creators, p.videos, t.videos, root.fold(VIDEOS), asked
    )
    charm = reactions.charm(made.key, p.reactions, root.fold(LIKES))
    grip = watching.grip(made.key, p.watch, root.fold(VIDEOS))
    made, hidden = contest.made(world, rules, root, author, made)
    made = accounts.tagged(world, rules, replace(made, charm=charm, grip=grip), habit)
    made = replace(made, sheet=sheet_of(made))
    catalog.forget(world.memory, row, used, len(world.videos.id))
    posted = torch.zeros_like(planned).index_add(0, author, used.long())
    world = replace(
        world,
        videos=scatter_rows(world.videos, row, made, used),
        creators=replace(authors, posts=authors.posts + posted),
        head=(world.head + used.sum()) % len(world.videos.id),
        threats=contest.kept(world, row, hidden, used),
    )
    return oversight.gated(world, rules, decisions, root, (row, used))


def _planned(
    world: World, rules: Rules, decisions: Decisions, habit: Key
) -> tuple[Tensor, Creators]:
    """Posts a creator, and the creators after the day's work."""
    p, authors = rules.params, world.creators
    will = careers.will(authors, p.careers) if p.branded else None
    planned = creators.plan(authors, p.creators, habit, will)
    if decisions.posts is not None:
        planned = creators.obey(planned, decisions.posts.count)
    planned = contest.planned(world, rules, planned, habit)
    planned = oversight.posting(world, planned)
    if world.brand is not None and decisions.posts and decisions.conduct:
        told = decisions.posts, decisions.conduct
        authors = careers.work(authors, planned, *told, world.brand, p.careers)
    return planned, authors


def _asked(world: World, rules: Rules, decisions: Decisions, author: Tensor) -> videos.Asked | None:
    """What the authors of the day's posts decided; None where nobody sits."""
    if decisions.posts is None:
        return None
    p, trend = rules.params, community.strongest(world.trends)
    tired = p.careers.tired * (1 - world.creators.energy[author])
    return videos.Asked(take(decisions.posts, author), trend, p.craft, tired)


def authors(name: Tensor, rules: Rules, root: Key, eager: float | None = None) -> Creators:
    """The creators of these names, with all that the laws deal to them; of those who begin anew
    `eager` is the share that posts with regularity."""
    p, own = rules.params, root.fold(CREATORS)
    like = p.creators if eager is None else replace(p.creators, active_share=eager)
    born = creators.born(name, p.size.styles, rules.tables.videos.shares, like, own)
    return careers.dealt(born, p.careers, own) if p.branded else born


def _careers(
    world: World, rules: Rules, root: Root, decisions: Decisions, night: Key
) -> tuple[World, Decisions]:
    """Creators look back on the day, some leave and others begin, and all decide on the next."""
    learnt = creators.learn(_count_views(world), world.day, rules.params.creators)
    if world.brand is None:
        return replace(world, creators=learnt), decisions
    p, board = rules.params.careers, careers.Board.of(world.videos)
    learnt = careers.reward(careers.reflect(learnt, p), world.videos, world.day)
    seated = None if decisions.posts is None else decisions.posts.count >= 0
    seated = contest.seated(world, seated)
    world = _turnover(replace(world, creators=learnt), rules, root, night, seated)
    deciding, posts, conduct = careers.decide(world.creators, board, p, night)
    told = replace(
        decisions,
        posts=careers.merged(decisions.posts, posts),
        conduct=careers.merged(decisions.conduct, conduct),
    )
    return replace(world, creators=deciding), told


def _turnover(world: World, rules: Rules, root: Root, night: Key, seated: Tensor | None) -> World:
    """Those who give up leave; in rows long empty others begin, whom nobody knows yet."""
    p = rules.params
    left = careers.leave(world.creators, world.day, p.careers, night, seated)
    new, name = careers.reborn(left, world.day, p.catalog.life, p.careers, night)
    row, money = places(new), world.money
    if nobody(row):
        return replace(world, creators=left)
    fresh = authors(name[row], rules, root, p.careers.eager)
    fresh = replace(fresh, joined=(world.day + 1).expand_as(row))
    return replace(
        world,
        creators=scatter_rows(left, row, fresh, new[row]),
        brand=rows(world.brand, lambda held: held * ~new.view(-1, *[1] * (held.dim() - 1))),
        money=money and accounts.closed_out(money, new),
        moderation=oversight.begun(world, new),
    )


def _count_views(world: World) -> Creators:
    by = row_of(world.videos.creator, len(world.creators.id))
    today = torch.zeros_like(world.creators.views).index_add(0, by, world.videos.views_today)
    return replace(world.creators, views_today=today, views=world.creators.views + today)


def count_followers(world: World) -> Creators:
    followers = community.followers(world.memory, len(world.creators.id))
    return replace(world.creators, followers=followers)
