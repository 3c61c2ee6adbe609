"""Knows what viewers want and what is on offer: an upper bound, never a method."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from agents.creator.base import CreatorAgent
from sim.world.state import Backstage, Choice, Dashboard


class Planner(CreatorAgent):
    """Takes the position that is wanted most for what is offered of it, and keeps to it: honest,
    well made, as often as the hours allow, and with all income that costs no trust.

    The want of a topic is the mean over viewers of exp(want): those who love it count, not those
    who are lukewarm. Divided by its share of the live videos it says how many look for each.
    """

    privileged: ClassVar[bool] = True
    posts: int = 2

    def reset(self, *, seats: int, seed: int, device: torch.device) -> None:
        super().reset(seats=seats, seed=seed, device=device)
        self.topic = torch.full((seats,), -1, dtype=torch.int64, device=device)

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        backstage = truth.get("truth")
        if not isinstance(backstage, Backstage):
            raise ValueError(
                f"Planner is privileged: act takes truth=Backstage; got {truth or None}. "
                "Run it through sim.lab.studio, which hands it over."
            )
        topic = torch.where(self.topic < 0, self.position(seen, backstage), self.topic)
        if explore:
            self.topic = topic
        n = len(topic)

        def every(value: float) -> Tensor:
            return torch.full((n,), value, device=topic.device)

        return Choice.habit(
            n, topic.device, count=torch.full_like(topic, self.posts), topic=topic, topic2=topic,
            effort_quality=every(0.7), effort_hook=every(0.5), honesty=every(1.0), trend=every(0.0),
            replies=every(10.0), community=every(0.0), promotion=every(0.0), ads=every(0.5),
            shop=every(0.5), membership=every(1.0), deals=every(0.5), disclose=every(1.0),
            gifts=every(1.0), merchandise=every(0.5),
        )  # fmt: skip

    def position(self, seen: Dashboard, truth: Backstage) -> Tensor:
        """The topic of each account: the best bargain, or its own where that is nearly as good."""
        worth = truth.wants.exp().mean(0) / (truth.supply + 1 / len(truth.supply))
        own = worth[seen.main]
        return torch.where(own >= 0.9 * worth.max(), seen.main, worth.argmax())

    def on_seats(self, fresh: Tensor) -> None:
        self.topic[fresh] = -1

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "topic": self.topic}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.topic = state["topic"].to(self.device).clone()
