"""How viewers differ as watchers: some swipe on at once and often, some see things through."""

from dataclasses import replace

from sim.world.rng import Key, streams
from sim.world.state import Viewers
from sim.world.watching.params import WatchParams

HASTE, STAY, PACE = streams("manners", "haste", "stay", "pace")


def mannered(viewers: Viewers, params: WatchParams, key: Key) -> Viewers:
    """The viewers with their habits of watching, which a name keeps for good."""
    haste, stay, pace = (key.fold(s).normal(viewers.id) for s in (HASTE, STAY, PACE))
    both = params.haste_stay
    stay = both * haste + (1 - both**2) ** 0.5 * stay
    haste = params.haste_sd * haste
    budget = (-params.haste_budget * haste).exp()
    return replace(
        viewers,
        haste=haste,
        stay=params.stay_sd * stay,
        pace=params.pace_share**0.5 * pace,
        minutes=budget * viewers.minutes,
        patience=budget * viewers.patience,
    )
