"""An account that lives by a plan."""

from typing import Any

import torch
from torch import Tensor

from agents.creator.base import CreatorAgent
from sim.lab.studio.plan.fields import Conduct, Plan
from sim.lab.studio.plan.reading import PERSONAS
from sim.lab.studio.topics import topic_of
from sim.seats.creator.studios import Studios
from sim.world.state import FORMATS, Choice, Dashboard

(TOPIC, FORMAT) = range(2)  # streams of the agent's own key


class Planned(CreatorAgent):
    """Does what the plan says of the week; what it leaves out is left to the account's habit.

    `scale` is how many people a viewer stands for: followers and money of the plan are a real
    platform's, and divided by it. Which topic and format a day has is drawn by the plan's shares
    from the day alone, so that two plans that differ in one thing draw alike.
    """

    def __init__(self, plan: Plan, scale: float):
        self.plan, self.scale = plan, scale

    def settle(self, studios: Studios) -> None:
        """How it starts."""
        start = self.plan.start
        followers = None
        if start.followers is not None:
            followers = round(start.followers / self.scale)
        studios.equip(followers, start.cash / self.scale, start.hours)

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        day = int(seen.seated[0])
        now = self.plan.in_week(1 + day // 7)
        n, device = len(seen.creator), seen.creator.device
        known: dict[str, Tensor] = {}

        def say(name: str, value: float | None) -> None:
            if value is not None:
                known[name] = torch.full((n,), float(value), device=device)

        if now.posts_per_week is not None:
            known["count"] = torch.full((n,), due(now.posts_per_week, day), device=device)
        topics = topics_of(now, len(seen.trends))
        if topics:
            known["topic"] = known["topic2"] = self._drawn(TOPIC, topics, seen)
        if now.formats:
            shares = {FORMATS.index(name): share for name, share in now.formats.items()}
            known["format"] = self._drawn(FORMAT, shares, seen)
        say("duration", now.duration_s)
        for name in ("effort_quality", "effort_hook", "honesty", "hour"):
            say(name, getattr(now, name))
        say("trend", now.trends)
        say("replies", now.replies_per_day)
        say("community", _daily(now.community_per_week))
        say("promotion", _daily(now.promotion_per_week, self.scale))
        for name, level in vars(now.income).items():
            say(name, level)
        return Choice.habit(n, device, **known)

    def _drawn(self, stream: int, shares: dict[int, float], seen: Dashboard) -> Tensor:
        """One of the shares' keys for each account."""
        keys = torch.tensor(list(shares), device=seen.creator.device)
        edges = torch.tensor(list(shares.values()), device=seen.creator.device).cumsum(0)
        luck = self.key.fold(stream).fold(seen.day).uniform(seen.creator) * edges[-1]
        return keys[torch.searchsorted(edges, luck).clamp(max=len(keys) - 1)]


def due(per_week: float, day: int) -> int:
    """Posts on a day, so that weeks have as many as they should."""
    return int(per_week * (day + 1) / 7 + 1e-9) - int(per_week * day / 7 + 1e-9)


def _daily(per_week: float | None, scale: float = 1.0) -> float | None:
    return None if per_week is None else per_week / 7 / scale


def topics_of(now: Conduct, topics: int) -> dict[int, float]:
    """Shares by a topic's number; empty where the account's own are kept."""
    if now.topics:
        return {int(number): share for number, share in now.topics.items()}
    if now.persona:
        return {topic_of(name, topics): share for name, share in PERSONAS[now.persona].items()}
    return {}
