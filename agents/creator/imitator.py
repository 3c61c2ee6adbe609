"""Copies what went viral: topic, format and length of one of yesterday's most viewed videos.

Imitation of the successful is how most creators say they choose what to make; who copies whom is
drawn in proportion to views, as in payoff-biased imitation (Schlag, "Why imitate, and if so, how?",
Journal of Economic Theory 1998).
"""

from typing import Any

import torch
from torch import Tensor

from agents.creator.base import CreatorAgent
from sim.world.state import Choice, Dashboard


class Imitator(CreatorAgent):
    """Posts once a day, in the manner of a hit; all else is its habit."""

    posts: int = 1

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        n = len(seen.creator)
        hit, there = self._hit(seen), bool((seen.hot_views > 0).any())
        if not there:
            return Choice.habit(n, self.device)
        topic = seen.hot_topic[hit]
        count = torch.full_like(topic, self.posts)
        duration = seen.hot_duration[hit]
        known = {"topic": topic, "topic2": topic, "format": seen.hot_format[hit]}
        return Choice.habit(n, self.device, count=count, duration=duration, **known)

    def _hit(self, seen: Dashboard) -> Tensor:
        """Which video of the public list each account copies."""
        share = seen.hot_views.double().cumsum(0)
        luck = self.key.fold(seen.day).uniform(seen.creator).double() * share[-1]
        return torch.searchsorted(share, luck).clamp(max=len(share) - 1)
