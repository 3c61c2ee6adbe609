"""Whom people follow from the first day: those of whom the world talks, and rather those whose
field and style they like."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.brand.params import BrandParams
from sim.world.rng import Key, streams
from sim.world.state import Creators, Memory, Viewers, doubles

COUNT, WHOM, OTHERS = streams("newcomers", "how many", "whom", "others")


def likelier(
    first: Int[Tensor, "some places"],
    reach: Float[Tensor, " creators"],
    viewers: Viewers,
    creators: Creators,
    topic_share: float,
    params: BrandParams,
    key: Key,
) -> Int[Tensor, "some places"]:
    """Creators' rows, of whom the viewer likes field and style best: of `picks` each, the `first`
    (below 0: none) and others drawn by `reach`, which is cumulative, whom none of them is yet."""
    places, picks = first.shape[1], params.picks
    u = key.fold(OTHERS).uniform(viewers.id, places * (picks - 1)).double() * reach[-1]
    other = torch.searchsorted(reach, u).clamp(max=len(reach) - 1)
    named = torch.cat([first, other], dim=1)
    at = named.clamp(min=0)
    liked = topic_share**0.5 * viewers.taste.gather(1, creators.niche[at])
    for lean, has in zip(viewers.leaning.T, creators.style.T, strict=True):
        liked = liked + (1 - topic_share) ** 0.5 * lean[:, None] * has[at]
    again = doubles(named)
    again[:, :places] = False
    best = liked.masked_fill(again, -torch.inf).view(-1, picks, places).argmax(1, keepdim=True)
    return at.view(-1, picks, places).gather(1, best)[:, 0]


def acquainted(
    follows: Int[Tensor, "viewers followed"],
    viewers: Viewers,
    creators: Creators,
    topic_share: float,
    params: BrandParams,
    key: Key,
) -> Int[Tensor, "viewers followed"]:
    """Whom residents follow from before day 0, creators' ids, where `follows` were drawn by fame
    alone; as many as those."""
    if params.picks == 1:
        return follows
    reach = creators.fame.double().cumsum(0)
    none = -1 - torch.arange(follows.shape[1], device=follows.device)
    first = torch.where(follows > 0, follows - 1, none)
    at = likelier(first, reach, viewers, creators, topic_share, params, key)
    return torch.where(follows > 0, at + 1, 0)


def greeted(
    memory: Memory,
    row: Int[Tensor, " new"],
    new_viewers: Viewers,
    free: Bool[Tensor, " new"],
    creators: Creators,
    topic_share: float,
    params: BrandParams,
    key: Key,
) -> Memory:
    """New viewers at `row`, where that is `free`, follow a few creators, drawn by followers as
    residents' first follows are by fame; doubles are dropped."""
    places, name = memory.follows.shape[1], new_viewers.id
    reach = (creators.followers * creators.active).double().cumsum(0)
    u = key.fold(WHOM).uniform(name, places).double() * reach[-1]
    at = torch.searchsorted(reach, u).clamp(max=len(reach) - 1)
    if params.picks > 1:
        at = likelier(at, reach, new_viewers, creators, topic_share, params, key)
    n = key.fold(COUNT).poisson(name, torch.full_like(u[:, 0], params.greeting), places)
    place = torch.arange(places, device=n.device)
    new = (place < n[:, None]) & ~doubles(at) & free[:, None] & (reach[-1] > 0)

    def written(field: Tensor, value: Tensor) -> Tensor:
        return field.index_copy(0, row, torch.where(new, value, field[row]))

    first = torch.full_like(memory.bond[row], params.first_bond)
    count = memory.follow_count.index_add(0, row, new.sum(1))
    follows = written(memory.follows, creators.id[at])
    return replace(memory, follows=follows, bond=written(memory.bond, first), follow_count=count)
