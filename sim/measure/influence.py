"""What each viewer adds to a figure: how far a measure would move with other viewers of one world.

A day's figure is a ratio of sums over viewers, R = A / B. Its influence function at a viewer is
(a - R b) / B, and the squares of these add up to the variance of R over viewers (the delta method;
Deng, Knoblich and Lu, KDD 2018). A figure of many days is the mean of the days', so a viewer's
parts are averaged, and what one viewer does on several days stays together. Two agents on one seed
have the same viewers: the difference of the parts is that of the difference, paired.

Rows change hands; who takes the place of one that left counts with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.measure.visits import Returns
from sim.measure.welfare import rates
from sim.world.state import EVENT_FLAGS, World

MEASURES = (
    "watch_minutes", "watch_minutes_active", "satisfaction", "regret", "regret_rate", "return_rate",
    "topic_entropy", "miscalibration", "finish_rate", "quick_skip_rate", "long_view_rate",
    *(f"{flag}_rate" for flag in EVENT_FLAGS),
)  # fmt: skip
SAMPLE = 2_000  # viewers followed; their spread is then known to 2 %
BLOCKS = 16  # days are told apart up to here, then pairs of days, and so on: the room stays small
Parts = Float[Tensor, " sample"]


@dataclass
class Influence:
    """Each followed viewer's parts, by blocks of `length` days; a pure function of the days."""

    row: Int[Tensor, " sample"]  # an even sample of the viewers' rows
    length: int  # days in a block
    total: Float[Tensor, "blocks sample measures"]  # sums of parts over the days of a block
    told: Int[Tensor, "blocks measures"]  # days on which the measure was told

    @classmethod
    def empty(cls, row: Int[Tensor, " rows"]) -> "Influence":
        """Nothing so far; `row` are those that a window looks at."""
        row = row[followed(row)]
        none = torch.zeros(BLOCKS, len(row), len(MEASURES), device=row.device)
        return cls(row, 1, none, torch.zeros(BLOCKS, len(MEASURES), dtype=torch.int64))

    def take_in(self, day: int, found: Mapping[str, Parts]) -> None:
        """A day is over: the parts in its measures, without what is missing. New tensors take the
        place of the old, so that who holds those keeps what was."""
        while day // self.length >= BLOCKS:
            self._halve()
        total, told, at = self.total.clone(), self.told.clone(), day // self.length
        for k, name in enumerate(MEASURES):
            if name in found:
                total[at, :, k] += found[name].float()
                told[at, k] += 1
        self.total, self.told = total, told

    def _halve(self) -> None:
        """Blocks become twice as long."""
        pairs = ((x[::2] + x[1::2]) for x in (self.total, self.told))
        self.total, self.told = (torch.cat([x, torch.zeros_like(x)]) for x in pairs)
        self.length *= 2

    def over(self, first: int, days: int) -> dict[str, Parts]:
        """Each viewer's parts in the means over days `first` to `days` - 1 (from 0), by measure. To
        whole blocks: exact up to the 16th day, beyond it to within half a block at either end."""
        middle = (torch.arange(len(self.told)) + 0.5) * self.length
        kept = (middle >= first) & (middle < days)
        count, total = self.told[kept].sum(0), self.total[kept.to(self.total.device)].double()
        mean = total.sum(0).cpu() / count.clamp(min=1)
        return {name: mean[:, k] for k, name in enumerate(MEASURES) if count[k]}

    def copy(self) -> "Influence":
        """As it stands; its tensors are never written to again."""
        return Influence(*(getattr(self, field.name) for field in fields(self)))

    def state_dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        device = self.row.device
        self.length, self.told = int(state["length"]), state["told"].cpu()
        self.row, self.total = state["row"].to(device), state["total"].to(device)


def of_impressions(
    sums: Mapping[str, float], own: Mapping[str, Parts], rows: int
) -> dict[str, Parts]:
    """The parts in measures per impression, of welfare.impression_sums; of `rows` viewers."""
    total, each = rates(sums), rates(own)
    found = {name: of_ratio(*each[name], *total[name], rows) for name in total}
    return {name: parts for name, parts in found.items() if parts is not None}


def of_day(
    world: World,
    row: Int[Tensor, " sample"],
    minutes: Float[Tensor, " rows"],
    returns: Returns,
    means: Mapping[str, Float[Tensor, " looked"]],
) -> dict[str, Parts]:
    """The parts in measures per viewer; `means` are by every viewer that the window looks at."""
    pairs = {
        "watch_minutes": (minutes, world.viewers.registered),
        "watch_minutes_active": (minutes, world.mood.present),
        "return_rate": (returns.back, returns.asked),
    }
    found = {
        name: of_ratio(a[row].double(), b[row].double(), float(a.sum()), float(b.sum()), len(a))
        for name, (a, b) in pairs.items()
    }
    found |= {name: of_mean(each, len(row)) for name, each in means.items()}
    return {name: parts for name, parts in found.items() if parts is not None}


def of_ratio(part: Tensor, whole: Tensor, parts: float, wholes: float, rows: int) -> Parts | None:
    """The parts of the viewers followed in sum(part) / sum(whole); None where that is not told.

    `parts` and `wholes` are the sums over all `rows` viewers; the few that are followed stand for
    them, so that the squares of their parts add up to the variance over all."""
    if not wholes:
        return None
    return (part - parts / wholes * whole) / wholes * (rows / len(part)) ** 0.5


def of_mean(each: Float[Tensor, " looked"], few: int) -> Parts | None:
    """The same of a mean over viewers, nan where one does not count; an even `few` are followed."""
    told = ~each.isnan()
    count = int(told.sum())
    if not count:
        return None
    part = torch.where(told, each - each.nanmean(), 0.0) / count
    return part[followed(part)] * (len(each) / few) ** 0.5


def followed(row: Tensor) -> slice:
    """An even sample of what a window looks at."""
    return slice(None, None, -(-len(row) // SAMPLE))
