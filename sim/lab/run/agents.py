"""The agents of a run: found by name, told apart by label, made anew for every seed."""

import copy
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Annotated, Any, Literal, get_origin, get_type_hints

from agents import registry
from agents.process import kept
from sim.presets import checking
from sim.presets.errors import BadInput, did_you_mean

VERBS = ("reset", "act", "learn", "state_dict", "load_state_dict")
# for the agent to declare, or by flag
UNSET = {"privileged", "repeats", "objective", "config", "seat"}
CURES = {
    "recommender": "Subclass agents.base.ScoreAgent and write score.",
    "creator": "Subclass agents.creator.base.CreatorAgent and write act.",
    "moderator": "Subclass agents.moderator.base.ModeratorAgent and write act.",
}
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
    agents: Sequence[Any],
    baseline: Any,
    settings: Mapping[str, Any],
    seat: str = registry.SEAT,
    *,
    loaded: bool = False,
) -> tuple[tuple[AgentSpec, ...], AgentSpec | None]:
    """The agents of a run and what they are held against, each with a label of its own. The
    baseline, to which `settings` do not apply, keeps its plain name. One that was asked for among
    other agents lives once, as their baseline; alone, or where agents start `loaded` with what they
    had learned and a baseline would not, it is none."""
    alone = named(agents, settings, seat)
    nobody = baseline is None or baseline is False or _is(baseline, "none")
    base = None if nobody else named([baseline], seat=seat)[0]
    if base is None:
        return alone, None
    twin = next((i for i, agent in enumerate(alone) if agent.same_as(base)), None)
    if twin is None:
        return named(agents, settings, seat, taken=[base.label]), base
    rest = [] if loaded else [*agents[:twin], *agents[twin + 1 :]]
    return (named(rest, settings, seat, taken=[base.label]), base) if rest else (alone, None)


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
                CURES.get(seat, CURES[registry.SEAT]),
            )  # fmt: skip
        name, where = _name(what, kind, seat)
        others = set(registry.names(seat)) - {name}
        label = _distinct(_safe(name or kind.__name__), [*used, *others])
        used.append(label)
        agent = AgentSpec(what, label, where, False, settings or {}, seat)
        made = _made(agent)  # what is wrong with a setting is said before the run
        out.append(replace(agent, privileged=_privileged(made, label)))
    return tuple(out)


def _privileged(agent: Any, label: str) -> bool:
    try:
        return bool(getattr(agent, "privileged", False))
    except Exception as error:  # a property may raise anything
        rule, got = "an agent says whether it is privileged", f"{label!r}, which raised"
        cure = "Set privileged = True, or leave it out."
        raise BadInput(rule, f"{got} {registry.told(error)}", cure) from error


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
        listed = [f"agent.{n}" for n in known]
        raise did_you_mean(f"agent.{name}", listed, f"setting of {label}", f"agent.{name}")
    value = _fit(holder, name, value, f"agent.{name} of {label}")
    if inside:
        agent.config = replace(config, **{name: value})
    else:
        setattr(agent, name, value)


def _fit(holder: Any, name: str, value: Any, key: str) -> Any:
    """The value as the annotation wants it, in its range where that says one; else of the kind
    that stands there, and finite where that is."""
    hint, old = _annotation(type(holder), name), getattr(holder, name)
    if hint is not None:
        return checking.value(hint, value, key)
    value = checking.plain(value)
    if isinstance(old, list) and isinstance(value, tuple):
        value = list(value)
    if isinstance(old, float) and isinstance(value, int) and not isinstance(value, bool):
        value = checking.value(float, value, key)
    if old is not None and type(value) is not type(old):
        raise BadInput(f"{key} takes a {type(old).__name__}", value, f"It is {old!r} now.", key)
    if isinstance(value, float) and not math.isfinite(value) and math.isfinite(old or 0.0):
        raise BadInput(f"{key} is finite", value, f"It is {old!r} now.", key)
    return value


def _annotation(kind: type, name: str) -> Any:
    """What a class or a base of it says of a setting, where that is a range or a set of words."""
    for base in kind.__mro__:
        if name in vars(base).get("__annotations__", {}):
            try:
                hint = get_type_hints(base, include_extras=True)[name]
            except Exception:  # an annotation that only its author's type checker can read
                return None
            return hint if get_origin(hint) in (Annotated, Literal) else None
    return None
