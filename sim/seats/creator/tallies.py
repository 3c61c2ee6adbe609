"""An episode's measures for each seat, by the names of the registry."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.seats.creator.analytics import Figures
from sim.seats.creator.standing import BRAND, Standing
from sim.world.state import FLOWS, STREAMS

SUMS = ("reward", "days", "impressions", "finishes", "earned", "net", *STREAMS)


class Tallies:
    """Sums per seat since its episode began, and how it stands."""

    def __init__(self, seats: int, device: torch.device):
        self.sums = torch.zeros(seats, len(SUMS), dtype=torch.float64, device=device)
        self.now: Standing | None = None

    def clear(self, seats: Bool[Tensor, " seats"]) -> None:
        self.sums[seats] = 0.0

    def day(
        self, now: Standing, figures: Figures, paid: Float[Tensor, " seats"], held: Tensor
    ) -> None:
        today = figures.flows[:, -1]
        parts = [paid, torch.ones_like(paid)]
        parts += [today[:, FLOWS.index(name)] for name in ("impressions", "finishes")]
        earned = now.income.sum(1)
        parts += [earned, earned - now.spent, *now.income.T]
        self.sums += torch.stack(parts, 1).double() * held[:, None]
        self.now = now

    def measures(self) -> dict[str, Float[Tensor, " seats"]]:
        """By name, (seats,). Flows are means over the episode's days, stocks the last day's. `r`
        and `l` are the episode's return and length, as in Gymnasium's own statistics."""
        assert self.now is not None
        s = dict(zip(SUMS, self.sums.T.clone(), strict=True))
        parts = dict(zip(BRAND, self.now.brand.T.clone(), strict=True))
        return {
            "r": s["reward"],
            "l": s["days"],
            "impressions": s["impressions"] / s["days"],
            "finish_rate": s["finishes"] / s["impressions"].clamp(min=1),
            "creator_income": s["earned"] / s["days"],
            "net_income": s["net"] / s["days"],
            **{f"income_{name}": s[name] / s["days"] for name in STREAMS},
            "followers": self.now.followers.double(),
            "brand_equity": self.now.brand_equity,
            **parts,
            "burnout": self.now.burnout.clone(),
        }
