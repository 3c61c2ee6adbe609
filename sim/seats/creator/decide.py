"""From what the seats chose to what the platform is told."""

from dataclasses import fields
from typing import TypeVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world.state import Choice, Conduct, Decisions, Offers, Posts, by_habit

S = TypeVar("S")


def decisions(
    choice: Choice, row: Int[Tensor, " seats"], held: Bool[Tensor, " seats"], creators: int
) -> Decisions:
    """For all creators: those at `row` as chosen where `held`, all others by habit."""

    def told(kind: type[S]) -> S:
        habit = by_habit(kind, creators, row.device)
        new = {}
        for field in fields(kind):  # type: ignore[arg-type]
            old, chosen = getattr(habit, field.name), getattr(choice, field.name)
            new[field.name] = old.index_copy(0, row, torch.where(held, chosen, old[row]))
        return kind(**new)

    return Decisions(posts=told(Posts), conduct=told(Conduct), offers=told(Offers))
