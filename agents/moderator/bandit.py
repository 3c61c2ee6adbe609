"""Learns from its pay which of a few policies is worth most: a bandit.

A discounted mean of what days under each paid (Garivier and Moulines, "On upper-confidence bound
policies for switching bandit problems", ALT 2011), since adversaries move, played by Thompson
sampling (Chapelle and Li 2011). Pay of the truth is a luxury: a platform would have to estimate it
from audits. A day's pay is also yesterday's doing, which a bandit cannot know.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from torch import Tensor

from agents.moderator.base import ModeratorAgent
from agents.moderator.handles import above
from sim.world.ranges import Within
from sim.world.state import EDGES, HARMS, Desk, Policy, Shift, policy_with

ARMS = len(EDGES) + 1  # thresholds at all edges, and none


class Bandit(ModeratorAgent):
    """`keep` of what was learned is left after a day; `doubt` spreads of the pay are what an arm
    that was never tried may differ by; an arm is kept for `hold` days, so that its doing shows."""

    keep: Annotated[float, Within(0.5, 1)] = 0.98  # assumed
    doubt: Annotated[float, Within(0, 10)] = 0.5  # assumed
    hold: Annotated[int, Within(1, 60)] = 2  # assumed

    def reset(self, *, seed: int, device: torch.device) -> None:
        super().reset(seed=seed, device=device)
        self.count = torch.zeros(ARMS, dtype=torch.float64, device=device)
        self.total = torch.zeros_like(self.count)
        self.sums = torch.zeros(3, dtype=torch.float64, device=device)  # days, pay, pay squared
        self.arm = torch.full((), ARMS // 2, dtype=torch.int64, device=device)

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        if not explore:
            return self.policy(seen, self._best(None))
        if int(self.days) % self.hold == 0:
            noise = self.key.fold(self.days).normal(torch.arange(ARMS, device=self.device))
            self.arm = self._best(noise)
        return self.policy(seen, self.arm)

    def policy(self, seen: Desk, arm: Tensor) -> Policy:
        """The first arms are lax; people look where the machine does not act, but for the clear."""
        score = torch.tensor([*reversed(EDGES), 1.0], device=self.device).roll(1)[arm]
        return policy_with(above(seen.usual, score), **{f"{harm}_review": 0.1 for harm in HARMS})

    def _best(self, noise: Tensor | None) -> Tensor:
        days, paid, square = self.sums
        usual = paid / days.clamp(min=1e-9)
        spread = (square / days.clamp(min=1e-9) - usual**2).clamp(min=0).sqrt()
        spread = torch.where(days > 1, spread, 1.0).clamp(min=1e-6)
        prior = 1 / max(self.doubt, 1e-6) ** 2  # days that the usual pay counts for
        mean = (self.total + prior * usual) / (self.count + prior)
        if noise is None:
            return mean.argmax()
        return (mean + noise * spread / (self.count + prior).sqrt()).argmax()

    def learn(self, shift: Shift) -> Mapping[str, float]:
        super().learn(shift)
        pay = shift.reward.double()
        hit = torch.nn.functional.one_hot(self.arm, ARMS).double()
        self.count = self.keep * self.count + hit
        self.total = self.keep * self.total + hit * pay
        self.sums = self.keep * self.sums + torch.stack([torch.ones_like(pay), pay, pay**2])
        return {"pay": float(pay)}

    def state_dict(self) -> dict[str, Any]:
        own = {"count": self.count, "total": self.total, "sums": self.sums, "arm": self.arm}
        return {**super().state_dict(), **own}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("count", "total", "sums", "arm"):
            setattr(self, name, state[name].to(self.device).clone())
