"""The contract of a creator's agent: the same verbs as a recommender's, a day at a time.

An agent sees a Dashboard, a row for each account it runs, and answers with a Choice. Each account
is on its own: what one agent learns about one row may be used for another only because they are
the same agent's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from sim.world.rng import Key, key
from sim.world.state import LEVERS, Choice, Dashboard, Lived, choice_from, levels_of

Levels = dict[str, Tensor]  # (seats,) int64 by lever: which level


class CreatorAgent:
    """By habit in all things; a subclass overrides `act`, and what it has to learn or to save.

    `privileged` agents are handed `truth=Backstage` in `act`, and are marked so in every table.
    """

    seat: ClassVar[str] = "creator"
    privileged: ClassVar[bool] = False

    def reset(self, *, seats: int, seed: int, device: torch.device) -> None:
        """Forget everything. `seed` is the agent's own."""
        self.seats, self.device = seats, torch.device(device)
        self.key: Key = key(seed, device).fold(991)  # away from the world's own tree
        self.days = torch.zeros((), dtype=torch.int64, device=device)

    def act(self, seen: Dashboard, *, explore: bool = True, **truth: Any) -> Choice:
        """What each account does today; with explore=False the best known, and no trace is left."""
        return Choice.habit(len(seen.creator), self.device)

    def learn(self, lived: Lived) -> Mapping[str, float]:
        """From the day that was lived; returns what to report."""
        self.days = self.days + 1
        return {}

    def on_seats(self, fresh: Tensor) -> None:
        """These rows, (some,) int64, are accounts that were not seated yesterday."""

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, loadable with weights_only=True."""
        return {"days": self.days}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.days = state["days"].to(self.device)


def chosen(levels: Mapping[str, Tensor], seen: Dashboard) -> Choice:
    """The choice of a level for each lever; levers that are not named are left to habit."""
    n, device = len(seen.creator), seen.creator.device
    known = {name: levels_of(name, device)[at] for name, at in levels.items()}
    usual = {name: torch.zeros(n, device=device) for name in LEVERS}
    full = choice_from({**usual, **known}, seen.menu())
    named = {*known, *(["topic2"] if "topic" in known else [])}
    return Choice.habit(n, device, **{name: getattr(full, name) for name in named})
