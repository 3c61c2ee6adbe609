"""Bonds between viewers and the creators whom they follow: they grow with videos that please, break
faster with those that disappoint, and bring viewers back."""

import math
from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from sim.world.brand.params import BrandParams
from sim.world.rng import Key, streams
from sim.world.state import (
    FELT_BITS,
    TIES,
    Brand,
    Conduct,
    Memory,
    Mood,
    Videos,
    Viewers,
    found,
    gaps,
    in_turn,
    nobody,
    nowhere,
    places,
    row_of,
    rows_at,
)

UNFOLLOW, WAITS, REPLY, FIRST, ACT = streams(
    "brand", "unfollow", "post waits", "reply", "first bond", "act reaches"
)
MILLI = 1000  # feelings are summed in thousandths, whole
_BACK = 0.1  # share of the smoothed return of followers renewed a day; assumed


def first_bonds(
    viewers: Viewers, follows: Int[Tensor, "viewers followed"], params: BrandParams, key: Key
) -> Float[Tensor, "viewers followed"]:
    """Of those who follow from before day 0: about the usual."""
    u = key.fold(FIRST).uniform(viewers.id, follows.shape[1])
    return (follows > 0) * params.usual_bond * 2 * u.clamp(max=0.5 / params.usual_bond)


def warmth(
    held: Float[Tensor, "followed awake"],
    bonds: Float[Tensor, "awake followed"],
    creator: Float[Tensor, "slots awake"],
    params: BrandParams,
) -> tuple[Tensor, Tensor]:
    """How much a viewer's follow of each creator shown weighs, 0 where there is none, 1 at the
    usual bond; and its place in the viewer's list, counted from 1, 0 where there is none."""
    weight, tie = (torch.zeros(creator.shape, device=creator.device) for _ in range(2))
    if torch.compiler.is_compiling():
        for i in reversed(range(len(held))):
            tie = torch.where(held[i] == creator, i + 1.0, tie)
        bond = bonds.gather(1, (tie - 1).clamp(min=0).T.long()).T
        return (tie > 0) * (1 + params.pull * (bond - params.usual_bond)), tie
    same = (1 - gaps(held, creator)).clamp_(min=0)  # whole numbers: 1 where nothing lies between
    at, n = found(same.view(-1).bool()), max(same.shape[1], 1)  # few
    who = at % n
    place = (held.index_select(1, who) == rows_at(creator.reshape(-1), at)).int().argmax(0)
    bond = rows_at(bonds.reshape(-1), who * bonds.shape[1] + place)
    weight.view(-1).index_copy_(0, at, 1 + params.pull * (bond - params.usual_bond))
    tie.view(-1).index_copy_(0, at, (place + 1).float())
    return weight, tie


def feelings(
    memory: Memory,
    row: Int[Tensor, " some"],
    place: Int[Tensor, " some"],
    satisfaction: Float[Tensor, " some"],
    usual: Float[Tensor, " some"],
    dismay: Int[Tensor, " some"],
) -> None:
    """Videos of followed creators that were watched are felt: by how much each satisfied more than
    the viewer is used to, less the `dismay` (thousandths) over what it sold. Summed in place until
    the night; `place` is the creator's in the viewer's list."""
    felt = (MILLI * (satisfaction - usual)).round().long() - dismay
    bump(memory, row, place, felt + (1 << FELT_BITS))


def bump(memory: Memory, row: Tensor, place: Tensor, felt: Int[Tensor, " some"]) -> None:
    """Adds to what viewers at `row` feel for those at `place` of their lists, in thousandths of a
    video that satisfies fully above what is usual; in place. Below 0 it breaks bonds."""
    memory.felt.view(-1).index_add_(0, row * memory.felt.shape[1] + place, felt)


def replies(
    memory: Memory,
    brand: Brand,
    row: Int[Tensor, " some"],
    viewer: Int[Tensor, " some"],
    slot: Int[Tensor, " some"],
    tie: UInt8[Tensor, " some"],
    creator: Int[Tensor, " some"],
    slots: int,
    params: BrandParams,
    key: Key,
) -> None:
    """Comments, written under the videos in `slot` of `slots`, wait for answers, and some get one;
    who follows feels it. `creator` are rows."""
    brand.comments.index_add_(0, creator, torch.ones_like(creator))
    friends = tie.nonzero().squeeze(1)
    if nobody(friends):
        return
    row, viewer, slot, tie, creator = (x[friends] for x in (row, viewer, slot, tie, creator))
    luck = key.fold(REPLY).uniform(viewer, slots).gather(1, slot[:, None])[:, 0]
    word = (luck < brand.answered[creator]).long() * round(MILLI * params.reply)
    bump(memory, row, tie.long() - 1, word)


def overheard(
    brand: Brand, creator: Int[Tensor, " some"], params: BrandParams
) -> Float[Tensor, " some"]:
    """What answers to others do to followers who read the comments, on average over views."""
    return params.reads * params.heard * brand.answered[creator]


def conduct(
    told: Conduct | None, brand: Brand, params: BrandParams
) -> tuple[Float[Tensor, " creators"], Float[Tensor, " creators"]]:
    """Community acts of the day, and answers that the day's comments will get."""
    acts = torch.full_like(brand.seen, params.community_habit)
    answers = params.reply_habit * brand.comments.float()
    if told is None:
        return acts, answers
    acts = torch.where(torch.isnan(told.community), acts, told.community)
    return acts, torch.where(torch.isnan(told.replies), answers, told.replies)


def await_comments(brand: Brand, answers: Float[Tensor, " creators"]) -> Brand:
    """The day's comments wait; tomorrow's are expected to be as many, and get `answers`."""
    answered = (answers / brand.comments.clamp(min=1)).clamp(0, 1)
    none = torch.zeros_like(brand.comments)
    return replace(brand, comments=none, waiting=brand.comments, answered=answered)


def _cells(where: Bool[Tensor, "viewers ties"]) -> tuple[Tensor, Tensor, Tensor]:
    """Of lists, the cells where something holds: their place in the flattened lists, the viewer
    and the place in the viewer's list. A graph takes all cells."""
    if torch.compiler.is_compiling():
        held = places(where.view(-1))
        return held, held // where.shape[1], held % where.shape[1]
    held, width = where.view(-1).nonzero().squeeze(1), where.shape[1]
    bits = width.bit_length() - 1
    who = held >> bits if width == 1 << bits else held // width
    return held, who, held - who * width


def night(
    memory: Memory,
    viewers: Viewers,
    brand: Brand,
    here: Bool[Tensor, " viewers"],
    acts: Float[Tensor, " creators"],
    creator_ids: Int[Tensor, " creators"],
    params: BrandParams,
    key: Key,
) -> tuple[Memory, Brand]:
    """Bonds take in the day, fade, and some follows end. `acts` for the community a creator; those
    `here` today may have met them.

    A step up is a share of what is missing to 1, a step down a share of what is there; both are
    linear in what was felt over the day, where each further video of one creator tires.
    """
    held, who, place = _cells(memory.follows.bool())
    ids, word, bond = (
        rows_at(x.view(-1), held) for x in (memory.follows, memory.felt, memory.bond)
    )
    by = row_of(ids, len(creator_ids))
    seen = (word + (1 << FELT_BITS - 1)) >> FELT_BITS
    more = (seen - 1).clamp(min=0).float()
    felt = (word - (seen << FELT_BITS)).float() / MILLI - params.tire * more * (more + 1) / 2
    name = rows_at(viewers.id, who) * TIES + place
    if not nowhere(acts > 0):
        chance = 1 - (1 - params.act_reach) ** acts  # that one of the acts did
        chance = rows_at(chance, by) * rows_at(here, who)
        at = places(chance > 0)
        met = key.fold(ACT).uniform(name[at]) < chance[at]
        felt = felt.index_add(0, at, params.community * met)
    bond = _step(bond, felt, params) * params.bond_keep ** (1 / 7)
    chance = params.unfollow * torch.exp(params.unfollow_bond * (params.usual_bond - bond))
    kept = (rows_at(creator_ids, by) == ids) & (key.fold(UNFOLLOW).uniform(name) >= chance)
    stays = kept & (ids > 0) & rows_at(viewers.registered, who)
    bond = bond * stays

    def written(field: Tensor, value: Tensor) -> Tensor:
        return field.view(-1).index_copy(0, held, value).view(field.shape)

    after = replace(
        memory,
        follows=written(memory.follows, ids * kept),
        bond=written(memory.bond, bond),
        felt=torch.zeros_like(memory.felt),
    )
    return after, _followed(brand, by, stays, bond, seen)


def _step(bond: Tensor, felt: Tensor, params: BrandParams) -> Tensor:
    rate = -math.log1p(-params.bond_rate)
    up, down = felt.clamp(min=0), felt.clamp(max=0) * (1 - params.forgive * bond)
    return (1 - (1 - bond) * torch.exp(-rate * up)) * torch.exp(rate * params.breaks * down)


def _followed(brand: Brand, at: Tensor, stays: Tensor, bond: Tensor, seen: Tensor) -> Brand:
    """Means over each creator's followers, summed in whole numbers; two in a word."""
    two = stays.long() + ((stays & (seen > 0)).long() << 32)
    both = torch.zeros_like(brand.comments).index_add(0, at, two)
    count = (both & ((1 << 32) - 1)).clamp(min=1)
    bonds = torch.zeros_like(both).index_add(0, at, (bond * 1_000_000).round().long())
    back = torch.lerp(brand.back, (both >> 32) / count, _BACK)
    return replace(brand, bond=bonds / count / 1_000_000, back=back)


def pull(viewers: Viewers, memory: Memory, params: BrandParams) -> Viewers:
    """Viewers as likelier to come for those whom they follow."""
    follows = memory.follows > 0
    n = follows.sum(1)
    mean = memory.bond.sum(1) / n.clamp(min=1)
    more = params.back * (mean - params.usual_bond) * (n > 0)
    return replace(viewers, activity=viewers.activity + more)


def feed(
    memory: Memory,
    viewers: Viewers,
    mood: Mood,
    videos: Videos,
    day: Tensor,
    creator_ids: Int[Tensor, " creators"],
    params: BrandParams,
    key: Key,
) -> Memory:
    """The morning: followed creators' newest posts wait for those who come; the likelier, the
    stronger the bond and the fewer hours passed since the post."""
    width = memory.feed.shape[1]
    fresh = (videos.uploaded == day) & (videos.id > 0) & ~videos.removed
    at = places(fresh)
    by = row_of(videos.creator[at], len(creator_ids))
    posted = videos.id[at] * fresh[at]
    newest = torch.zeros_like(creator_ids).scatter_reduce(0, by, posted, "amax")
    held, who, nth = _cells(memory.follows.bool() & mood.present[:, None])
    ids = rows_at(memory.follows.view(-1), held)
    by = row_of(ids, len(creator_ids))
    post = rows_at(newest, by) * ((ids > 0) & (rows_at(creator_ids, by) == ids))
    new = places(post > 0)
    held, who, nth, post = (x.index_select(0, new) for x in (held, who, nth, post))
    age = (mood.hour[who] - videos.hour[row_of(post, len(videos.id))]) % 24
    chance = params.reach * memory.bond.view(-1)[held] * torch.exp(-age / params.fresh)
    u = key.fold(WAITS).uniform(viewers.id[who] * TIES + nth)
    waits = (post > 0) & mood.present[who] & (u < chance)
    many = torch.zeros_like(mood.away).index_add(0, who, waits.long())
    nth = waits.cumsum(0) - 1 - (many.cumsum(0) - many)[who]  # among those that wait for a viewer
    place = torch.where(waits & (nth < width), who * width + nth, memory.feed.numel())
    return replace(memory, feed=_placed(memory.feed, place, post))


def _placed(feed: Tensor, place: Tensor, post: Tensor) -> Tensor:
    """What is for nobody falls behind the last place."""
    flat = torch.zeros(feed.numel() + 1, dtype=feed.dtype, device=feed.device)
    return flat.scatter(0, place, post)[:-1].view(feed.shape)


def remember(
    memory: Memory,
    row: Int[Tensor, " some"],
    creator: Int[Tensor, "some slots"],
    made: Bool[Tensor, "some slots"],
    params: BrandParams,
) -> None:
    """New follows take an empty place, or that of the weakest bond; in place."""
    held, bond, felt, count = (
        field.index_select(0, row)
        for field in (memory.follows, memory.bond, memory.felt, memory.follow_count)
    )
    for slot, here in in_turn(made):
        new = creator.gather(1, slot)
        at = torch.where(held > 0, bond, -1.0).argmin(1, keepdim=True)
        add = here & ~(held == new).any(1, keepdim=True)
        held = held.scatter(1, at, torch.where(add, new, held.gather(1, at)))
        first = torch.where(add, params.first_bond, bond.gather(1, at))
        felt = felt.scatter(1, at, felt.gather(1, at) * ~add)
        bond, count = bond.scatter(1, at, first), count + add[:, 0]
    memory.follows.index_copy_(0, row, held)
    memory.bond.index_copy_(0, row, bond)
    memory.felt.index_copy_(0, row, felt)
    memory.follow_count.index_copy_(0, row, count)
