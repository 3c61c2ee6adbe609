"""Agents by seat and name: built in, `package.module:Class`, `path/to/file.py:Class`, or an entry
point."""

import difflib
import importlib
import importlib.util
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import reduce
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from agents.process import kept

SEAT = "recommender"  # where none is named
# A seat whose table is empty is vacant: no agent can take it yet, the platform's habit fills it.
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "recommender": {
        "random": "agents.recommender.random:Random",
        "popular": "agents.recommender.popular:Popular",
        "oracle": "agents.recommender.oracle:Oracle",
        "house": "agents.recommender.house:House",
        "mf": "agents.recommender.mf:MF",
        "mf_ids": "agents.recommender.mf_ids:MFIds",
        "bpr": "agents.recommender.mf:BPR",
        "ncf": "agents.recommender.ncf:NeuMF",
        "ncf_ids": "agents.recommender.ncf_ids:NeuMFIds",
        "gmf": "agents.recommender.ncf:GMF",
        "mlp": "agents.recommender.ncf:MLP",
        "two_tower": "agents.recommender.two_tower:TwoTower",
        "bayes": "agents.recommender.bayes:Bayes",
        "bayes_ts": "agents.recommender.bayes_explore:Thompson",
        "bayes_ucb": "agents.recommender.bayes_explore:UCB",
        "gru": "agents.recommender.gru:GRU",
        "attention": "agents.recommender.attention:Attention",
        "reinforce": "agents.recommender.reinforce:Reinforce",
    },
    "creator": {
        "habit": "agents.creator.habit:Habit",
        "random": "agents.creator.random:Random",
        "imitator": "agents.creator.imitator:Imitator",
        "bandit": "agents.creator.bandit:Bandit",
        "planner": "agents.creator.planner:Planner",
    },
    "moderator": {
        "house": "agents.moderator.house:House",
        "nothing": "agents.moderator.extremes:Nothing",
        "everything": "agents.moderator.extremes:Everything",
        "threshold": "agents.moderator.threshold:Threshold",
        "cost_sensitive": "agents.moderator.cost_sensitive:CostSensitive",
        "bandit": "agents.moderator.bandit:Bandit",
        "oracle": "agents.moderator.oracle:Oracle",
    },
}
GROUP = "shortvideo.agents"  # of entry points: the recommender's; a seat's own ends in its name


class UnknownAgent(ValueError):
    """No agent goes by that name, or sits in that seat."""


def built_in(seat: str = SEAT) -> Mapping[str, str]:
    """The built-in agents of a seat. Raises UnknownAgent for a seat that nobody can take."""
    if seat not in BUILT_IN:
        near = difflib.get_close_matches(str(seat), BUILT_IN, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UnknownAgent(f"unknown seat; got {seat!r}. {hint}Seats: {', '.join(BUILT_IN)}.")
    if not BUILT_IN[seat]:
        taken = ", ".join(name for name, agents in BUILT_IN.items() if agents)
        raise UnknownAgent(
            f"an agent takes a seat that is open; got {seat!r}, which is vacant: the platform's "
            f"own habit fills it. Open to agents: {taken}."
        )
    return BUILT_IN[seat]


def names(seat: str = SEAT) -> list[str]:
    """Every name that `--agent` takes without a colon, for that seat."""
    return sorted({*built_in(seat), *(point.name for point in _points(seat))})


def find(agent: Any, seat: str = SEAT) -> type:
    """The class of an agent given by name, by place, or as the class itself."""
    known = built_in(seat)
    kind = agent if isinstance(agent, type) else type(agent)
    if isinstance(agent, str):
        kind = _loaded(agent, known, seat)
    own = getattr(kind, "seat", seat)
    if own != seat and own in BUILT_IN:
        raise UnknownAgent(
            f"an agent takes its own seat; got {kind.__name__}, a {own}, for the {seat}'s. "
            f"Name one of: {', '.join(names(seat))}."
        )
    return kind


def create(agent: Any, seat: str = SEAT) -> Any:
    """A new agent, or the object itself where one was given. What making it sets in the process,
    torch's default dtype for one, is undone."""
    kind = find(agent, seat)
    with kept():
        return kind() if isinstance(agent, str | type) else agent


def _loaded(agent: str, known: Mapping[str, str], seat: str) -> type:
    if agent in known:
        where, _, name = known[agent].partition(":")
        return _class(where, name)
    for point in _points(seat):
        if point.name == agent:
            return _class(point.value, point.name, point.load)
    if ":" in agent:
        where, _, name = agent.rpartition(":")
        return _class(where, name)
    near = difflib.get_close_matches(agent, names(seat), n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UnknownAgent(
        f"unknown agent; got {agent!r}. {hint}Known: {', '.join(names(seat))}; "
        "or package.module:Class, or path/to/file.py:Class."
    )


def _points(seat: str):
    return entry_points(group=GROUP if seat == SEAT else f"{GROUP}.{seat}")


def _class(where: str, name: str, load: Callable[[], Any] | None = None) -> type:
    """The class `name` of a module or file, or what `load` gives."""
    try:
        with kept():
            found = load() if load else _module(where)
    except (Exception, SystemExit) as error:  # whatever somebody else's module raises
        raise UnknownAgent(
            f"the agent's module must import; got {where!r}: it raised {told(error)}. "
            "Check the path, mend the module, or install the package."
        ) from error
    if load is None:
        found = _member(found, where, name)
    if not isinstance(found, type):
        raise UnknownAgent(f"{where} must define {name} as a class; got {type(found).__name__}.")
    return found


def _member(module: ModuleType, where: str, name: str) -> Any:
    try:
        return reduce(getattr, name.split("."), module)
    except AttributeError:
        classes = [n for n, v in vars(module).items() if isinstance(v, type)]
        raise UnknownAgent(
            f"{where} must define {name}; it has {classes}. Check the name."
        ) from None


def _module(where: str) -> ModuleType:
    return _from_file(Path(where)) if where.endswith(".py") else importlib.import_module(where)


def _from_file(path: Path) -> ModuleType:
    if not path.exists():
        raise OSError("no such file")
    # two files of one name in two folders are two modules
    name = f"agent_{path.stem}_{zlib.crc32(str(path.resolve()).encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        raise
    return module


def told(error: BaseException) -> str:
    """An error's kind and words, even where its own words fail."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__
