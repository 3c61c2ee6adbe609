"""Between the platform and an agent's own code: what it is handed, and what comes back.

Whatever an agent does, the world, the measures, other agents and its own next page stay as they
are: it is handed copies, and what it sets in the process, torch's default dtype for one, holds
while its code runs and no longer. What cannot be an answer, and whatever its code raises, is an
error with agent, day and verb.

One process has no walls: who takes private tensors out of `observation.shown`, or walks the stack,
can write where it should not. Through torch that is told; through numpy nothing could tell.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from agents.process import Own
from agents.registry import told
from sim.seats.recommender.slate_check import check_slate
from sim.world.state import Catalog, Log, Observation, Slate, Truth, lent


class AgentFailed(RuntimeError):
    """An agent's own code raised, or gave what is no answer; a cause is chained."""


class Guard:
    """An agent behind glass: its verbs, as the platform may call them safely."""

    def __init__(self, agent: Any, label: str = ""):
        self.agent = agent
        self.label = label or type(agent).__name__
        self.privileged = bool(getattr(agent, "privileged", False))  # as tables say, for good
        self.own = Own()

    def reset(self, listing: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        with self.calling("reset", 0):
            self.agent.reset(lent(listing), viewers=viewers, seed=seed, device=device)

    def on_catalog(self, listing: Catalog, reborn: Tensor, day: int) -> None:
        """Rows of the catalogue that hold a new video, where the agent wants to know."""
        if hasattr(self.agent, "on_catalog"):
            with self.calling("on_catalog", day):
                self.agent.on_catalog(lent(listing), reborn.clone())

    def on_viewers(self, reborn: Tensor, day: int) -> None:
        """Rows that belong to a new viewer, where the agent wants to know."""
        if hasattr(self.agent, "on_viewers"):
            with self.calling("on_viewers", day):
                self.agent.on_viewers(reborn.clone())

    def act(
        self, seen: Observation, slots: int, *, explore: bool = True, truth: Truth | None = None
    ) -> Slate:
        """Its slates for `seen`, checked; `truth` reaches the privileged alone."""
        extra = {"truth": truth} if self.privileged else {}
        before = _written(seen)
        with self.calling("act", seen.day):
            slate = self.agent.act(lent(seen), slots, explore=explore, **extra)
        if _written(seen) != before:
            cure = "Call it, and write nowhere inside."
            raise self.wrong("act", seen.day, "wrote into observation.shown", cure)
        repeats = bool(getattr(self.agent, "repeats", False))
        check_slate(slate, seen, slots, self.label, seen.day, repeats)
        logp = None if slate.logp is None else slate.logp.detach().float()
        return Slate(slate.ids, logp)

    def learn(self, log: Log, day: int) -> dict[str, Any]:
        """What it reports of its learning: figures by name. Those on an accelerator are read, and
        checked, by `means` only, so that nobody waits for them here."""
        with self.calling("learn", day):
            report = self.agent.learn(log)
            figures = dict(report) if isinstance(report, Mapping) else None
        if figures is None:
            got = f"returned {type(report).__name__}, not figures by name"
            raise self.wrong("learn", day, got, "Return {} where there is nothing to report.")
        return {str(name): self._figure(str(name), value, day) for name, value in figures.items()}

    def means(self, reports: Sequence[Mapping[str, Any]], day: int) -> dict[str, float]:
        """The mean over the day of each figure that the agent reported."""
        values: dict[str, list[float]] = {}
        for report in reports:
            for name, value in report.items():
                values.setdefault(name, []).append(self._number(name, value, day))
        return {name: _mean(some) for name, some in values.items()}

    def state_dict(self, day: int) -> dict[str, Any]:
        with self.calling("state_dict", day):
            return self.agent.state_dict()

    def load_state_dict(self, state: dict[str, Any], day: int) -> None:
        with self.calling("load_state_dict", day):
            self.agent.load_state_dict(state)

    @contextmanager
    def calling(self, verb: str, day: int) -> Iterator[None]:
        """What the agent's code raises within is told with its name; what it sets stays within."""
        try:
            with self.own():
                yield
        except (Exception, SystemExit) as error:
            raise AgentFailed(
                f"agent {self.label!r}, day {day}: {verb} raised {told(error)}"
            ) from error

    def wrong(self, verb: str, day: int, got: str, cure: str) -> AgentFailed:
        return AgentFailed(f"agent {self.label!r}, day {day}: {verb} {got}. {cure}")

    def _figure(self, name: str, value: Any, day: int) -> float | Tensor:
        """A figure of a report: a number, or one on an accelerator, as it is now."""
        far = isinstance(value, Tensor) and value.device.type != "cpu" and value.numel() == 1
        return value.detach().clone() if far else self._number(name, value, day)

    def _number(self, name: str, value: Any, day: int) -> float:
        try:
            one = value.detach() if isinstance(value, Tensor) else value
            one = one.item() if hasattr(one, "item") else one  # of one element only
            number = None if isinstance(one, str | bytes) else float(one)
        except Exception:  # whatever a thing that is no number raises
            number = None
        if number is None:
            got = f"reported {name} as {type(value).__name__}"
            raise self.wrong("learn", day, got, "Report numbers, one to a name.")
        return self._finite(name, number, day)

    def _finite(self, name: str, number: float, day: int) -> float:
        if not math.isfinite(number):
            cure = "Look for a division by 0, a logarithm of 0, or steps that are too large."
            raise self.wrong("learn", day, f"reported {name} = {number}", cure)
        return number


def _written(seen: Observation) -> Any:
    count = getattr(seen.shown, "written", None)
    return count() if count else None


def _mean(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return mean if math.isfinite(mean) else sum(value / len(values) for value in values)
