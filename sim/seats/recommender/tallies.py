"""An episode's measures for each seat, by the names of the registry, summed page by page."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.measure import welfare
from sim.measure.bubble import entropy
from sim.world.state import Response, World, row_of

SUMS = ("reward", "steps", "days", "visits", "returns", "chances", "seconds", *welfare.SUMS)
_NEVER = -1  # a day before all


class Tallies:
    """Sums per seat since its episode began."""

    def __init__(self, seats: int, topics: int, device: torch.device):
        self.sums = torch.zeros(seats, len(SUMS), dtype=torch.float64, device=device)
        self.topics = torch.zeros(seats, topics, dtype=torch.float64, device=device)
        self.day = torch.full((seats,), _NEVER, device=device)  # of the last morning told
        self.came = torch.zeros(seats, dtype=torch.bool, device=device)  # on that day

    def clear(self, seats: Bool[Tensor, " seats"]) -> None:
        self.sums[seats], self.topics[seats] = 0.0, 0.0
        self.day[seats], self.came[seats] = _NEVER, False

    def morning(
        self, world: World, row: Int[Tensor, " seats"], who: Bool[Tensor, " seats"]
    ) -> None:
        """A day begins: `who` are the seats held. Told again, it counts only for seats just filled.

        Who came on the day before may come back; who left for good in the night did not, and has
        no further day. On an episode's first day nobody can be said to come back.
        """
        new = self.day != world.day
        asked = new & self.came & (self.day == world.day - 1)
        came = new & who & world.mood.present[row]
        for name, add in {"days": new & who, "visits": came, "chances": asked}.items():
            self._add(name, add)
        self._add("returns", asked & came)
        self.came = torch.where(new, came, self.came)
        self.day = torch.where(new, world.day, self.day)

    def page(self, world: World, ids: Tensor, r: Response, reward: Tensor, who: Tensor) -> None:
        """A page as the seats saw it, (seats, slots); what is not `seen` counts for nothing."""
        video = row_of(ids, len(world.videos.id))
        for name, what in welfare.judged(r, world.videos.duration[video]).items():
            self._add(name, what.sum(1, dtype=torch.float64))
        self._add("seconds", (r.watch.double() * r.seen).sum(1))
        self._add("reward", reward)
        self._add("steps", who)
        self.topics.scatter_add_(1, world.videos.topic[video], r.seen.double())

    def measures(self) -> dict[str, Float[Tensor, " seats"]]:
        """By name, (seats,); nan where it is missing: nothing was shown, nobody could come back.
        Flows are means over the episode's days. `r` and `l` are the episode's return and length,
        as in Gymnasium's own statistics."""
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
            **{name: part / whole for name, (part, whole) in welfare.rates(s).items()},
        }

    def _add(self, name: str, amount: Tensor) -> None:
        self.sums[:, SUMS.index(name)] += amount
