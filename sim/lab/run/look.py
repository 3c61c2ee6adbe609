"""What an agent knows of people, day by day: a look at its scores beside the first page of a day.

They are those by which that page was ranked, draws and all. Nothing comes of it: the agent is asked
for scores alone, and the process's generators are left as they were.
"""

import math
from dataclasses import dataclass

import torch

from agents.blocks import part
from sim.lab.run.chance import chance_kept
from sim.lab.run.within import agreement, scoring, some_of
from sim.seats.clock import Clock
from sim.seats.recommender.view import truth
from sim.seats.resident import Resident
from sim.world.state import Observation, Request, take

VIEWERS, VIDEOS = 100, 100  # looked at: one day of one world is then known to about .025


@dataclass
class Look:
    """At the agent of one arm."""

    resident: Resident
    value: float = math.nan  # of the day
    note: str | None = None  # why there is none

    def __call__(self, clock: Clock, request: Request, seen: Observation) -> None:
        """A page was ranked."""
        if clock.page or not scoring(self.resident):
            return
        self.value = math.nan
        try:
            with chance_kept():
                self.value = self._known(clock, request, seen)
        except Exception as error:  # whatever an agent's own code raises
            what = "how well it knows viewers"
            self.note = f"{self.resident.label}: {what} was not measured. {error}"

    def _known(self, clock: Clock, request: Request, seen: Observation) -> float:
        some = some_of(torch.arange(len(request.row), device=request.row.device), VIEWERS)
        video = some_of(clock.listing.eligible.nonzero().squeeze(1), VIDEOS)
        if min(len(some), len(video)) < 2:
            return math.nan
        secret = truth(clock.world, clock.rules, take(request, some))
        return agreement(self.resident, part(seen, some), video, secret)

    def measured(self) -> list[tuple[str, str, float]]:
        """The day's measure; none where it could not be told."""
        told, self.value = self.value, math.nan
        return [("knows_viewer", "all", told)] if math.isfinite(told) else []
