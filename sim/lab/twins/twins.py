"""A world cloned at any page, and both branches lived on with the same noise."""

from copy import deepcopy
from typing import Any

from sim.lab.run.arm import Arm, Day
from sim.presets.errors import BadInput
from sim.seats.resident import Resident
from sim.world import platform
from sim.world.rules import Params

# what a world is built of: a branch that changed it would need parts that are not there
BUILT = ("size", "money", "brands", "threats", "moderation")


def twin(arm: Arm, *, params: Params | None = None, agent: Any = None, seed: int = 0) -> Arm:
    """An arm that stands where `arm` stands, between two days or in the midst of one, and shares
    nothing with it.

    Whatever is drawn from here on is drawn alike in both: the same viewers come at the same hours,
    and who is shown the same video at the same place of the same page does the same with it. What
    differs is what was changed, and what follows from it.

    params: other laws from now on (`sim.presets.config.resolve`), of the same sizes and switches.
    agent: another recommender from now on, which knows nothing yet and has `seed`; left out, the
    same one goes on with all that it has learned. Raises BadInput where a branch cannot live.
    """
    if params is not None:
        _same_parts(arm.clock.rules.params, params)
    try:
        branch = deepcopy(arm)
    except Exception as error:
        got = f"{arm.resident.label}, which raised {type(error).__name__}: {error}"
        cure = "Keep tensors detached, and no open files or generators, in its attributes."
        raise BadInput("the agent of a twin is one that can be copied", got, cure) from error
    if params is not None:
        branch.clock.rules = platform.rules(params, arm.clock.device)
    if agent is not None:
        _hand_over(branch, agent, seed)
    return branch


def live(arms: dict[str, Arm], days: int) -> dict[str, list[Day]]:
    """The days that each branch lives; one that stands in the midst of a day ends it first, and
    that day is not counted."""
    for arm in arms.values():
        while arm.clock.asked:
            arm.clock.serve()
    return {name: list(arm.run(days)) for name, arm in arms.items()}


def _same_parts(old: Params, new: Params) -> None:
    for name in BUILT:
        if getattr(old, name) != getattr(new, name):
            rule = f"a twin keeps {name} as its world was made: {getattr(old, name)}"
            cure = "Make both worlds anew, or change other settings."
            raise BadInput(rule, getattr(new, name), cure, name)


def _hand_over(arm: Arm, agent: Any, seed: int) -> None:
    """Another recommender sits down; the pages that wait to be learned from go with the old one."""
    clock, habits = arm.clock, arm.resident.habits
    arm.resident = clock.resident = Resident(agent, habits)
    viewers = clock.rules.params.viewer_rows
    clock.resident.reset(clock.listing, viewers=viewers, seed=seed, device=clock.device)
