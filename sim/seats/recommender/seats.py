"""What both kinds of seats have in common: those of a world that answers, and of one on record."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.presets.seeds import checked_seed
from sim.seats.recommender import action, reward
from sim.seats.recommender.tallies import Tallies, Watched
from sim.seats.recommender.task import Episode
from sim.world.rules import Rules
from sim.world.state import Response


class Seats(ABC):
    """A row of seats, each with a viewer, and what each was offered when it was last looked at."""

    quiet: Callable[[], AbstractContextManager] = nullcontext  # around all that seats compute

    viewer: Int[Tensor, " seats"]  # permanent ids
    held: Bool[Tensor, " seats"]  # False where the viewer is gone for good
    over: Bool[Tensor, " seats"]  # the horizon is reached
    awake: Bool[Tensor, " seats"]  # a page is asked for
    day: Int[Tensor, " seats"]
    pages: Int[Tensor, " seats"]  # that went by on it
    offered: Int[Tensor, "seats candidates"]  # ids; 0 = none
    past: Int[Tensor, "seats recent"]  # ids of the last videos watched, newest last; 0 = none

    def __init__(self, rules: Rules, episode: Episode, seats: int):
        self.rules, self.episode, self.seats = rules, episode, seats
        self.device = rules.tables.viewers.interest.device
        topics = len(rules.params.videos.category_share)
        self.tallies = Tallies(seats, topics, self.device)

    @abstractmethod
    def start(
        self, seed: int | None, rng: np.random.Generator, options: Mapping[str, Any] | None = None
    ) -> None:
        """New episodes in all seats, each at the first page that its viewer asks for. `options` may
        hold another `future` than the episode's."""

    def future(self, options: Mapping[str, Any] | None) -> int:
        return checked_seed("future", (options or {}).get("future", self.episode.future))

    @abstractmethod
    def deal(self, which: Bool[Tensor, " seats"]) -> None:
        """New episodes in some seats."""

    @abstractmethod
    def turn(
        self, actions: Any, fresh: Bool[Tensor, " seats"], rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """A step of all seats: the reward, whose viewer is gone for good, whose days are over.

        In `fresh` seats, whose episode ended in the step before, another begins, and the action is
        not looked at. Raises BadSlate.
        """

    @abstractmethod
    def observe(self) -> dict[str, Tensor]:
        """What the seats see now, (seats, n) tensors of their observation space."""

    @abstractmethod
    def serve(self, ids: Int[Tensor, "seats slots"]) -> Float[Tensor, " seats"]:
        """A page of those awake; the reward, 0 for seats asleep."""

    @abstractmethod
    def run_on(self) -> None:
        """Until a seated viewer asks for a page, is gone, or reaches the horizon."""

    def choose(self, wanted: Any, *rows: int) -> Int[Tensor, "seats slots"]:
        """The ids that an action (*rows, slots) means, or (*rows,) where a page has one slot; 0 for
        seats asleep. Raises BadSlate."""
        slots, day = self.rules.params.size.slots, self.day
        shape = rows if slots == 1 else (*rows, slots)
        places = action.as_places(wanted, shape, self.device, int(day.min()), slots)
        places = places.reshape(self.seats, slots)
        if self.episode.repair:
            places = action.repaired(places, self.offered)
        return action.slate(places, self.offered, self.awake, self.viewer, day)

    def paid(
        self,
        r: Response,
        duration: Float[Tensor, "seats slots"],
        topic: Int[Tensor, "seats slots"],
        who: Bool[Tensor, " seats"],
    ) -> Float[Tensor, " seats"]:
        """The objective summed over what was seen of a page; it is tallied, too."""
        goal = self.episode.objective
        each = reward.reward(r.watch, duration, r.flags, r.survey, r.left, goal)
        # exact in double precision, so that no sum hangs on how many seats there are
        total = torch.where(r.seen, each, 0.0).sum(1, dtype=torch.float64).float()
        self.tallies.page(Watched(r, duration, topic, total, who))
        return total
