"""The story: how one world becomes the next. A page for those who are awake, a night for all."""

import math
from dataclasses import fields, replace

import torch
from torch import Tensor

from sim.world import (
    catalog,
    community,
    creators,
    reactions,
    sessions,
    videos,
    viewers,
    watching,
)
from sim.world.page import Left, Page, deliver, joined, swipe_through, tally
from sim.world.rng import Key, key
from sim.world.rules import Params, Rules, Tables
from sim.world.state import (
    COUNTS,
    FEATURES,
    Creators,
    Events,
    Memory,
    Mood,
    Request,
    Slate,
    Trends,
    Videos,
    Watching,
    World,
    rows,
    scatter_rows,
    sheet_of,
)

(CULTURE, VIEWERS, LIKES, CREATORS, COMMUNITY, VIDEOS, ARRIVE, NIGHT, PAGES) = range(9)  # streams


def rules(params: Params, device: torch.device | str = "cpu") -> Rules:
    """The parameters and the tables that follow from them, on the device."""
    culture = key(0, device).fold(CULTURE)  # the same in every world
    topics = len(params.videos.category_share)
    told = watching.told(params.watch, params.videos.duration_quantiles, reactions.RATIO_EDGES)
    return Rules(
        params,
        Tables(
            watching.tables(params.watch, device),
            reactions.tables(params.reactions, told, device),
            viewers.tables(topics, culture.fold(0)),
            videos.tables(params.videos, params.size.styles, culture.fold(1)),
        ),
    )


def init(rules: Rules, root: Key) -> World:
    """A world on the eve of its first day: residents, creators, and a stock of recent videos."""
    p, t, device = rules.params, rules.tables, root.bits.device
    size = p.size
    name = torch.arange(1, size.viewer_rows + 1, device=device)
    resident = name <= size.viewers
    joined = torch.where(resident, -365, viewers.NEVER)
    odds = reactions.like_odds(t.reactions, name, root.fold(LIKES))
    people = viewers.born(
        name, joined, resident, odds, size.styles, p.viewers, t.viewers, root.fold(VIEWERS)
    )
    authors = creators.born(
        torch.arange(1, p.creator_count + 1, device=device),
        size.styles,
        t.videos.shares,
        p.creators,
        root.fold(CREATORS),
    )
    world = World(
        day=torch.tensor(-p.catalog.life - 1, device=device),
        page=torch.tensor(0, device=device),
        viewers=people,
        mood=viewers.fresh_mood(people, p.viewers, root.fold(VIEWERS)),
        memory=_blank_memory(people, authors, p, root),
        videos=_empty_ring(p, device),
        creators=authors,
        trends=Trends(torch.zeros(len(p.videos.category_share), device=device)),
        head=torch.tensor(0, device=device),
    )
    world = replace(world, creators=_count_followers(world))
    for _ in range(p.catalog.life):  # the days before: videos are posted, nobody watches
        world = _publish(replace(world, day=world.day + 1), rules, root)
    return world


def _blank_memory(people, authors: Creators, p: Params, root: Key) -> Memory:
    n, device = p.size.viewer_rows, people.name.device
    cells = catalog.cells_for(p.ring, n)
    first = community.first_follows(
        people, authors.fame, p.size.followed, p.community.first_follows, root.fold(COMMUNITY)
    )
    recent = (n, p.size.history)
    return Memory(
        shown=torch.zeros(n, cells, dtype=torch.uint8, device=device),
        history=torch.zeros(recent, dtype=torch.int64, device=device),
        history_watch=torch.zeros(recent, device=device),
        history_liked=torch.zeros(recent, dtype=torch.bool, device=device),
        follows=first,
        follow_count=(first > 0).sum(1),
        inbox=torch.zeros(n, dtype=torch.int64, device=device),
    )


def _empty_ring(p: Params, device) -> Videos:
    n = p.ring

    def whole(*columns):
        return torch.zeros(n, *columns, dtype=torch.int64, device=device)

    def real(*columns):
        return torch.zeros(n, *columns, device=device)

    watch = Watching(*(real() for _ in range(9)))
    return Videos(
        name=whole(), key=whole(), creator=whole(), topic=whole(), topic2=whole(),
        duration=real() + 1, uploaded=whole() - 10_000, removed=whole().bool(),
        style=real(p.size.styles), quality=real(), hook=real(),
        feature=real(sum(FEATURES.values())), counts=whole(len(COUNTS)), views_today=whole(),
        heat=real(), watching=watch, sheet=real(16 + p.size.styles),
    )  # fmt: skip


def _count_followers(world: World) -> Creators:
    followers = community.followers(world.memory, len(world.creators.name))
    return replace(world.creators, followers=followers)


def turn_day(world: World, rules: Rules, root: Key) -> World:
    """The night and the morning after: all that happens once a day."""
    p = rules.params
    night = root.fold(NIGHT).fold(world.day + 1)
    people, mood = sessions.close_day(
        world.viewers, world.mood, world.day, p.sessions, night.fold(0)
    )
    world = replace(
        world,
        viewers=viewers.drift(people, p.viewers, night.fold(1)),
        mood=mood,
        creators=creators.learn(_count_views(world), world.day, p.creators),
        trends=community.sway(world.trends, world.videos, world.day, p.community, night.fold(2)),
        videos=videos.cool(world.videos, p.videos),
        day=world.day + 1,
        page=torch.zeros_like(world.page),
    )
    world = _publish(_arrive(world, rules, root), rules, root)
    mood = sessions.open_day(world.viewers, world.mood, world.day, p.sessions, night.fold(3))
    return replace(world, mood=mood, creators=_count_followers(world))


def _count_views(world: World) -> Creators:
    by = (world.videos.creator - 1).clamp(min=0)
    today = torch.zeros_like(world.creators.views).index_add(0, by, world.videos.views_today)
    return replace(world.creators, views_today=today, views=world.creators.views + today)


def _arrive(world: World, rules: Rules, root: Key) -> World:
    p, t = rules.params, rules.tables
    row, free, name = viewers.arrivals(world.viewers, p.size.arrivals(p.viewers.arrivals))
    odds = reactions.like_odds(t.reactions, name, root.fold(LIKES))
    joined = world.day.expand_as(name)
    new = viewers.born(
        name, joined, free, odds, p.size.styles, p.viewers, t.viewers, root.fold(VIEWERS)
    )
    mood = viewers.fresh_mood(new, p.viewers, root.fold(ARRIVE))
    return replace(
        world,
        viewers=scatter_rows(world.viewers, row, new, free),
        mood=scatter_rows(world.mood, row, mood, free),
        memory=viewers.settle(world.memory, row, free),
    )


def _publish(world: World, rules: Rules, root: Key) -> World:
    """The day's posts take the oldest rows of the ring."""
    p, t = rules.params, rules.tables
    planned = creators.plan(world.creators, p.creators, root.fold(CREATORS).fold(world.day))
    author, nth, used = creators.assign(planned, p.upload_width)
    row, name = videos.slots_to_fill(world.videos, world.head, p.upload_width)
    post = world.creators.posts[author] + nth
    made = videos.make(
        name, author, post, world.day, world.creators, p.videos, t.videos, root.fold(VIDEOS)
    )
    mixture = watching.describe(made.duration, t.watching)
    charm = reactions.charm(made.key, p.reactions, root.fold(LIKES).fold(1))
    made = replace(made, watching=replace(mixture, like_factor=mixture.like_factor * charm))
    made = replace(made, sheet=sheet_of(made))
    catalog.forget(world.memory, row, used, len(world.videos.name))
    posted = torch.zeros_like(planned).index_add(0, author, used.long())
    return replace(
        world,
        videos=scatter_rows(world.videos, row, made, used),
        creators=replace(world.creators, posts=world.creators.posts + posted),
        head=(world.head + used.sum()) % len(world.videos.name),
    )


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
        if n < block < len(request.row):  # the last block is filled up: a graph keeps one shape
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
    mood, memory = (
        replace(
            old,
            **{f.name: getattr(old, f.name).clone() for f in fields(Left) if hasattr(old, f.name)},
        )
        for old in (world.mood, world.memory)
    )
    return mood, memory


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
