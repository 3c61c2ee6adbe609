"""The queue: who is next, and how far the hours reach."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import ACTIONS, Policy, nobody, places

OfVideos = Callable[[Int[Tensor, " some"]], Float[Tensor, " some"]]  # by their rows
_REVIEW = ACTIONS.index("review")
_AHEAD = float(1 << 26)  # more views than any video has in a day


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
    urgency = first(at)
    if torch.compiler.is_compiling():  # a graph takes all places
        urgency = torch.where(cases[at], urgency, -torch.inf)
    order = at[urgency.topk(min(most, len(at))).indices]
    each = minutes(order)
    if torch.compiler.is_compiling():
        each = each * cases[order]
    done = each.double().cumsum(0) <= budget
    if torch.compiler.is_compiling():
        done = done & cases[order]
    spent = each.new_zeros(len(cases)).index_copy_(0, order, each * done)
    return taken.index_put_((order,), done), spent.sum()


def suspects_first(
    views: Float[Tensor, " some"], score: Float[Tensor, "some harms"], policy: Policy
) -> Float[Tensor, " some"]:
    """How early videos that wait are looked at: those that the machine suspects before those that
    were only reported, and among either the most expected `views` first. Reports that are mostly
    wrong fall on what many see, behind which suspects would wait until they are seen themselves."""
    suspect = (score > policy.threshold[:, _REVIEW]).any(1)
    return views.double() + _AHEAD * suspect  # doubles: a lot still tells between those alike


def lanes(split: Float[Tensor, " lanes"], budget: Float[Tensor, ""]) -> Float[Tensor, " lanes"]:
    """Minutes for each lane; nothing where all weights are 0."""
    return budget * split / split.sum().clamp(min=1e-9)
