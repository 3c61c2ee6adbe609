"""The contract of a moderator's agent: the same verbs as a recommender's, a day at a time.

An agent sees a Desk, the figures of one platform, and answers with a Policy.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch

from sim.world.rng import Key, key
from sim.world.state import Desk, Policy, Shift


class ModeratorAgent:
    """The platform's usual policy; a subclass overrides `act`, and what it has to learn or save.

    `privileged` agents are handed `truth=Backroom` in `act`, may name videos to take down in
    `catch(truth)` every morning, and are marked so in every table.
    """

    seat: ClassVar[str] = "moderator"
    privileged: ClassVar[bool] = False

    def reset(self, *, seed: int, device: torch.device) -> None:
        """Forget everything. `seed` is the agent's own."""
        self.device = torch.device(device)
        self.key: Key = key(seed, device).fold(997)  # away from the world's own tree
        self.days = torch.zeros((), dtype=torch.int64, device=device)

    def act(self, seen: Desk, *, explore: bool = True, **truth: Any) -> Policy:
        """The day's policy; with explore=False the best known, and no trace is left."""
        return seen.usual

    def learn(self, shift: Shift) -> Mapping[str, float]:
        """From the day that was lived; returns what to report."""
        self.days = self.days + 1
        return {}

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, loadable with weights_only=True."""
        return {"days": self.days}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.days = state["days"].to(self.device)
