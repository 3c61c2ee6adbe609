"""A level of every lever, drawn evenly every day."""

from typing import Any

from agents.creator.base import CreatorAgent, chosen
from sim.world.state import LEVERS, Choice, Dashboard


class Random(CreatorAgent):
    """Keyed by account and day, so that who else is seated changes nobody's draw."""

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        today = self.key.fold(seen.day)
        levels = {
            name: today.fold(i).integer(seen.creator, len(some))
            for i, (name, some) in enumerate(LEVERS.items())
        }
        return chosen(levels, seen)
