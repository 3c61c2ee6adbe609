"""Every account goes on as it always did: the baseline of the creator's seat."""

from agents.creator.base import CreatorAgent


class Habit(CreatorAgent):
    """Decides nothing."""
