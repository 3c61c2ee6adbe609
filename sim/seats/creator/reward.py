"""What a creator is paid for, a day at a time: a name, or weights of parts."""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor

from sim.seats.creator.standing import Standing
from sim.seats.objectives import Objectives

EXAMPLE = "followers=0.5,brand_equity=0.5"


def followers(before: Standing, after: Standing) -> Float[Tensor, " seats"]:
    """Followers won less lost."""
    return (after.followers - before.followers).float()


def income(before: Standing, after: Standing) -> Float[Tensor, " seats"]:
    """Money units earned less spent."""
    return after.income.sum(1) - after.spent


def brand_equity(before: Standing, after: Standing) -> Float[Tensor, " seats"]:
    """Hundredths of brand equity won: over an episode they sum to what it won in all."""
    return 100 * (after.brand_equity - before.brand_equity)


PARTS = {"followers": followers, "income": income, "brand_equity": brand_equity}
MIX = {"followers": 0.4, "income": 0.3, "brand_equity": 0.3}
NAMES = (*PARTS, "mix")


def reward(
    before: Standing, after: Standing, weights: Mapping[str, float]
) -> Float[Tensor, " seats"]:
    """Of a day that began and ended so."""
    total = 0.0 * after.spent
    for name, weight in weights.items():
        total = total + weight * PARTS[name](before, after)
    return total


parse = Objectives(tuple(PARTS), MIX, "objective of a creator", EXAMPLE).parse
