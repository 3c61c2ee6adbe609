"""The two ends of every trade: nothing is ever taken down, or everything is."""

from typing import Any

from agents.moderator.base import ModeratorAgent
from agents.moderator.handles import idle
from sim.world.state import HARMS, Desk, Policy, policy_with


class Nothing(ModeratorAgent):
    """Nobody looks, and nothing is done."""

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        return idle(seen.usual)


class Everything(ModeratorAgent):
    """All is taken down, whatever its score; nobody looks."""

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        return policy_with(idle(seen.usual), **{f"{harm}_remove": 0.0 for harm in HARMS})
