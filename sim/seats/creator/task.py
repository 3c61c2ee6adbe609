"""What an episode is, from the keyword arguments that all forms of the environment take."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any, Literal

from sim.presets.checking import values
from sim.presets.config import resolve
from sim.presets.device import device as on_device
from sim.presets.errors import did_you_mean
from sim.seats.creator import reward as objectives
from sim.seats.house import recommender
from sim.world.ranges import Seed, Within
from sim.world.rules import Params


@dataclass(frozen=True)
class Episode:
    """The horizon, what is paid for, how old the figures are, and who recommends."""

    objective: Mapping[str, float]
    days: Annotated[int, Within(1, 36_500)] = 90
    warm_up: Annotated[int, Within(0, 365)] = 7  # days lived by habit before the seat is taken
    delay: Annotated[int, Within(0, 30)] = 1  # days after which figures are shown
    actions: Literal["discrete", "box"] = "discrete"
    cash: Annotated[float, Within(0, 1e9)] = 30.0  # money units at the start; assumed
    house: Any = "mf"
    device: str = "cpu"
    future: Seed = 0  # a second seed: same world, other luck


CHECKED = ("days", "warm_up", "delay", "actions", "cash", "future")


def set_up(
    world: str = "nano",
    platform: str = "kuaishou",
    objective: str | Mapping[str, float] = "followers",
    days: int = 90,
    slots: int | None = None,
    house: Any = "mf",
    device: str = "cpu",
    actions: str = "discrete",
    warm_up: int = 7,
    delay: int = 1,
    cash: float = 30.0,
    future: int = 0,
    settings: Mapping[str, Any] | None = None,
    **unknown: Any,
) -> tuple[Params, Episode]:
    """The world and the episode. Raises BadInput.

    `objective` is followers, income, brand_equity, mix, or weights; `days` the horizon; `house` the
    recommender that all creators face, by name, class or object; `actions` discrete or box;
    `warm_up` days are lived by habit before the seat is taken, so that there are figures to see and
    the house has learned something; `delay` days pass before a day's figures are shown; `cash` is
    the purse at the start; `settings` dotted keys of the world; `future` a second seed.
    """
    for name in unknown:
        known = [n for n in signature(set_up).parameters if n != "unknown"]
        raise did_you_mean(name, known, "argument")
    # a creator lives of what money=on brings: brands, careers, income
    params = resolve(world, platform, {"money": "on"} | dict(settings or {}), slots)
    given = {"days": days, "warm_up": warm_up, "delay": delay, "actions": actions}
    given |= {"cash": float(cash) if isinstance(cash, int) else cash, "future": future}
    checked = values(Episode, given, "", CHECKED)
    paid, place = objectives.parse(objective), on_device(device)
    serves = recommender(house, "mf")
    return params, Episode(objective=paid, house=serves, device=place, **checked)
