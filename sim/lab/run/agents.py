"""The agents of a run: found by name, told apart by label, made anew for every seed."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Any

from agents import registry
from sim.presets.errors import BadInput, did_you_mean

VERBS = ("reset", "act", "learn", "state_dict", "load_state_dict")
UNSET = {"privileged", "repeats", "objective", "config"}  # for the agent to declare, or by flag


@dataclass(frozen=True)
class AgentSpec:
    """An agent as it was asked for, and what tables call it."""

    what: Any  # a name, a class or an object
    label: str
    where: str  # what --agent takes to find it again
    privileged: bool
    settings: Mapping[str, Any]

    def fresh(self) -> Any:
        """A new agent with its settings; an object that was given is copied, never used up."""
        agent = copy.deepcopy(self.what) if self.given else registry.create(self.what)
        for name, value in self.settings.items():
            _set(agent, name, value, self.label)
        return agent

    @property
    def given(self) -> bool:
        return not isinstance(self.what, str | type)


def named(
    agents: Sequence[Any], settings: Mapping[str, Any] | None = None
) -> tuple[AgentSpec, ...]:
    """The agents with labels that differ. Raises BadInput for what is no agent."""
    out: list[AgentSpec] = []
    for what in agents:
        kind = _find(what)
        missing = [verb for verb in VERBS if not callable(getattr(kind, verb, None))]
        if missing:
            raise BadInput(
                f"an agent has {', '.join(VERBS)}", f"{kind.__name__} without {missing}",
                "Subclass agents.base.ScoreAgent and write score.",
            )  # fmt: skip
        label, where = _label(what, kind)
        taken = [agent.label for agent in out]
        times = sum(t == label or t.startswith(f"{label}-") for t in taken)
        label = f"{label}-{times + 1}" if times else label
        agent = AgentSpec(what, label, where, False, settings or {})
        made = _made(agent)  # what is wrong with a setting is said before the run
        out.append(replace(agent, privileged=bool(getattr(made, "privileged", False))))
    return tuple(out)


def _find(what: Any) -> type:
    try:
        return registry.find(what)
    except registry.UnknownAgent as error:
        raise BadInput.plain(str(error)) from None
    except Exception as error:  # whatever a user's own module raises when it is imported
        cure = f"It raised {type(error).__name__}: {error}."
        raise BadInput("the agent's module must import", what, cure) from error


def _made(agent: AgentSpec) -> Any:
    try:
        return agent.fresh()
    except BadInput:
        raise
    except Exception as error:
        cure = f"It raised {type(error).__name__}: {error}. Give all its arguments defaults."
        raise BadInput("an agent can be made without arguments", agent.label, cure) from error


def _label(what: Any, kind: type) -> tuple[str, str]:
    place = f"{kind.__module__}:{kind.__qualname__}"
    known = {v: k for k, v in registry.BUILT_IN.items()}
    if isinstance(what, str):
        return (what if ":" not in what else known.get(what, kind.__name__)), what
    return known.get(place, kind.__name__), known.get(place, place)


def _set(agent: Any, name: str, value: Any, label: str) -> None:
    """Set a field of the agent's `config` where it has one, else an attribute of its own."""
    config: Any = getattr(agent, "config", None)
    inside = is_dataclass(config) and hasattr(config, name)
    holder = config if inside else agent
    known = [n for n in dir(agent) if not n.startswith("_") and not callable(getattr(agent, n))]
    known = sorted({*known, *(vars(config) if is_dataclass(config) else ())} - UNSET)
    if name not in known:
        raise did_you_mean(f"agent.{name}", [f"agent.{n}" for n in known], f"setting of {label}")
    old = getattr(holder, name)
    if isinstance(old, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if old is not None and type(value) is not type(old):
        kind = type(old).__name__
        raise BadInput(f"agent.{name} of {label} takes a {kind}", value, f"It is {old!r} now.")
    if inside:
        agent.config = replace(config, **{name: value})
    else:
        setattr(agent, name, value)
