"""Between the platform and an agent's own code: what it is handed, and what comes back.

Whatever an agent does, the world, the measures, other agents and its own next page stay as they
are: it is handed copies, and what it sets in the process, torch's default dtype for one, holds
while its code runs and no longer. What cannot be an answer, and whatever its code raises, is an
error with agent, day and verb.

One process has no walls: who takes private tensors out of `observation.shown`, or walks the stack,
can write where it should not. Through torch that is told; through numpy nothing could tell.
"""

import io
import math
from collections.abc import Mapping, Sequence
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
        self.loads = False  # whether a state of its was seen to load

    def reset(self, listing: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        with self.calling("reset", 0):
            self.agent.reset(lent(listing), viewers=viewers, seed=seed, device=device)

    def on_catalog(self, listing: Catalog, reborn: Tensor, day: int) -> None:
        """Rows of the catalogue that hold a new video, where the agent wants to know."""
        with self.calling("on_catalog", day):
            if hasattr(self.agent, "on_catalog"):
                self.agent.on_catalog(lent(listing), reborn.clone())

    def on_viewers(self, reborn: Tensor, day: int) -> None:
        """Rows that belong to a new viewer, where the agent wants to know."""
        with self.calling("on_viewers", day):
            if hasattr(self.agent, "on_viewers"):
                self.agent.on_viewers(reborn.clone())

    def act(
        self, seen: Observation, slots: int, *, explore: bool = True, truth: Truth | None = None
    ) -> Slate:
        """Its slates for `seen`, checked; `truth` reaches the privileged alone."""
        extra = {"truth": truth} if self.privileged else {}
        before = _written(seen)
        with self.calling("act", seen.day):
            slate = self.agent.act(lent(seen), slots, explore=explore, **extra)
            repeats = bool(getattr(self.agent, "repeats", False))
        if _written(seen) != before:
            cure = "Call it, and write nowhere inside."
            raise self.wrong("act", seen.day, "wrote into observation.shown", cure)
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
            state = self.agent.state_dict()
        if not isinstance(state, Mapping):
            cure = "Return a dict of tensors and numbers, {} where there is nothing to keep."
            raise self.wrong("state_dict", day, f"returned {type(state).__name__}", cure)
        if not self.loads:  # the first of a run shows what it is made of
            self._refuse_lost(state, day)
        return dict(state)

    def _refuse_lost(self, state: Mapping[str, Any], day: int) -> None:
        """Raise AgentFailed for a state that no run could go on from."""
        file = io.BytesIO()
        try:
            torch.save(dict(state), file)
            file.seek(0)
            torch.load(file, weights_only=True)
        except Exception as error:
            got = f"holds what cannot be saved and loaded: {told(error).splitlines()[0][:200]}"
            cure = "Keep tensors, numbers, texts, and dicts or lists of these."
            raise self.wrong("state_dict", day, got, cure) from error
        self.loads = True

    def load_state_dict(self, state: dict[str, Any], day: int) -> None:
        with self.calling("load_state_dict", day):
            self.agent.load_state_dict(state)

    def calling(self, verb: str, day: int) -> "_Calling":
        """What the agent's code raises within is told with its name; what it sets stays within."""
        return _Calling(self, verb, day)

    def raised(self, verb: str, day: int, error: BaseException) -> AgentFailed:
        return AgentFailed(f"agent {self.label!r}, day {day}: {verb} raised {told(error)}")

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


class _Calling:
    """No generator: Python takes an error of which a StopIteration is the cause for its own."""

    def __init__(self, guard: Guard, verb: str, day: int):
        self.guard, self.verb, self.day = guard, verb, day

    def __enter__(self) -> None:
        self.inference = torch.is_inference_mode_enabled()  # the one that nobody can set back
        self.before = self.guard.own.enter()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.guard.own.leave(self.before)
        if error is None and torch.is_inference_mode_enabled() != self.inference:
            cure = "Use it as in `with torch.inference_mode():`."
            got = "left torch's inference mode other than it was"
            raise self.guard.wrong(self.verb, self.day, got, cure)
        if error is not None and not isinstance(error, KeyboardInterrupt):  # a person's own
            raise self.guard.raised(self.verb, self.day, error) from error


def _written(seen: Observation) -> Any:
    count = getattr(seen.shown, "written", None)
    return count() if count else None


def _mean(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return mean if math.isfinite(mean) else sum(value / len(values) for value in values)
