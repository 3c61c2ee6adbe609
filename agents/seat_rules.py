"""The rules that an agent of any seat with one decision a day keeps, whatever it is shown and
asked: it repeats itself, evaluation leaves no trace, a saved agent goes on as if never stopped."""

import copy
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from agents.slate_rules import ContractBroken

Rule = Callable[[Any, int], None]


@dataclass(frozen=True)
class Seat:
    """How an agent is tried on a seat: days that it lives, and a day on which it is only asked."""

    live: Callable[[Any, range], list[Any]]  # some days of acting and learning: what was decided
    ask: Callable[[Any], Any]  # what it decides on a later day with explore=False
    same: Callable[[Any, Any], bool]  # of two decisions
    decisions: str  # as errors call them
    shown: str  # what it sees, as errors call it
    reset: Mapping[str, Any]  # what its reset is told beside a seed and a device

    def started(self, agent: Any, seed: int) -> Any:
        """A copy, reset."""
        fresh = copy.deepcopy(agent)
        fresh.reset(**self.reset, seed=seed, device=torch.device("cpu"))
        return fresh

    def alike(self, first: list[Any], second: list[Any]) -> bool:
        return all(map(self.same, first, second))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order in which they are tried."""
        return self._days, self._repeats, self._evaluation, self._resume

    def _days(self, agent: Any, seed: int) -> None:
        self.live(self.started(agent, seed), range(8))

    def _repeats(self, agent: Any, seed: int) -> None:
        first = self.live(self.started(agent, seed), range(6))
        with torch.random.fork_rng(devices=[]):
            torch.nn.Linear(3, 3)  # whoever draws from torch's own state finds another one
            second = self.live(self.started(agent, seed), range(6))
        if not self.alike(first, second):
            cure = "Draw from the seed given to reset, and forget everything in reset."
            rule = f"the same seed gives the same {self.decisions}"
            raise ContractBroken(rule, self._differ, cure)

    def _evaluation(self, agent: Any, seed: int) -> None:
        """explore=False is greedy and leaves no trace."""
        live = self.started(agent, seed)
        self.live(live, range(4))
        before = saved(live)
        if not self.same(self.ask(live), self.ask(live)):
            cure = f"Where explore is False take the best, or draw by the {self.shown}'s day alone."
            raise ContractBroken("explore=False gives one answer", "two that differ", cure)
        if before != saved(live):
            cure = "Change counters and statistics only where explore is True."
            raise ContractBroken("explore=False changes no state", "a changed state_dict", cure)

    def _resume(self, agent: Any, seed: int) -> None:
        live = self.started(agent, seed)
        self.live(live, range(4))
        twin = self.started(agent, seed)
        twin.load_state_dict(_loaded(live))
        later = range(4, 8)
        if not self.alike(self.live(live, later), self.live(twin, later)):
            cure = "Save counters and statistics too, and clone what you load."
            rule = "N + N days equal 2N: a loaded agent goes on as the saved one"
            raise ContractBroken(rule, self._differ, cure)

    @property
    def _differ(self) -> str:
        return f"{self.decisions} that differ"


def reported(report: Any) -> None:
    """What `learn` returns is figures by name, and finite."""
    if not isinstance(report, Mapping):
        cure = "Return {} where there is nothing to report."
        raise ContractBroken("learn returns figures by name", type(report).__name__, cure)
    for name, value in report.items():
        if not math.isfinite(float(value)):
            cure = "Look for a division by 0, or a logarithm of 0."
            raise ContractBroken(f"what learn reports is finite, {name} too", float(value), cure)


def saved(agent: Any) -> bytes:
    """The agent's state as a file holds it."""
    file = io.BytesIO()
    torch.save(agent.state_dict(), file)
    return file.getvalue()


def _loaded(agent: Any) -> Any:
    """The agent's state, once through a file."""
    try:
        return torch.load(io.BytesIO(saved(agent)), weights_only=True)
    except Exception as error:
        cure = "Keep tensors, numbers, strings, and dicts or lists of these."
        raise ContractBroken("state_dict loads with weights_only=True", error, cure) from error
