"""Knows what every video is: an upper bound, never a method."""

from typing import Annotated, Any, ClassVar

from torch import Tensor

from agents.moderator.base import ModeratorAgent
from agents.moderator.handles import idle
from sim.world.ranges import Within
from sim.world.state import Backroom, Desk, Policy


class Oracle(ModeratorAgent):
    """Takes down every violation of at least `severity` on the morning it is posted, and nothing
    else: no harm, no wrong removal, no staff. Accounts stay, for whoever is caught in time does
    no harm."""

    privileged: ClassVar[bool] = True
    severity: Annotated[float, Within(0, 1)] = 0.0

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        if not isinstance(truth.get("truth"), Backroom):
            raise ValueError(
                f"Oracle is privileged: act takes truth=Backroom; got {truth or None}. "
                "Run it through sim.run --seat moderator, which hands it over."
            )
        return idle(seen.usual)

    def catch(self, truth: Backroom) -> Tensor:
        """Ids of videos to take down now."""
        return truth.video[(truth.harm > 0) & (truth.severity >= self.severity)]
