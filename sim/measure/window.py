"""What some days together tell: what each viewer was shown in a week, who came in a month."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int, Int16
from torch import Tensor

from sim.measure.influence import Influence
from sim.measure.knowing import Knowing
from sim.measure.spells import Spells
from sim.measure.visits import Returns, Visits
from sim.world.state import Events, World, row_of

WEEK = 7
PARTS = ("visits", "knowing", "spells", "influence")  # which look back further
_NEVER = -(1 << 40)  # a day that is never within a week of today


@dataclass
class Window:
    """The days so far, as far as measures look back."""

    shown: Int16[Tensor, "week sample topics"]  # videos seen, day % 7 first
    day: Int[Tensor, " week"]  # which day each place of the week stands for
    row: Int[Tensor, " sample"]  # viewer rows followed: all, or an even sample of a large world
    visits: Visits
    knowing: Knowing
    spells: Spells
    influence: Influence
    topic_share: float = 0.5  # of a match's variance, as appeal's settings have it

    SAMPLE = 20_000

    @classmethod
    def empty(cls, world: World, topic_share: float = 0.5) -> "Window":
        viewers, topics = world.viewers.taste.shape
        row = torch.arange(0, viewers, -(-viewers // cls.SAMPLE), device=world.device)
        shown = torch.zeros(WEEK, len(row), topics, dtype=torch.int16, device=world.device)
        day = torch.full((WEEK,), _NEVER, dtype=torch.int64, device=world.device)
        parts = Visits.empty(world), Knowing.empty(world, row), Spells.empty(world)
        return cls(shown, day, row, *parts, Influence.empty(row), topic_share)

    def take_in(self, world: World, events: list[Events]) -> tuple[dict[str, float], Returns]:
        """A day is over. Returns what its visits, tastes and trends measure, see Visits, Knowing
        and Spells, and who came back."""
        told, returns = self.visits.take_in(world)
        self.spells.take_in(world)
        today = int(world.day)
        self.shown[self.day <= today - WEEK] = 0
        self.shown[:, returns.new[self.row]] = 0  # a new viewer was shown nothing yet
        self.shown[today % WEEK], self.day[today % WEEK] = self._count(world, events), today
        told |= self.knowing.take_in(world, events, self.row, self.topic_share)
        return told | self.spells.measure(), returns

    def _count(self, world: World, events: list[Events]) -> Int16[Tensor, "sample topics"]:
        viewers, topics = world.viewers.taste.shape
        place = torch.full((viewers,), -1, device=world.device)
        place[self.row] = torch.arange(len(self.row), device=world.device)
        counts = torch.zeros(len(self.row) * topics, dtype=torch.int64, device=world.device)
        for e in events:
            who = place[e.request.row]
            topic = world.videos.topic[row_of(e.ids, len(world.videos.id))]
            ok = e.response.seen & (who >= 0)[:, None]
            flat = (who[:, None] * topics + topic)[ok]
            counts.index_add_(0, flat, torch.ones_like(flat))
        return counts.view(len(self.row), topics).to(torch.int16)

    def days(self) -> list[Int16[Tensor, "sample topics"]]:
        """The same, day by day, the last one last."""
        return [self.shown[at] for at in self.day.argsort().tolist()]

    def week(self) -> Float[Tensor, "sample topics"]:
        """What each viewer was shown by topic in seven days."""
        total = torch.zeros(self.shown.shape[1:], device=self.shown.device)
        for day in self.shown:  # torch sums small integers over the first axis ten times as slowly
            total += day
        return total

    def state_dict(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("shown", "day", "row")}
        parts = {name: getattr(self, name).state_dict() for name in PARTS}
        return {**own, **parts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.shown, self.day, self.row = (state[n].clone() for n in ("shown", "day", "row"))
        for name in PARTS:
            getattr(self, name).load_state_dict(state[name])
