"""Whether videos were shown before: what an agent asks most often, in a third of the time."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world import catalog
from sim.world.state import World


def shown_before(
    world: World, viewer_row: Int[Tensor, " some"], ids: Int[Tensor, "some ids"]
) -> Bool[Tensor, "some ids"]:
    """The same as `platform.shown_before`; days take two bytes, and tables are read by rows."""
    capacity, cells = len(world.videos.name), world.memory.shown.shape[1]
    memory, start = world.memory.shown.view(-1), (viewer_row * cells)[:, None]
    row = (ids - 1) % capacity
    if cells == capacity:
        return (memory.index_select(0, (row + start).view(-1)) > 0).view(ids.shape)
    cycle = catalog._CYCLE
    age = (world.day - world.videos.uploaded).clamp(-1, cycle).to(torch.int16)
    age = age.index_select(0, row.view(-1))
    today = (world.day % cycle + 1).to(torch.int16)
    answer = torch.ones_like(age, dtype=torch.bool)
    for cell in catalog._cells(ids, cells, capacity):
        stamp = memory.index_select(0, (cell + start).view(-1)).to(torch.int16)
        ago = today - stamp
        ago += (ago < 0) * cycle
        answer &= (stamp > 0) & (ago <= age)
    return answer.view(ids.shape)
