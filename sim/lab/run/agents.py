"""The agents of a run: found by name, told apart by label, made anew for every seed."""

import copy
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Any

from agents import registry
from agents.process import kept
from sim.presets.errors import BadInput, did_you_mean

VERBS = ("reset", "act", "learn", "state_dict", "load_state_dict")
# for the agent to declare, or by flag
UNSET = {"privileged", "repeats", "objective", "config", "seat"}
LONGEST = 60  # characters of a label: it is part of a folder's name


@dataclass(frozen=True)
class AgentSpec:
    """An agent as it was asked for, and what tables call it."""

    what: Any  # a name, a class or an object
    label: str
    where: str  # what --agent takes to find it again
    privileged: bool
    settings: Mapping[str, Any]
    seat: str = registry.SEAT

    def fresh(self) -> Any:
        """A new agent with its settings; an object that was given is copied, never used up."""
        with kept():
            made = copy.deepcopy(self.what) if self.given else registry.create(self.what, self.seat)
            for name, value in copy.deepcopy(dict(self.settings)).items():
                _set(made, name, value, self.label)
        return made

    @property
    def given(self) -> bool:
        return not isinstance(self.what, str | type)

    def same_as(self, other: "AgentSpec") -> bool:
        """Whether both would do the same: one object, or one class with equal settings."""
        if self.given or other.given:
            one = self.what is other.what
        else:  # a file is read anew each time, and its class is another
            one = self.where == other.where
            one = one or _find(self.what, self.seat) is _find(other.what, other.seat)
        return one and dict(self.settings) == dict(other.settings)


def cast(
    agents: Sequence[Any], baseline: Any, settings: Mapping[str, Any], seat: str = registry.SEAT
) -> tuple[tuple[AgentSpec, ...], AgentSpec | None]:
    """The agents of a run and what they are held against, each with a label of its own. The
    baseline, to which `settings` do not apply, keeps its plain name; one that runs among the
    agents already is no baseline."""
    alone = named(agents, settings, seat)
    nobody = baseline is None or baseline is False or _is(baseline, "none")
    base = None if nobody else named([baseline], seat=seat)[0]
    if base is None or any(agent.same_as(base) for agent in alone):
        return alone, None
    return named(agents, settings, seat, taken=[base.label]), base


def named(
    agents: Sequence[Any],
    settings: Mapping[str, Any] | None = None,
    seat: str = registry.SEAT,
    taken: Iterable[str] = (),
) -> tuple[AgentSpec, ...]:
    """The agents of a seat with labels that differ from each other, from those `taken`, and from
    the names of agents that they are not. Raises BadInput for what is no agent."""
    out: list[AgentSpec] = []
    used = list(taken)
    for what in agents:
        kind = _find(what, seat)
        missing = [verb for verb in VERBS if not callable(getattr(kind, verb, None))]
        if missing:
            raise BadInput(
                f"an agent has {', '.join(VERBS)}", f"{kind.__name__} without {missing}",
                "Subclass agents.base.ScoreAgent and write score.",
            )  # fmt: skip
        name, where = _name(what, kind, seat)
        others = set(registry.names(seat)) - {name}
        label = _distinct(_safe(name or kind.__name__), [*used, *others])
        used.append(label)
        agent = AgentSpec(what, label, where, False, settings or {}, seat)
        made = _made(agent)  # what is wrong with a setting is said before the run
        out.append(replace(agent, privileged=bool(getattr(made, "privileged", False))))
    return tuple(out)


def _is(what: Any, name: str) -> bool:
    return isinstance(what, str) and what == name


def _find(what: Any, seat: str) -> type:
    try:
        return registry.find(what, seat)
    except registry.UnknownAgent as error:
        raise BadInput.plain(str(error)) from error


def _made(agent: AgentSpec) -> Any:
    try:
        return agent.fresh()
    except BadInput:
        raise
    except (Exception, SystemExit) as error:
        cure = f"It raised {registry.told(error)}. Give all its arguments defaults."
        raise BadInput("an agent can be made without arguments", agent.label, cure) from error


def _name(what: Any, kind: type, seat: str) -> tuple[str | None, str]:
    """The registry's own name of an agent, if it has one; and what --agent takes to find it."""
    place = f"{kind.__module__}:{kind.__qualname__}"
    known = {v: k for k, v in registry.built_in(seat).items()}
    if isinstance(what, str):
        return (what if ":" not in what else known.get(place)), what
    return known.get(place), known.get(place, place)


def _safe(name: str) -> str:
    """A label that any system takes as part of a folder's name: letters, figures, _ . + -"""
    text = re.sub(r"[^\w.+-]+", "_", unicodedata.normalize("NFC", name))
    return text[:LONGEST].strip(".-") or "agent"


def _distinct(label: str, taken: Iterable[str]) -> str:
    """The label, or the label with a number. Capitals make no difference: to many a disk "Mf" and
    "mf" are one folder."""
    used, n, found = {name.casefold() for name in taken}, 1, label
    while found.casefold() in used:
        n += 1
        found = f"{label}-{n}"
    return found


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
    if isinstance(value, float) and not math.isfinite(value) and math.isfinite(old or 0.0):
        raise BadInput(f"agent.{name} of {label} is finite", value, f"It is {old!r} now.")
    if inside:
        agent.config = replace(config, **{name: value})
    else:
        setattr(agent, name, value)
