"""Who joins a platform follows some from the first day: those of whom the world talks."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world.brand.params import BrandParams
from sim.world.rng import Key, streams
from sim.world.state import Creators, Memory

COUNT, WHOM = streams("newcomers", "how many", "whom")


def greeted(
    memory: Memory,
    row: Int[Tensor, " new"],
    name: Int[Tensor, " new"],
    free: Bool[Tensor, " new"],
    creators: Creators,
    params: BrandParams,
    key: Key,
) -> Memory:
    """New viewers, `name` at `row` where that is `free`, follow a few creators, drawn by followers
    as residents' first follows are by fame; doubles are dropped."""
    places = memory.follows.shape[1]
    reach = (creators.followers * creators.active).double().cumsum(0)
    u = key.fold(WHOM).uniform(name, places).double() * reach[-1]
    at = torch.searchsorted(reach, u).clamp(max=len(reach) - 1)
    n = key.fold(COUNT).poisson(name, torch.full_like(u[:, 0], params.greeting), places)
    place = torch.arange(places, device=n.device)
    double = ((at[:, :, None] == at[:, None, :]) & (place[:, None] > place)).any(2)
    new = (place < n[:, None]) & ~double & free[:, None] & (reach[-1] > 0)

    def written(field: Tensor, value: Tensor) -> Tensor:
        return field.index_copy(0, row, torch.where(new, value, field[row]))

    first = torch.full_like(memory.bond[row], params.first_bond)
    count = memory.follow_count.index_add(0, row, new.sum(1))
    follows = written(memory.follows, creators.id[at])
    return replace(memory, follows=follows, bond=written(memory.bond, first), follow_count=count)
