"""What a moderator is paid for, a day at a time: a name, or weights of parts.

All parts are costs, so pay is below 0 and the best day costs nothing. The harm that a policy
prevents is what would have been done without it less what was done: of two policies on the same
world the difference in pay is the same, whichever is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from jaxtyping import Float
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput, did_you_mean
from sim.world.ranges import Within

Weight = Annotated[float, Within(-100, 100)]
EXAMPLE = "harm=1,wrongful_small=0.5"


@dataclass(frozen=True)
class Toll:
    """What a day cost, by the truth."""

    harm: Float[Tensor, ""]  # severity x vulnerability seen, per 1,000 impressions of people
    wrongful: Float[Tensor, ""]  # harmless videos taken down, per 1,000 posts
    wrongful_small: Float[Tensor, ""]  # of them, those of creators with fewer than ten followers
    wrongful_large: Float[Tensor, ""]  # of all others
    staff: Float[Tensor, ""]  # hours of review, per 1,000 posts
    purged: Float[Tensor, ""]  # accounts of people closed as bots, per 1,000 accounts


PARTS = tuple(field.name for field in fields(Toll))
# assumed: a violation of severity .4 shown once in a thousand weighs as much as .8 harmless videos
# taken down of a thousand, or an hour and twenty minutes of staff
MIX = {"harm": 1.0, "wrongful": 0.5, "staff": 0.3, "purged": 0.5}
NAMES = (*PARTS, "mix")


def reward(toll: Toll, weights: Mapping[str, float]) -> Float[Tensor, ""]:
    """Of a day that cost so much."""
    total = 0.0 * toll.harm
    for name, weight in weights.items():
        total = total - weight * getattr(toll, name)
    return total


def parse(wanted: Any) -> dict[str, float]:
    """Weights from a name, from `harm=1,staff=0.3`, or from a mapping.

    Raises BadInput that names the part, the known ones and the cure.
    """
    weights = _weights(wanted)
    for name, weight in weights.items():
        if name == "mix":
            rule, cure = "weights are of parts, and mix is a whole", f"Parts: {', '.join(PARTS)}."
            raise BadInput(f"objective: {rule}", "mix", cure, "run.objective")
        if name not in PARTS:
            raise did_you_mean(name, NAMES, "objective of a moderator", "run.objective")
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
