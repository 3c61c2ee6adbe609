"""An episode's measures for each seat, by the names of INTERFACE, summed page by page."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.measure.bubble import entropy
from sim.world.state import EVENT_FLAGS, Response, World, row_of, watched

SUMS = (
    "reward", "steps", "days", "visits", "returns", "chances", "seconds", "shown",
    "finish_rate", "quick_skip_rate", "long_view_rate",
    *(f"{flag}_rate" for flag in EVENT_FLAGS), "satisfaction", "regret",
)  # fmt: skip
_PER_IMPRESSION = SUMS[SUMS.index("finish_rate") :]


class Tallies:
    """Sums per seat since its episode began."""

    def __init__(self, seats: int, topics: int, device: torch.device):
        self.sums = torch.zeros(seats, len(SUMS), dtype=torch.float64, device=device)
        self.topics = torch.zeros(seats, topics, dtype=torch.float64, device=device)

    def clear(self, seats: Bool[Tensor, " seats"]) -> None:
        self.sums[seats], self.topics[seats] = 0.0, 0.0

    def morning(
        self, world: World, row: Int[Tensor, " seats"], who: Bool[Tensor, " seats"]
    ) -> None:
        """A day begins for the seats of `who`."""
        came, before = world.mood.present[row], world.mood.away[row] == 0
        self._add("days", who)
        self._add("visits", who & came)
        self._add("returns", who & came & before)
        self._add("chances", who & before)

    def page(self, world: World, ids: Tensor, r: Response, reward: Tensor, who: Tensor) -> None:
        """A page as the seats saw it, (seats, slots); what is not `seen` counts for nothing."""
        video = row_of(ids, len(world.videos.id))
        duration = world.videos.duration[video]
        counted = {
            "shown": r.seen,
            "finish_rate": watched.finished(r.watch, duration),
            "quick_skip_rate": watched.quick_skip(r.watch),
            "long_view_rate": watched.long_view(r.watch, duration),
            **{f"{flag}_rate": r.did(flag) for flag in EVENT_FLAGS},
            "regret": watched.regretted(r.watch, duration, r.satisfaction),
        }
        for name, what in counted.items():
            self._add(name, (what & r.seen).sum(1))
        self._add("seconds", (r.watch.double() * r.seen).sum(1))
        self._add("satisfaction", (r.satisfaction.double() * r.seen).sum(1))
        self._add("reward", reward)
        self._add("steps", who)
        self.topics.scatter_add_(1, world.videos.topic[video], r.seen.double())

    def measures(self) -> dict[str, Float[Tensor, " seats"]]:
        """By name, (seats,); nan where nothing was shown or nobody could return. Flows are means
        over the episode's days. `r` and `l` are the episode's return and length, as in
        Gymnasium's own statistics."""
        s = dict(zip(SUMS, self.sums.T.clone(), strict=True))
        minutes = s["seconds"] / 60
        return {
            "r": s["reward"],
            "l": s["steps"],
            "days": s["days"],
            "watch_minutes": minutes / s["days"],
            "watch_minutes_active": minutes / s["visits"],
            "impressions": s["shown"] / s["days"],
            "return_rate": s["returns"] / s["chances"],
            "topic_entropy": entropy(self.topics),
            **{name: s[name] / s["shown"] for name in _PER_IMPRESSION},
        }

    def _add(self, name: str, amount: Tensor) -> None:
        self.sums[:, SUMS.index(name)] += amount
