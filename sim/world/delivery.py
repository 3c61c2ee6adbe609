"""Slates on their way to the phones: friends' videos join them, and all that a page needs of its
viewers and videos is laid out side by side."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world import catalog, threats
from sim.world.rules import Rules
from sim.world.state import (
    SOURCES,
    Audience,
    Breaks,
    Recent,
    Request,
    Trends,
    World,
    audience,
    base,
    following,
    handed,
    recent,
    row_of,
)

_SHARED, _FOLLOW, _SEARCH = (SOURCES.index(name) for name in ("share", "follow", "search"))


@dataclass(frozen=True)
class Post:
    """Slates as they reach the phones, of all who are awake."""

    request: Request
    ids: Int[Tensor, "slots awake"]
    video: Int[Tensor, "slots awake"]  # their rows
    source: Int[Tensor, "slots awake"]  # index into SOURCES
    ads: Breaks | None = None  # None where nobody advertises
    bots: Int[Tensor, " bots"] | None = None  # places of fake accounts; None where there are none
    harmful: threats.Found | None = None  # None without threats


@dataclass(frozen=True)
class Delivered:
    """A block of viewers with the slates on their phones: all that a page needs to know of them."""

    ids: Int[Tensor, "slots awake"]
    video: Int[Tensor, "slots awake"]
    sheet: Int[Tensor, "slots awake sheet"]  # of the videos
    viewers: Audience
    follows: Float[Tensor, "followed awake"]  # ids of creators
    bonds: Float[Tensor, "awake ties"]  # without brands no columns
    recent: Recent
    cells: int  # of memory, a viewer
    capacity: int  # of the catalogue
    trends: Trends
    day: Int[Tensor, "..."]  # () or, where each has one of its own, (awake,)
    ads: Breaks | None = None
    # seconds and patience that they take, by the slot after which they stand
    toll: Float[Tensor, "both slots awake"] | None = None
    pull: Float[Tensor, "slots awake"] | None = None  # appeal that cravings add; None = no threats


def deliver(world: World, rules: Rules, request: Request, ids: Int[Tensor, "awake slots"]) -> Post:
    """The slates of those awake: a video that a friend sent takes the last place, a new post of
    somebody whom they follow the one before."""
    by_slot, source = _followed(world, rules, request, ids)
    sent = world.memory.inbox.index_select(0, request.row)
    who = _waiting(world, rules, request.row, sent)
    put_in(by_slot, source, sent, who, _SHARED)
    bots = _searched(world, rules, request, by_slot, source)
    video = row_of(by_slot, len(world.videos.id))
    return Post(request, by_slot, video, source, bots=bots)


def handed_over(
    ids: Int[Tensor, "awake slots"], sent: Int[Tensor, " awake"], who: Int[Tensor, " some"]
) -> tuple[Int[Tensor, "slots awake"], Int[Tensor, "slots awake"]]:
    """The slates with what friends sent to the viewers at places `who`, and each video's source."""
    by_slot = ids.T.clone(memory_format=torch.contiguous_format)
    source = torch.zeros_like(by_slot)
    put_in(by_slot, source, sent, who, _SHARED)
    return by_slot, source


def put_in(
    by_slot: Int[Tensor, "slots awake"],
    source: Int[Tensor, "slots awake"],
    sent: Int[Tensor, " awake"],
    who: Int[Tensor, " some"],
    kind: int,
    before: int = 0,
) -> None:
    """Puts a video into the slates at places `who`, in place: at the last place, `before` that, or
    the first empty one of a short slate; not at all if it is in the slate already."""
    own, new = by_slot[:, who], sent[who]
    who = who[~(own == new).any(0)]
    last = (by_slot[:, who] > 0).sum(0).clamp(max=len(by_slot) - 1)
    place = (last - before).clamp(min=0)
    by_slot.index_put_((place, who), sent[who])
    source.index_put_((place, who), torch.tensor(kind, device=source.device))


def _followed(
    world: World, rules: Rules, request: Request, ids: Int[Tensor, "awake slots"]
) -> tuple[Int[Tensor, "slots awake"], Int[Tensor, "slots awake"]]:
    """The slates, with a post of the day that waits for each; every page takes one."""
    by_slot = ids.T.clone(memory_format=torch.contiguous_format)
    source = torch.zeros_like(by_slot)
    feed, width = world.memory.feed, world.memory.feed.shape[1]
    if rules.params.branded and not (base.at_hand(world.page) and int(world.page) >= width):
        at = request.row * width + world.page.clamp(max=width - 1)
        sent = feed.view(-1).index_select(0, at) * (world.page < width)
        put_in(by_slot, source, sent, _waiting(world, rules, request.row, sent), _FOLLOW, 1)
    return by_slot, source


def _waiting(world: World, rules: Rules, row: Tensor, sent: Tensor) -> Int[Tensor, " some"]:
    """Places of the viewers to whom something is sent that can be shown to them; few."""
    who = (sent > 0).nonzero().squeeze(1)
    return who[_fit(world, rules, row[who], sent[who])]


def _searched(
    world: World, rules: Rules, request: Request, by_slot: Tensor, source: Tensor
) -> Int[Tensor, " bots"] | None:
    """Fake accounts open what they were sent to, and nothing else; in place. Their places."""
    if world.threats is None:
        return None
    sent_to = threats.sent(world.threats, request.row)
    if sent_to is None:
        return None
    who, ids = sent_to
    ids = ids[: len(by_slot)]
    row, sent = request.row[who].repeat(len(ids)), ids.flatten()
    ids = torch.where(_fit(world, rules, row, sent).view_as(ids) & (ids > 0), ids, 0)
    ids = ids.gather(0, (ids == 0).int().argsort(dim=0, stable=True))  # empty places at the end
    by_slot[:, who] = 0
    by_slot[: len(ids), who] = ids
    source[:, who] = _SEARCH
    return who


def meet(
    world: World,
    row: Tensor,
    ids: Tensor,
    video: Tensor,
    ads: Breaks | None = None,
    toll: Tensor | None = None,
    pull: Tensor | None = None,
) -> Delivered:
    """A block of viewers at `row` (awake,) with the videos on their phones (slots, awake), and
    what is advertised between them.

    It stays outside the graph, which would look everything up again in every loop.
    """
    memory, sheet = world.memory, world.videos.sheet
    return Delivered(
        ids,
        video,
        handed(sheet, video),
        audience(world.viewers, world.mood, row),
        following(memory, row),
        memory.bond.index_select(0, row),
        recent(memory, row),
        memory.shown.shape[1],
        len(sheet),
        world.trends,
        world.day,
        ads,
        toll,
        pull,
    )


def _fit(world: World, rules: Rules, row: Tensor, sent: Tensor) -> Tensor:
    """Which of the videos sent to the viewers at `row` can be shown to them: neither gone nor seen
    already."""
    videos = world.videos
    at = row_of(sent, len(videos.id))
    live = catalog.eligible(videos, world.day, rules.params.catalog, at) & (videos.id[at] == sent)
    before = catalog.was_shown(world.memory.shown, row, sent[:, None], videos.uploaded, world.day)
    return live & ~before[:, 0]
