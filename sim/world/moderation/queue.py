"""The queue: who is next, and how far the hours reach."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.world.state import places


def worked_off(
    cases: Bool[Tensor, " videos"],
    first: Float[Tensor, " videos"],
    minutes: Float[Tensor, " videos"],
    budget: Float[Tensor, ""],
    most: int,
) -> tuple[Bool[Tensor, " videos"], Float[Tensor, ""]]:
    """The cases that `budget` minutes reach, those with the largest `first` before others; and the
    minutes that they take. The first case that does not fit ends the shift, or the last of `most`;
    no two `first` are alike."""
    at = places(cases)
    order = torch.where(cases[at], first[at], -torch.inf).topk(min(most, len(at))).indices
    order = at[order]
    there = cases[order]
    spent = (minutes[order] * there).double().cumsum(0)
    done = there & (spent <= budget)
    taken = torch.zeros_like(cases).index_put((order,), done)
    return taken, (minutes * taken).sum()


def lanes(split: Float[Tensor, " lanes"], budget: Float[Tensor, ""]) -> Float[Tensor, " lanes"]:
    """Minutes for each lane; nothing where all weights are 0."""
    return budget * split / split.sum().clamp(min=1e-9)
