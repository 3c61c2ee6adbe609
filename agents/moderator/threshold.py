"""One fixed threshold for all kinds of harm: the baseline that every other policy should beat."""

from typing import Annotated, Any

from agents.moderator.base import ModeratorAgent
from agents.moderator.handles import above
from sim.world.ranges import Within
from sim.world.state import Desk, Policy


class Threshold(ModeratorAgent):
    """Takes down what scores above `score`; people, sweeps and penalties as usual."""

    score: Annotated[float, Within(0, 1)] = 0.9  # assumed: the house's own

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        return above(seen.usual, self.score)
