"""What an episode is, from the keyword arguments that all forms of the environment take."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any, Literal

from sim.presets.checking import values
from sim.presets.config import resolve
from sim.presets.device import device as on_device
from sim.presets.errors import BadInput, did_you_mean
from sim.seats.house import recommender
from sim.seats.moderator import reward as objectives
from sim.world.ranges import Seed, Within
from sim.world.rules import Params


@dataclass(frozen=True)
class Episode:
    """The horizon, what is paid for, and who recommends."""

    objective: Mapping[str, float]
    days: Annotated[int, Within(1, 36_500)] = 60
    warm_up: Annotated[int, Within(0, 365)] = 7  # days under the usual policy before
    actions: Literal["discrete", "box"] = "discrete"
    house: Any = "popular"
    device: str = "cpu"
    future: Seed = 0  # a second seed: same world, other luck


CHECKED = ("days", "warm_up", "actions", "future")


def set_up(
    world: str = "nano",
    platform: str = "kuaishou",
    objective: str | Mapping[str, float] = "mix",
    days: int = 60,
    slots: int | None = None,
    house: Any = "popular",
    device: str = "cpu",
    actions: str = "discrete",
    warm_up: int = 7,
    future: int = 0,
    threats: str | None = None,
    moderation: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **unknown: Any,
) -> tuple[Params, Episode]:
    """The world and the episode. Raises BadInput.

    `objective` is mix, a part (reward.PARTS), or weights; `days` the horizon; `house` the
    recommender; `actions` discrete or box; `warm_up` days are lived under the usual policy before
    the seat is taken; `threats` none, low or high (the default here); `moderation` names the usual
    policy; `settings` dotted keys of the world; `future` a second seed.
    """
    for name in unknown:
        known = [n for n in signature(set_up).parameters if n != "unknown"]
        raise did_you_mean(name, known, "argument")
    told = {"threats": threats or "high", "moderation": moderation or "house"}
    own = dict(settings or {})
    params = resolve(world, platform, {k: v for k, v in told.items() if k not in own} | own, slots)
    if not params.moderated:
        got = f"threats={params.threats}, moderation={params.moderation}"
        cure = "Take threats='low' or 'high', and moderation='house' or 'strict'."
        raise BadInput("a moderator's seat needs something to moderate", got, cure)
    given = {"days": days, "warm_up": warm_up, "actions": actions, "future": future}
    checked = values(Episode, given, "", CHECKED)
    paid, place = objectives.parse(objective), on_device(device)
    return params, Episode(
        objective=paid, house=recommender(house, "popular"), device=place, **checked
    )
