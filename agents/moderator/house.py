"""The platform's usual policy, day by day."""

from agents.moderator.base import ModeratorAgent


class House(ModeratorAgent):
    """What others are compared with."""
