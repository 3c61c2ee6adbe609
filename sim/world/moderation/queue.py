"""The queue: who is next, and how far the hours reach."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import nobody, places

OfVideos = Callable[[Int[Tensor, " some"]], Float[Tensor, " some"]]  # by their rows


def worked_off(
    cases: Bool[Tensor, " videos"],
    first: OfVideos,
    minutes: OfVideos,
    budget: Float[Tensor, ""],
    most: int,
) -> tuple[Bool[Tensor, " videos"], Float[Tensor, ""]]:
    """The cases that `budget` minutes reach, those with the largest `first` before others; and the
    minutes that they take. The first case that does not fit ends the shift, or the last of `most`;
    no two `first` are alike."""
    at, taken = places(cases), torch.zeros_like(cases)
    if nobody(at):
        return taken, torch.zeros_like(budget)
    order = torch.where(cases[at], first(at), -torch.inf).topk(min(most, len(at))).indices
    order = at[order]
    there = cases[order]
    each = minutes(order) * there
    done = there & (each.double().cumsum(0) <= budget)
    spent = each.new_zeros(len(cases)).index_copy_(0, order, each * done)
    return taken.index_put_((order,), done), spent.sum()


def lanes(split: Float[Tensor, " lanes"], budget: Float[Tensor, ""]) -> Float[Tensor, " lanes"]:
    """Minutes for each lane; nothing where all weights are 0."""
    return budget * split / split.sum().clamp(min=1e-9)
