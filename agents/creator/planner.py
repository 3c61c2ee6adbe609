"""Knows what viewers want, what is on offer, and what work is worth: an upper bound, never a
method."""

import math
from itertools import product
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.creator.base import CreatorAgent
from sim.world.state import FORMATS, Backstage, Choice, Dashboard

EFFORT = 0.5  # by habit
EFFORTS = (0.1, 0.3, 0.5, 0.7, 0.9)
POSTS = (1, 2, 3, 4, 6)
# (plans, 4): format, posts a day, effort in quality, effort in the hook
PLANS = tuple(product(range(len(FORMATS)), POSTS, EFFORTS, EFFORTS))


class Planner(CreatorAgent):
    """Takes the position that is wanted most for what is offered of it, and keeps to it: honest,
    with the format, the number of posts and the effort that by the true laws bring most attention
    that satisfies viewers, for the hours that there are; and with all income.

    The want of a topic is the mean over viewers of exp(want): those who love it count, not those
    who are lukewarm. Divided by its share of the live videos it says how many look for each. Plans
    are weighed by ln posts + `draw` x appeal + `content` x ln satisfaction, tired as one who lives
    so for long.
    """

    privileged: ClassVar[bool] = True
    draw: float = 2.0  # ln of views per standard deviation of appeal; assumed
    content: float = 1.0  # assumed
    sane: float = 0.5  # energy missing in the long run that no plan goes beyond; assumed

    def reset(self, *, seats: int, seed: int, device: torch.device) -> None:
        super().reset(seats=seats, seed=seed, device=device)
        self.topic = torch.full((seats,), -1, dtype=torch.int64, device=device)

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: object) -> Choice:
        backstage = truth.get("truth")
        if not isinstance(backstage, Backstage):
            raise ValueError(
                f"Planner is privileged: act takes truth=Backstage; got {truth or None}. "
                "Run it through sim.lab.studio, which hands it over."
            )
        topic = torch.where(self.topic < 0, self.position(seen, backstage), self.topic)
        if explore:
            self.topic = topic
        form, posts, quality, hook = self.plan(backstage).T
        n = len(topic)

        def every(value: float) -> Tensor:
            return torch.full((n,), value, device=topic.device)

        return Choice.habit(
            n, topic.device, count=posts.long(), topic=topic, topic2=topic, format=form.long(),
            effort_quality=quality, effort_hook=hook, honesty=every(1.0), trend=every(0.0),
            replies=every(10.0), community=every(0.0), promotion=every(0.0), ads=every(1.0),
            shop=every(1.0), membership=every(1.0), deals=every(1.0), disclose=every(1.0),
            gifts=every(1.0), merchandise=every(1.0),
        )  # fmt: skip

    def plan(self, truth: Backstage) -> Float[Tensor, "seats 4"]:
        """The best of PLANS for each account: format, posts, and the two efforts."""
        plans = torch.tensor(PLANS, device=truth.budget.device)
        form, posts, quality, hook = plans[:, 0].long(), *plans[:, 1:].T
        hours = posts * truth.hours[form] * (0.4 + 0.6 * (quality + hook))  # as the law of work
        over = (hours / truth.budget[:, None] - 1).clamp(min=0)
        missing = truth.wear * over
        usual = math.log1p(float(truth.bend) * EFFORT)
        good = truth.quality[form] * (torch.log1p(truth.bend * quality) - usual)
        eye = truth.hook[form] * (torch.log1p(truth.bend * hook) - usual)
        good = good + truth.skill[:, None] - truth.tired * missing
        eye = eye + 0.4 * truth.skill[:, None]  # what is good looks good, in part
        draw_quality, draw_hook, glad_quality, bait = truth.appeals
        appeal = draw_quality * good + draw_hook * eye
        pleased = glad_quality * good - bait * (eye - good).clamp(min=0)
        worth = posts.log() + self.draw * appeal
        worth = worth + self.content * torch.nn.functional.logsigmoid(pleased)
        worth = worth - 1e3 * (missing - self.sane).clamp(min=0)
        return plans[worth.argmax(1)]

    def position(self, seen: Dashboard, truth: Backstage) -> Int[Tensor, " seats"]:
        """The topic of each account: the best bargain, or its own where that is nearly as good."""
        worth = truth.wants.exp().mean(0) / (truth.supply + 1 / len(truth.supply))
        own = worth[seen.main]
        return torch.where(own >= 0.9 * worth.max(), seen.main, worth.argmax())

    def on_seats(self, fresh: Tensor) -> None:
        self.topic[fresh] = -1

    def state_dict(self) -> dict[str, object]:
        return {**super().state_dict(), "topic": self.topic}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        super().load_state_dict(state)
        self.topic = state["topic"].to(self.device).clone()
