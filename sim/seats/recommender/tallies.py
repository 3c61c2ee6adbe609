"""An episode's measures for each seat, by the names of the registry, summed page by page."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.measure import welfare
from sim.measure.bubble import entropy
from sim.world.state import Response, joined

SUMS = ("days", "visits", "returns", "chances", "reward", "steps", "seconds", *welfare.SUMS)
DAYS = slice(0, 4)
WAIT = 16  # pages


@dataclass(frozen=True)
class Watched:
    """A page as the seats saw it; what is not `seen` counts for nothing."""

    response: Response
    duration: Float[Tensor, "seats slots"]  # seconds
    topic: Int[Tensor, "seats slots"]
    reward: Float[Tensor, " seats"]
    who: Bool[Tensor, " seats"]  # had a page


class Tallies:
    """Sums per seat since its episode began."""

    def __init__(self, seats: int, topics: int, device: torch.device):
        self.sums = torch.zeros(seats, len(SUMS), dtype=torch.float64, device=device)
        self.topics = torch.zeros(seats, topics, dtype=torch.float64, device=device)
        self.came = torch.zeros(seats, dtype=torch.bool, device=device)  # on the last day told
        self.waiting: list[Watched] = []  # pages: it is cheaper to add up a few at once

    def clear(self, seats: Bool[Tensor, " seats"] | Int[Tensor, " some"]) -> None:
        self._add_up()
        self.sums[seats], self.topics[seats], self.came[seats] = 0.0, 0.0, False

    def morning(
        self, seats: Int[Tensor, " some"], here: Bool[Tensor, " some"], came: Bool[Tensor, " some"]
    ) -> None:
        """A day begins for some seats: whose viewer is still `here`, and who came.

        Who came on the day before may come back; who left for good in the night did not, and has
        no further day. On an episode's first day nobody can be said to come back.
        """
        came, asked = came & here, self.came[seats]
        counted = torch.stack([here, came, came & asked, asked], dim=1)
        self.sums[:, DAYS].index_add_(0, seats, counted.double())
        self.came = self.came.index_copy(0, seats, came)

    def page(self, watched: "Watched") -> None:
        self.waiting.append(watched)
        if len(self.waiting) >= WAIT:
            self._add_up()

    def _add_up(self) -> None:
        if not self.waiting:
            return
        pages, self.waiting = self.waiting, []
        w = pages[0] if len(pages) == 1 else joined(pages)
        by_seat = len(pages), len(self.sums)
        seen = {"seconds": w.response.watch * w.response.seen}
        judged = welfare.judged(w.response, w.duration) | seen
        each = [what.sum(1, dtype=torch.float64) for what in judged.values()]
        named = dict(zip(judged, each, strict=True)) | {"reward": w.reward, "steps": w.who}
        names = [name for name in SUMS if name in named]
        sums = torch.stack([named[name].double() for name in names], dim=1)
        place = torch.tensor([SUMS.index(name) for name in names], device=sums.device)
        self.sums.index_add_(1, place, sums.view(*by_seat, -1).sum(0))
        topic, count = (x.view(*by_seat, -1) for x in (w.topic, w.response.seen.double()))
        self.topics.scatter_add_(1, *(x.transpose(0, 1).flatten(1) for x in (topic, count)))

    def measures(self) -> dict[str, Float[Tensor, " seats"]]:
        """By name, (seats,); nan where it is missing: nothing was shown, nobody could come back.
        Flows are means over the episode's days. `r` and `l` are the episode's return and length,
        as in Gymnasium's own statistics."""
        self._add_up()
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
