"""Who came on which day: how many of a month's viewers a day has, and how many come back."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world.state import World

MONTH = 30  # days
_NEVER = -(1 << 40)  # a day that is never within a month of today


@dataclass(frozen=True)
class Returns:
    """Who had been there on the day before, and who of them came again."""

    new: Bool[Tensor, " rows"]  # rows that got another viewer since the day before
    asked: Bool[Tensor, " rows"]
    back: Bool[Tensor, " rows"]


@dataclass
class Visits:
    """The last thirty days' visits. Rows change hands, so viewers are told apart by their ids."""

    viewer: Int[Tensor, " rows"]  # permanent id of who had each row when last looked at
    last: Int[Tensor, " rows"]  # day of that viewer's last visit
    gone: Int[Tensor, " month"]  # viewers without a row, by the day of their last visit
    active: Int[Tensor, " month"]  # viewers who came
    day: Int[Tensor, " month"]  # which day each place of the month stands for, day % 30 first

    @classmethod
    def empty(cls, world: World) -> "Visits":
        ids = world.viewers.id
        none = torch.zeros(MONTH, dtype=torch.int64, device=ids.device)
        return cls(torch.zeros_like(ids), ids * 0 + _NEVER, none, none.clone(), none + _NEVER)

    def take_in(self, world: World) -> tuple[dict[str, float], Returns]:
        """A day is over. Returns its measures, without what is missing, and who came back.

        Of those who came on the day before, whoever left for good counts as not come back, whoever
        joined since is not asked. Nothing is told on the first day, nor of a month before its end.
        """
        today, here = int(world.day), world.mood.present
        for past in (self.gone, self.active):
            past[self.day <= today - MONTH] = 0
        new = world.viewers.id != self.viewer
        before = self.last == today - 1
        found = Returns(new, before, before & here & ~new)
        told = _share(found.back.sum(), found.asked.sum(), "return_rate")
        left = self.last[new & (self.last > today - MONTH)] % MONTH
        self.gone.index_add_(0, left, torch.ones_like(left))
        self.last[new], self.viewer = _NEVER, world.viewers.id.clone()
        self.last[here] = today
        self.active[today % MONTH], self.day[today % MONTH] = here.sum(), today
        if bool((self.day > today - MONTH).all()):
            distinct = (self.last > today - MONTH).sum() + self.gone.sum()
            told |= _share(self.active.sum(), MONTH * distinct, "dau_over_mau")
        return told, found

    def state_dict(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for field in fields(self):
            setattr(self, field.name, state[field.name].clone())


def _share(part: Tensor, whole: Tensor, name: str) -> dict[str, float]:
    return {name: int(part) / int(whole)} if int(whole) else {}
