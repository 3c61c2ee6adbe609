"""Learns from its own analytics which level of each lever pays: a bandit on every lever.

Each account keeps, for every level of every lever, a discounted mean of what days with it paid
(Garivier and Moulines, "On upper-confidence bound policies for switching bandit problems", ALT
2011), and plays by Thompson sampling (Thompson 1933; Chapelle and Li 2011): it draws a mean for
each level from a normal posterior and takes the best. Levers are learned as if each stood alone,
which is what bounds its reason: what pays only together is not found.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from torch import Tensor

from agents.creator.base import CreatorAgent, Levels, chosen
from sim.world.ranges import Within
from sim.world.state import LEVERS, Choice, Dashboard, Lived


class Bandit(CreatorAgent):
    """`keep` of what was learned is left after a day; `doubt` spreads of the pay are what a level
    that was never tried may differ by; the first level tried is the middle one."""

    keep: Annotated[float, Within(0.5, 1)] = 0.99  # assumed: half is forgotten in ten weeks
    doubt: Annotated[float, Within(0, 10)] = 0.5  # assumed

    def reset(self, *, seats: int, seed: int, device: torch.device) -> None:
        super().reset(seats=seats, seed=seed, device=device)
        zero = torch.zeros(seats, dtype=torch.float64, device=device)
        self.count = {
            name: zero.repeat(len(some), 1).T.contiguous() for name, some in LEVERS.items()
        }
        self.total = {name: torch.zeros_like(count) for name, count in self.count.items()}
        self.paid, self.square, self.known = zero.clone(), zero.clone(), zero.clone()
        self.played: Levels = {}

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        levels = {name: self._best(name, i, seen, explore) for i, name in enumerate(LEVERS)}
        if explore:
            self.played = levels
        return chosen(levels, seen)

    def _best(self, name: str, stream: int, seen: Dashboard, explore: bool) -> Tensor:
        """The level of a lever that each account takes."""
        count, total = self.count[name], self.total[name]
        usual = (self.paid / self.known.clamp(min=1e-9))[:, None]
        spread = (self.square / self.known.clamp(min=1e-9) - usual[:, 0] ** 2).clamp(min=0).sqrt()
        spread = torch.where(self.known > 1, spread, 1.0).clamp(min=1e-6)[:, None]
        prior = 1 / max(self.doubt, 1e-6) ** 2  # days that the usual pay counts for
        mean = (total + prior * usual) / (count + prior)
        if not explore:
            return mean.argmax(1)
        noise = self.key.fold(seen.day).fold(stream).normal(seen.creator, count.shape[1])
        return (mean + noise * spread / (count + prior).sqrt()).argmax(1)

    def learn(self, lived: Lived) -> Mapping[str, float]:
        super().learn(lived)
        pay = lived.reward.double()
        for name, at in self.played.items():
            hit = torch.nn.functional.one_hot(at, len(LEVERS[name])).double()
            self.count[name] = self.keep * self.count[name] + hit
            self.total[name] = self.keep * self.total[name] + hit * pay[:, None]
        self.known = self.keep * self.known + 1
        self.paid = self.keep * self.paid + pay
        self.square = self.keep * self.square + pay**2
        return {"pay": float(pay.mean())}

    def on_seats(self, fresh: Tensor) -> None:
        for table in (*self.count.values(), *self.total.values()):
            table[fresh] = 0.0
        for row in (self.paid, self.square, self.known):
            row[fresh] = 0.0

    def state_dict(self) -> dict[str, Any]:
        own = {"count": self.count, "total": self.total, "played": self.played}
        sums = {"paid": self.paid, "square": self.square, "known": self.known}
        return {**super().state_dict(), **own, **sums}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("count", "total", "played"):
            setattr(self, name, {k: v.to(self.device).clone() for k, v in state[name].items()})
        for name in ("paid", "square", "known"):
            setattr(self, name, state[name].to(self.device).clone())
