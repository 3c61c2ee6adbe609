"""What an episode is, from the keyword arguments that all forms of the environment take."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any

from sim.presets.checking import values
from sim.presets.config import resolve
from sim.presets.device import device as on_device
from sim.presets.errors import BadInput, did_you_mean
from sim.seats.house import recommender
from sim.seats.recommender import reward as objectives
from sim.world.ranges import Seed, Within
from sim.world.rules import Params


@dataclass(frozen=True)
class Episode:
    """The horizon, what is offered for a page, what is paid for, who serves everybody else."""

    days: Annotated[int, Within(1, 36_500)]
    candidates: Annotated[int, Within(1, 100_000)]
    objective: Mapping[str, float]
    house: Any = "house"
    device: str = "cpu"
    future: Seed = 0  # a second seed: same world, other luck
    repair: bool = False  # doubled and empty places of an action are filled up; else an error
    exact: bool = False  # the world answers to what the seats show; else it is on record


def set_up(
    world: str = "nano",
    platform: str = "kuaishou",
    objective: str | Mapping[str, float] = "watch_time",
    days: int = 14,
    slots: int | None = None,
    house: Any = "house",
    device: str = "cpu",
    candidates: int = 50,
    repair: bool = False,
    exact: bool = False,
    future: int = 0,
    settings: Mapping[str, Any] | None = None,
    **unknown: Any,
) -> tuple[Params, Episode]:
    """The world and the episode. Raises BadInput.

    `objective` is a reward's name or weights; `days` the horizon; `slots` the videos in a page;
    `house` any agent's name, class or object, who serves everybody else; `candidates` the videos
    offered for a page; `settings` dotted keys, as in {"sessions.scale": 0.2}; `future` a second
    seed, under which the same people and videos meet other luck.

    `exact=False` (the default): the world is lived once under the house and recorded, and the seats
    live in the record, each at a day and page of its own, by the same laws and the same luck. What
    is left out is what the seats would do to others. `exact=True`: the world itself answers, at the
    price of living all of it at every step.
    """
    for name in unknown:
        known = [n for n in signature(set_up).parameters if n != "unknown"]
        raise did_you_mean(name, known, "argument")
    params = resolve(world, platform, {} if settings is None else settings, slots)
    given = {"days": days, "candidates": candidates, "future": future, "repair": repair}
    given["exact"] = exact
    checked = values(Episode, given, "", tuple(given))
    if not params.size.slots <= checked["candidates"] <= params.size.live:
        rule = f"candidates lie in slots..live videos, {params.size.slots}..{params.size.live}"
        raise BadInput(rule, candidates, "Take candidates=50, the default.")
    paid, place = objectives.parse(objective), on_device(device)
    return params, Episode(
        objective=paid, house=recommender(house, "house"), device=place, **checked
    )
