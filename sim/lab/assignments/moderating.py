"""A5, moderate under attack: a policy file at the desk of platforms whose adversaries are hidden.

Every seed is a platform with adversaries of other habits: how much they try, how fast they learn to
evade and how far. A policy is held against doing nothing and against the house's own on the same
seeds. It is a file of numbers, so no code of a student's is run.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from sim.lab.assignments.marks import BySeed, Failed, Figures, Room
from sim.lab.office.shifts import Task, work
from sim.presets.errors import BadInput
from sim.seats.moderator.reward import MIX
from sim.seats.moderator.task import set_up

DAYS, WARM_UP = 14, 7
# a small platform sees a handful of violations a day: three times as many tell policies apart
SIZE = {"size.pages": 6, "actors.supply": 0.03}
HABITS = {"actors.explore": (0.3, 1.2), "actors.move": (1.0, 3.0), "actors.practice": (0.05, 0.2)}
BASE = ("nothing", "house")
PARTS = ("harm", "wrongful", "staff")
LESS_THAN_NOTHING, LESS_THAN_HOUSE = 0.5, 0.9  # of their harm at most
WRONGFUL, STAFF = 2.0, 1.5  # times the house's at most
FEW = 1.0  # harmless videos of 1,000 that anybody may take down besides


class Moderating:
    name, file, suffix = "A5", "policy.toml", ".toml"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based = 4, True
    points: ClassVar[Mapping[str, float]] = {
        "policy": 10.0, "harm_nothing": 20.0, "harm_house": 25.0, "wrongful": 15.0,
        "staff": 10.0, "pay_house": 20.0,
    }  # fmt: skip

    def base(self, seed: int) -> Figures:
        told = {name: _worked(seed, name, {}) for name in BASE}
        return {f"{name}.{key}": x for name, some in told.items() for key, x in some.items()}

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        try:
            set_up(settings=_settings(self.public[0], _policy(text)))
        except BadInput as error:
            raise Failed({"kind": "refused", "text": str(error)}) from None
        yield Room(text)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        return {"policy": None}

    def sit(self, room: Room, seed: int) -> Figures:
        return _worked(seed, "house", _policy(room.text))

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        """By how many times less harm than the line allows, and so on: 1 reaches the line."""

        def mean(key: str, who: str = "") -> float:
            some = [base[s][f"{who}.{key}"] if who else figures[s][key] for s in figures]
            return sum(some) / len(some)

        harm = mean("harm")
        nothing = _times(LESS_THAN_NOTHING * mean("harm", "nothing"), harm)
        useful = nothing >= 1  # who does nothing wrongs nobody
        wrongful = _times(WRONGFUL * mean("wrongful", "house") + FEW, mean("wrongful"))
        less = _times(LESS_THAN_HOUSE * mean("harm", "house"), harm)
        staff = _times(STAFF * mean("staff", "house"), mean("staff"))
        return {
            "harm_nothing": (nothing, 1.0),
            "harm_house": (less if wrongful >= 1 else None, 1.0),  # who takes all down wrongs all
            "wrongful": (wrongful if useful else None, 1.0),
            "staff": (staff if useful else None, 1.0),
            "pay_house": (mean("pay") - mean("pay", "house"), 0.05 * -mean("pay", "house")),
        }


def _times(allowed: float, got: float) -> float:
    return min(99.0, allowed / got) if got > 0 else 99.0


def _policy(text: str) -> dict[str, Any]:
    """The tables of a policy, as settings. Raises BadInput."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("the file must be TOML", "policy.toml", f"{error}.") from None
    if not tables:
        raise BadInput("a policy says something", "policy.toml", "--policy example prints one.")
    return dict(_flat("policy", tables))


def _flat(head: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{head}.{key}", value)
        else:
            yield f"{head}.{key}", value


def _settings(seed: int, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The platform of a seed, its adversaries' habits with it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    habits = {key: float(rng.uniform(*ends)) for key, ends in HABITS.items()}
    return {**SIZE, **habits, **policy}


def _worked(seed: int, agent: str, policy: Mapping[str, Any]) -> dict[str, float]:
    """Means over a shift's days of what it cost."""
    params, episode = set_up(days=DAYS, warm_up=WARM_UP, settings=_settings(seed, policy))
    shift = work(Task(agent, agent, seed, params, episode, {}))
    told = {name: float(shift.part(name).mean()) for name in (*MIX,)}
    return {**{k: told[k] for k in PARTS}, "pay": -sum(w * told[k] for k, w in MIX.items())}
