"""A5, moderate under attack: a policy file at the desk of platforms whose adversaries are hidden.

Every seed is a platform with adversaries of other habits: how much they try, how fast they learn to
evade and how far (shift.py). A policy is held against doing nothing, the house's own and the strict
one on the same seeds. It is a file of numbers, so no code of a student's is run.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from sim.lab.assignments.marks import BySeed, Failed, Figures, Room
from sim.lab.assignments.shift import settings, worked
from sim.lab.assignments.tables import flat, in_file, tables
from sim.presets.errors import BadInput
from sim.seats.moderator.task import set_up

NEVER = ("remove", "review", "limit", "label", "gate", "demonetise")
NOTHING = {
    **{f"policy.{kind}.{action}": 1.0 for kind in "ABCDE" for action in NEVER},
    "policy.hours": 0.0, "policy.sweep": 0.0, "policy.strikes": 0,
}  # fmt: skip
BASE: Mapping[str, Mapping[str, Any]] = {
    "nothing": NOTHING, "house": {}, "strict": {"moderation": "strict"},
}  # fmt: skip
# Lines, from trials on other seeds (docs/assignments.md, "A5, measured")
OF_NOTHING, OF_HOUSE, OF_STRICT = 0.25, 0.5, 3.0  # times their harm at most
WRONGFUL, FEW = 2.0, 1.0  # times the house's, and so many of 1,000 posts besides
OPEN, SOME = (
    0.98,
    0.9,
)  # of the harmless videos that stand open under the house's; of any use at all
BARRED = 1.5  # of 1,000 honest creators, may not post
STAFF = 1.25  # times the house's hours


class Moderating:
    name, file, suffix = "A5", "policy.toml", ".toml"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based, code = 4, True, False
    points: ClassVar[Mapping[str, float]] = {
        "policy": 10.0, "harm_nothing": 20.0, "wrongful": 5.0, "open": 5.0, "barred": 5.0,
        "staff": 5.0, "harm_house": 30.0, "harm_strict": 20.0,
    }  # fmt: skip

    def base(self, seed: int) -> Figures:
        told = {name: worked(seed, policy) for name, policy in BASE.items()}
        return {f"{name}.{key}": x for name, some in told.items() for key, x in some.items()}

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        try:
            self._policy(text)
        except BadInput as error:
            raise Failed({"kind": "refused", "text": str(error)}) from None
        yield Room(text)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        return {"policy": None}

    def sit(self, room: Room, seed: int) -> Figures:
        return worked(seed, self._policy(room.text))

    def _policy(self, text: str) -> dict[str, Any]:
        """The settings that a policy is. Raises BadInput that names the line."""
        policy = dict(flat("policy", tables(text, self.file, self.name)))
        try:
            set_up(settings={**settings(self.public[0]), **policy})
        except BadInput as error:
            raise in_file(error, text, self.file, error.key.removeprefix("policy.")) from None
        return policy

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        """How many times what there was the line allows, so that 1 is on the line; `open` as it is.

        Bounds are told where harm is well below doing nothing, for who does nothing wrongs nobody;
        the harder marks for harm where all bounds are kept.
        """

        def mean(key: str, who: str = "") -> float:
            some = [base[s][f"{who}.{key}"] if who else figures[s][key] for s in figures]
            return sum(some) / len(some)

        shown, harm = mean("open") / mean("open", "house"), mean("harm")
        nothing = None if shown < SOME else _times(OF_NOTHING * mean("harm", "nothing"), harm)
        bounds = {
            "wrongful": (_times(WRONGFUL * mean("wrongful", "house") + FEW, mean("wrongful")), 1.0),
            "open": (shown, OPEN),
            "barred": (_times(BARRED, mean("barred")), 1.0),
            "staff": (_times(STAFF * mean("staff", "house"), mean("staff")), 1.0),
        }
        useful = nothing is not None and nothing >= 1
        kept = useful and all(value >= need for value, need in bounds.values())
        lines = {"house": OF_HOUSE, "strict": OF_STRICT}
        less = {who: _times(line * mean("harm", who), harm) for who, line in lines.items()}
        return {
            "harm_nothing": (nothing, 1.0),
            **{key: (value if useful else None, need) for key, (value, need) in bounds.items()},
            **{f"harm_{who}": (value if kept else None, 1.0) for who, value in less.items()},
        }


def _times(allowed: float, got: float) -> float:
    return min(99.0, allowed / got) if got > 0 else 99.0
