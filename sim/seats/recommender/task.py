"""What an episode is, from the keyword arguments that all forms of the environment take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.recommender import reward as objectives
from sim.world.rules import Params


@dataclass(frozen=True)
class Episode:
    """The horizon, what is offered for a page, what is paid for, who serves everybody else."""

    days: int
    candidates: int
    objective: Mapping[str, float]
    house: Any = "house"
    device: str = "cpu"
    future: int = 0  # a second seed: same world, other luck
    repair: bool = False  # doubled and empty places of an action are filled up; else an error


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
    future: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Params, Episode]:
    """The world and the episode. `house` is any agent's name, class or object; `settings` are
    dotted keys, as in {"sessions.scale": 0.2}; `future` is a second seed, under which the same
    people and videos meet other luck. Raises BadInput."""
    params = resolve(world, platform, settings or {}, slots)
    if days < 1:
        raise BadInput("an episode lasts at least one day", days, "Take days=14, the default.")
    if not params.size.slots <= candidates <= params.size.live:
        rule = f"candidates lie in slots..live videos, {params.size.slots}..{params.size.live}"
        raise BadInput(rule, candidates, "Take candidates=50, the default.")
    paid, future = objectives.parse(objective), checked_seed("future", future)
    return params, Episode(days, candidates, paid, house, device, future, repair)
