"""Objectives as people write them, for any seat: the name of a part, or weights of several."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from sim.presets.checking import value
from sim.presets.errors import BadInput, did_you_mean
from sim.world.ranges import Within

Weight = Annotated[float, Within(-100, 100)]  # of a part; below 0 it is to be avoided
KEY = "run.objective"


@dataclass(frozen=True)
class Objectives:
    """What a seat may be paid for."""

    parts: tuple[str, ...]
    mix: Mapping[str, float]  # the weights that the word mix stands for
    called: str  # in errors
    example: str

    def parse(self, wanted: Any) -> dict[str, float]:
        """Weights from a name, from `one=0.5,other=0.5`, or from a mapping.

        Raises BadInput that names the part, the known ones and the cure.
        """
        weights = self._weights(wanted)
        for name, weight in weights.items():
            if name == "mix":
                rule = "objective: weights are of parts, and mix is a whole"
                raise BadInput(rule, "mix", f"Parts: {', '.join(self.parts)}.", KEY)
            if name not in self.parts:
                raise did_you_mean(name, (*self.parts, "mix"), self.called, KEY)
            weights[name] = value(Weight, weight, f"objective: the weight of {name}")
        if not any(weights.values()):
            rule, cure = "objective pays for something", "Give a part a weight that is not 0."
            raise BadInput(rule, wanted, cure, KEY)
        return weights

    def _weights(self, wanted: Any) -> dict[Any, Any]:
        if isinstance(wanted, Mapping):
            return dict(wanted)
        if not isinstance(wanted, str):
            rule = "objective is a name, or weights of parts"
            raise BadInput(rule, wanted, f"Write {self.example}.", KEY)
        if "=" not in wanted:
            return dict(self.mix) if wanted == "mix" else {wanted: 1.0}
        weights: dict[Any, Any] = {}
        for part in wanted.split(","):
            name, _, text = (word.strip() for word in part.partition("="))
            if name in weights:
                rule, cure = f"objective weighs a part once; {name} stands twice", "Leave one out."
                raise BadInput(rule, wanted, cure, KEY)
            try:
                weights[name] = float(text)
            except ValueError:
                rule = "an objective's weight is a number"
                raise BadInput(rule, part, f"Write {self.example}.", KEY) from None
        return weights
