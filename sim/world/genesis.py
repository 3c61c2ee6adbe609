"""How a world begins: residents, creators, and a stock of recent videos."""

from dataclasses import replace

import torch

from sim.world import (
    accounts,
    brand,
    catalog,
    community,
    contest,
    night,
    placement,
    settlement,
    videos,
    viewers,
)
from sim.world.night import count_followers, publish
from sim.world.rng import Key, Root
from sim.world.rules import COMMUNITY, MONEY, VIEWERS, Params, Rules
from sim.world.state import (
    FEATURES,
    FEED,
    Brand,
    Buzz,
    Creators,
    Memory,
    Moderation,
    Trends,
    Videos,
    World,
    blank_brand,
    blank_moderation,
    sheet_width,
)


def init(rules: Rules, root: Root) -> World:
    """A world on the eve of its first day: residents, creators, and a stock of recent videos."""
    p, t, device = rules.params, rules.tables, root.bits.device
    size = p.size
    name = torch.arange(1, p.viewer_rows + 1, device=device)
    resident = name <= size.viewers
    joined = torch.where(resident, -365, viewers.NEVER)
    people = night.people(name, joined, resident, rules, root)
    authors = night.authors(torch.arange(1, p.creator_count + 1, device=device), rules, root)
    world = World(
        day=torch.tensor(-p.catalog.life - 1, device=device),
        page=torch.tensor(0, device=device),
        viewers=people,
        mood=viewers.fresh_mood(people, p.viewers, root.fold(VIEWERS)),
        memory=_blank_memory(people, authors, p, root),
        videos=_empty_ring(p, device),
        creators=authors,
        trends=Trends(torch.zeros(len(p.videos.category_share), device=device)),
        buzz=_silence(p, device),
        brand=_unknown(p, device),
        head=torch.tensor(0, device=device),
        moderation=_unwatched(p, device),
    )
    world = replace(world, creators=count_followers(world))
    if p.money == "on":
        key = root.fold(MONEY)
        money = accounts.blank(world.creators, world.videos, rules, t.videos.shares, key)
        world = placement.told_apart(replace(world, money=money))
    world = contest.begun(world, rules, root)
    for _ in range(p.catalog.life):  # the days before: videos are posted, nobody watches
        world = publish(replace(world, day=world.day + 1), rules, root.past)
    return settlement.awaited(world, rules)


def _blank_memory(people, authors: Creators, p: Params, root: Key) -> Memory:
    n, device = p.viewer_rows, people.id.device
    cells = catalog.cells_for(p.ring, n)
    first = community.first_follows(
        people, authors.fame, p.size.followed, p.community.first_follows, root.fold(COMMUNITY)
    )
    if p.branded:
        own, share = root.fold(COMMUNITY), p.appeal.topic_share
        first = brand.acquainted(first, people, authors, share, p.brand, own)
    recent = (n, p.size.history)
    return Memory(
        shown=torch.zeros(n, cells, dtype=torch.uint8, device=device),
        history=torch.zeros(recent, dtype=torch.int64, device=device),
        history_watch=torch.zeros(recent, device=device),
        history_liked=torch.zeros(recent, dtype=torch.bool, device=device),
        follows=first,
        follow_count=(first > 0).sum(1),
        inbox=torch.zeros(n, dtype=torch.int64, device=device),
        **_ties(people, first, p, root),
    )


def _ties(people, first, p: Params, root: Key) -> dict[str, torch.Tensor]:
    """What ties residents to those whom they follow from before day 0."""
    columns = p.size.followed * p.branded
    none = torch.zeros(len(first), columns, dtype=torch.int64, device=first.device)
    bond = none.float()
    if p.branded:
        bond = brand.first_bonds(people, first, p.brand, root.fold(COMMUNITY))
    return {"bond": bond, "felt": none, "feed": none[:, :FEED].clone()}


def _unknown(p: Params, device) -> Brand | None:
    if not p.branded:
        return None
    return blank_brand(p.creator_count, len(p.videos.category_share), p.size.styles, device)


def _unwatched(p: Params, device) -> Moderation | None:
    if not p.moderated:
        return None
    return blank_moderation(p.ring, p.creator_count, p.viewer_rows, device)


def _empty_ring(p: Params, device) -> Videos:
    n = p.ring

    def whole(*columns):
        return torch.zeros(n, *columns, dtype=torch.int64, device=device)

    def real(*columns):
        return torch.zeros(n, *columns, device=device)

    return Videos(
        id=whole(), key=whole(), creator=whole(), topic=whole(), topic2=whole(),
        duration=real() + 1, uploaded=whole() - 10_000, hour=real(), format=whole(), deal=whole(),
        shop=whole(), removed=whole().bool(),
        style=real(p.size.styles), quality=real(), hook=real(), bait=real(),
        feature=real(sum(FEATURES.values())), counts=videos.blank_counts(n, device),
        views_today=whole(), heat=real(), charm=real(), grip=real(),
        sheet=whole(sheet_width(p.size.styles)).int(),
    )  # fmt: skip


def _silence(p: Params, device) -> Buzz:
    """Nothing was said yet; topics are expected to be talked of as they are posted in."""
    share = torch.tensor(p.videos.category_share, device=device)
    none = torch.zeros(len(share), dtype=torch.int64, device=device)
    return Buzz(share / share.sum(), none)
