"""Agents by name: built in, `package.module:Class`, `path/to/file.py:Class`, or an entry point."""

import difflib
import importlib
import importlib.util
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

BUILT_IN = {
    "random": "agents.recommender.random:Random",
    "popular": "agents.recommender.popular:Popular",
    "oracle": "agents.recommender.oracle:Oracle",
    "house": "agents.recommender.house:House",
    "mf": "agents.recommender.mf:MF",
    "bpr": "agents.recommender.mf:BPR",
    "ncf": "agents.recommender.ncf:NeuMF",
    "gmf": "agents.recommender.ncf:GMF",
    "mlp": "agents.recommender.ncf:MLP",
    "two_tower": "agents.recommender.two_tower:TwoTower",
    "reinforce": "agents.recommender.reinforce:Reinforce",
}
GROUP = "shortvideo.agents"


class UnknownAgent(ValueError):
    """No agent goes by that name."""


def names() -> list[str]:
    """Every name that `--agent` takes without a colon."""
    return sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))})


def find(agent: Any) -> type:
    """The class of an agent given by name, by place, or as the class itself."""
    if isinstance(agent, type):
        return agent
    if not isinstance(agent, str):
        return type(agent)
    if agent in BUILT_IN:
        return _load(*BUILT_IN[agent].split(":"))
    for point in entry_points(group=GROUP):
        if point.name == agent:
            return point.load()
    if ":" in agent:
        where, _, name = agent.rpartition(":")
        return _load(where, name)
    near = difflib.get_close_matches(agent, names(), n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UnknownAgent(
        f"unknown agent; got {agent!r}. {hint}Known: {', '.join(names())}; "
        "or package.module:Class, or path/to/file.py:Class."
    )


def create(agent: Any) -> Any:
    """A new agent, or the object itself where one was given."""
    return agent if not isinstance(agent, str | type) else find(agent)()


def _load(where: str, name: str) -> type:
    try:
        module = (
            _from_file(Path(where)) if where.endswith(".py") else importlib.import_module(where)
        )
    except (ImportError, OSError, SyntaxError) as error:
        raise UnknownAgent(
            f"the agent's module must import; got {where!r}: {error}. "
            "Check the path, or install the package."
        ) from error
    if not hasattr(module, name):
        classes = [n for n, v in vars(module).items() if isinstance(v, type)]
        raise UnknownAgent(f"{where} must define {name}; it has {classes}. Check the name.")
    return getattr(module, name)


def _from_file(path: Path):
    if not path.exists():
        raise OSError("no such file")
    spec = importlib.util.spec_from_file_location(f"agent_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
