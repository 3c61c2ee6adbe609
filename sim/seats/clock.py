"""The platform's one clock: mornings and pages, and at every turn the seats decide.

The loop (ask, observe, act, check, answer, learn, night) stands here alone. Runs and Gymnasium's
forms are tasks on it: they say who decides what, and look at what came of it, as tasks do on the
environment of dm_control (Tassa et al., 2020).
"""

from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from sim.seats.recommender.view import past
from sim.seats.resident import Resident
from sim.world import platform
from sim.world.page import swipe_through
from sim.world.rng import key
from sim.world.rules import Params
from sim.world.state import HABIT, Catalog, Decisions, Events, Request, Slate, World, take


class Task:
    """What happens on a clock besides the world itself. By default nobody sits, and nothing is
    looked at: every vacant seat is filled by the house's habit."""

    def decide(self, clock: "Clock") -> Decisions:
        """What creators and moderators decide, before each night and each page."""
        return HABIT

    def slate(self, clock: "Clock", own: Tensor) -> Slate | None:
        """Slates for some of those awake, whose places are marked in `own` (awake,); the resident
        recommender serves all others. None: it serves everybody."""
        return None

    def morning(self, clock: "Clock") -> None:
        """A day has begun."""

    def page(self, clock: "Clock", events: Events) -> None:
        """A page was watched."""


class Clock:
    """A world, the recommender that resides in it, and the moment at which they stand."""

    def __init__(
        self,
        params: Params,
        resident: Resident,
        task: Task | None = None,
        *,
        device: str | torch.device = "cpu",
        story: tuple[Any, Any] = (swipe_through, platform.turn_day),
    ):
        """`story`: the page and the night, as they are or as compiled graphs."""
        self.rules = platform.rules(params, device)
        self.device = torch.device(device)
        self.resident, self.task = resident, task or Task()
        self.swipe, self.turn_day = story
        self.seconds = {"world": 0.0, "agent": 0.0}

    world: World
    listing: Catalog  # the catalogue as anyone may see it now
    request: Request  # who asks for a page now; nobody once the day's pages are used up
    day: int  # -1 on the eve of the first
    page: int  # within the day

    def start(self, seed: int, future: int = 0) -> None:
        """A new world on the eve of its first day; under another future the same, but that other
        things happen in it."""
        self.root = key(seed, self.device, future)
        self.world = platform.init(self.rules, self.root)
        self.day, self.page = -1, 0
        self._look()
        self.tenants = self._tenants()
        viewers = self.rules.params.viewer_rows
        self.resident.reset(self.listing, viewers=viewers, seed=seed, device=self.device)

    def resume(self, world: World, day: int) -> None:
        """Go on from a world that was saved after `day` days."""
        self.world, self.day, self.page = world, day - 1, 0
        self.tenants = self._tenants()
        self._look()

    @property
    def asked(self) -> bool:
        """Whether anybody awake asks for a page."""
        return len(self.request.row) > 0

    def tick(self) -> None:
        """The next thing that happens: a page where anybody asks for one, else a night."""
        if self.asked:
            self.serve()
        else:
            self.turn()

    def turn(self) -> None:
        """The night and the next morning."""
        start = perf_counter()
        decided = self.task.decide(self)
        self.world = self.turn_day(self.world, self.rules, self.root, decided)
        self.day, self.page = self.day + 1, 0
        self._look()
        self.seconds["world"] += perf_counter() - start
        before, self.tenants = self.tenants, self._tenants()
        both = zip(self.tenants, before, strict=True)
        new = ((now != old).nonzero().squeeze(1) for now, old in both)
        self.resident.morning(self, *new)
        self.task.morning(self)

    def serve(self) -> Events:
        """One page of everybody who is awake."""
        start = perf_counter()
        slate, before = self._slate(), past(self.world, self.request)
        middle = perf_counter()
        decided = self.task.decide(self)
        self.world, events = platform.answer(
            self.world, self.rules, self.request, slate, self.root, decided,
            swipe=self.swipe, donate=True,
        )  # fmt: skip
        self.page += 1
        self._look()
        end = perf_counter()
        self.resident.watch(self, events, before)
        self.seconds["agent"] += middle - start + perf_counter() - end
        self.seconds["world"] += end - middle
        self.task.page(self, events)
        return events

    def take(self, world: World) -> None:
        """Go on from another world of the same moment, as a task left it; who asks is looked up
        again."""
        self.world = world
        self._look()

    def live(self) -> list[Events]:
        """A whole day, from the night before it to the last viewer asleep."""
        self.turn()
        events = []
        while self.asked:
            events.append(self.serve())
        return events

    def _tenants(self) -> tuple[Tensor, Tensor]:
        """Whose the rows of videos and of viewers are: permanent ids."""
        return self.world.videos.id, self.world.viewers.id

    def _look(self) -> None:
        self.listing = platform.public(self.world, self.rules)
        self.request = platform.ask(self.world, self.rules)
        if self.day < 0 or self.page >= self.rules.params.size.pages:
            self.request = take(self.request, slice(0, 0))

    def _slate(self) -> Slate:
        own = torch.zeros(len(self.request.row), dtype=torch.bool, device=self.device)
        decided = self.task.slate(self, own)
        if decided is None:
            return self.resident.slate(self, self.request)
        other = (~own).nonzero().squeeze(1)
        if not len(other):
            return decided
        rest = self.resident.slate(self, take(self.request, other))
        logp = torch.full_like(decided.ids, torch.nan, dtype=torch.float32)
        if decided.logp is not None:
            logp = decided.logp.clone()
        if rest.logp is not None:
            logp.index_copy_(0, other, rest.logp.float())
        return Slate(decided.ids.index_copy(0, other, rest.ids), logp)
