"""How long topics trend: spells that ended and spells that still go on, by Kaplan and Meier."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state import World

LONGEST = 120  # days; what lasts longer counts as that long


@dataclass
class Spells:
    """Spells of all topics since day 0, on which none trends."""

    run: Int[Tensor, " topics"]  # days for which each has trended until today, 0 = it does not
    ended: Int[Tensor, " days"]  # spells that lasted so long, at the place of their days

    @classmethod
    def empty(cls, world: World) -> "Spells":
        run = torch.zeros_like(world.buzz.told)
        return cls(run, torch.zeros(LONGEST + 1, dtype=torch.int64, device=run.device))

    def copy(self) -> "Spells":
        """As they are now."""
        return Spells(self.run.clone(), self.ended.clone())

    def take_in(self, world: World) -> None:
        """A day is over."""
        on = world.trends.strength > 0
        over = self.run[(self.run > 0) & ~on].clamp(max=LONGEST)
        self.ended.index_add_(0, over, torch.ones_like(over))
        self.run = (self.run + 1) * on

    def beyond(self) -> Float[Tensor, " days"]:
        """Share of spells that last longer than so many days (Kaplan and Meier, 1958)."""
        going = torch.bincount(self.run[self.run > 0].clamp(max=LONGEST), minlength=LONGEST + 1)
        later = (self.ended + going).flip(0).cumsum(0).flip(0)  # lasted at least so long
        at_risk = (later - going).clamp(min=1)  # one that still goes on may end tomorrow at soonest
        return (1 - self.ended.double() / at_risk).cumprod(0)

    def measure(self) -> dict[str, float]:
        """The median in days, missing until half of the spells are known to have ended."""
        short = (self.beyond() <= 0.5).nonzero().squeeze(1)
        return {"trend_days": float(short[0])} if len(short) else {}

    def state_dict(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for field in fields(self):
            setattr(self, field.name, state[field.name].clone())
