"""What a creator is paid for, a day at a time: a name, or weights of parts."""

from collections.abc import Mapping
from typing import Annotated, Any

from jaxtyping import Float
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput, did_you_mean
from sim.seats.creator.standing import Standing
from sim.world.ranges import Within

Weight = Annotated[float, Within(-100, 100)]
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


def parse(wanted: Any) -> dict[str, float]:
    """Weights from a name, from `followers=0.5,income=0.5`, or from a mapping.

    Raises BadInput that names the part, the known ones and the cure.
    """
    weights = _weights(wanted)
    for name, weight in weights.items():
        if name == "mix":
            rule, cure = "weights are of parts, and mix is a whole", f"Parts: {', '.join(PARTS)}."
            raise BadInput(f"objective: {rule}", "mix", cure, "run.objective")
        if name not in PARTS:
            raise did_you_mean(name, NAMES, "objective of a creator", "run.objective")
        weights[name] = value(Weight, weight, f"objective: the weight of {name}")
    if not any(weights.values()):
        rule, cure = "objective pays for something", "Give a part a weight that is not 0."
        raise BadInput(rule, wanted, cure, "run.objective")
    return weights


def _weights(wanted: Any) -> dict[Any, Any]:
    if isinstance(wanted, Mapping):
        return dict(wanted)
    if not isinstance(wanted, str):
        rule = "objective is a name, or weights of parts"
        raise BadInput(rule, wanted, f"Write {EXAMPLE}.", "run.objective")
    if "=" not in wanted:
        return dict(MIX) if wanted == "mix" else {wanted: 1.0}
    weights: dict[Any, Any] = {}
    for part in wanted.split(","):
        name, _, text = (word.strip() for word in part.partition("="))
        if name in weights:
            rule, cure = f"objective weighs a part once; {name} stands twice", "Leave one out."
            raise BadInput(rule, wanted, cure, "run.objective")
        try:
            weights[name] = float(text)
        except ValueError:
            rule = "an objective's weight is a number"
            raise BadInput(rule, part, f"Write {EXAMPLE}.", "run.objective") from None
    return weights
