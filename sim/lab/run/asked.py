"""What was asked for: in a file, and by flags, arguments and settings, each sorted by whom it is
for: the runner, the agents, or the world."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.presets import config, policies
from sim.presets.checking import plain
from sim.presets.config import Layer
from sim.presets.errors import BadInput, did_you_mean

WORDS = ("threats", "moderation")  # of a world, which have flags of their own
# of [run], which are no values of the runner's own
OTHERS = ("agent", "baseline", "slots", "policy", *WORDS)
# What a run has unless somebody says otherwise: a platform as people know it, where creators earn,
# few do harm, and the house moderates. A world made without a run rests all of it.
USUAL = Layer("", {"money": "on", "threats": "low"})


@dataclass(frozen=True)
class Asked:
    """From one place; `name` is the file, "" for what was typed."""

    name: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    agent: Mapping[str, Any] = field(default_factory=dict)
    world: tuple[Layer, ...] = ()


def read(source: Path | None) -> Asked:
    """A config.toml. Raises BadInput where it cannot be read, or a group of it is none."""
    if source is None:
        return Asked()
    tables, name = config.read_toml(source), str(source)
    groups = {key: _group(tables, key, name) for key in ("run", "agent")}
    world = {k: v for k, v in tables.items() if k not in (*groups, *config.NOTES)}
    return Asked(name, _named(groups["run"]), groups["agent"], (Layer(name, world),))


def _group(tables: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    group = tables.get(key, {})
    if not isinstance(group, Mapping):
        rule = f"{name}: {key} is a group of settings"
        raise BadInput(rule, group, f"Write [{key}], and its settings below.", key)
    return dict(group)


def typed(options: Mapping[str, Any], settings: Mapping[str, Any] | Iterable[str]) -> Asked:
    """Flags or arguments by the names of [run], None for what was left out; and settings, of which
    `run.` goes to the runner and `agent.` to the agents."""
    run = {key: value for key, value in options.items() if value is not None}
    agent: dict[str, Any] = {}
    world: list[Layer] = []
    for key, value in config.pairs(settings):
        head, _, rest = key.partition(".")
        if head not in ("run", "agent"):
            world.append(Layer("", config.nested(key, value)))
            continue
        group = run if head == "run" else agent
        if rest:
            group[rest] = value
        elif isinstance(value, Mapping):
            group.update(value)
        else:
            raise BadInput(f"{head} is a group of settings", value, f"Set {head}.<key>=value.")
    return Asked("", _named(run), agent, tuple(world))


def _named(run: dict[str, Any]) -> dict[str, Any]:
    """`seed` is another name of `seeds`, and one seed is a list of one."""
    if "seed" in run:
        run["seeds"] = run.pop("seed")
    if "seeds" in run:
        seeds = plain(run["seeds"])
        run["seeds"] = tuple(seeds) if isinstance(seeds, range) else seeds
        if isinstance(seeds, int):
            run["seeds"] = (seeds,)
    if isinstance(run.get("platform"), Path):
        run["platform"] = str(run["platform"])
    return run


def in_file(key: str, file: Asked, typed: Asked) -> bool:
    """Whether the file's word is what counted for a setting of an agent, or without one for who
    the agents are."""
    name = key.partition(" ")[0].removeprefix("agent.")
    if name:
        return name in file.agent and name not in typed.agent
    return any(who in file.run for who in ("agent", "baseline")) and "agent" not in typed.run


def layers(file: Asked, typed: Asked, values: Mapping[str, Any]) -> list[Layer]:
    """Whose word on the world counts: what is usual, the presets, then the file, then presets named
    by flag, then the slots, then settings."""
    world, platform = values.get("world", "small"), values.get("platform", "kuaishou")
    theirs = "platform" not in typed.run
    presets = _presets(platform, file if theirs else Asked())
    size = _size(world, file.name if "world" not in typed.run else "")
    found = [USUAL, *presets, size, *file.world]
    if file.world and "platform" in typed.run:
        found += presets
    if file.world and ("world" in typed.run or "platform" in typed.run):
        found.append(size)
    for asked in (file, typed):
        if "slots" in asked.run:
            found.append(Layer(asked.name, {"size": {"slots": asked.run["slots"]}}))
        found += _moderation(asked)
    return [*found, *typed.world]


def _moderation(asked: Asked) -> list[Layer]:
    """The words of flags; a policy that is named counts over one that a file wrote out in full, and
    a policy's own file over both."""
    found = [Layer(asked.name, {name: asked.run[name]}) for name in WORDS if name in asked.run]
    words = [*found, *(asked.world if not asked.name else ())]
    if any("moderation" in layer.tables for layer in words):
        found.append(policies.named(words))
    if "policy" in asked.run:
        found.append(policies.of_file(asked.run["policy"]))
    return found


def _size(world: Any, place: str) -> Layer:
    """The size of a named world; `place` is the file that names it."""
    try:
        return config.world_layer(world)
    except BadInput as error:
        raise error.said_in(place) from None


def _presets(platform: str, file: Asked) -> list[Layer]:
    """`file` names it, or "" where it was typed. A preset named in a file may be gone, if the
    file's own tables say all that it said."""
    usual = config.platform_layers("kuaishou")
    try:
        if platform.endswith(".toml") or platform in config.platforms():
            return config.platform_layers(platform)
        raise did_you_mean(platform, config.platforms(), "platform")
    except BadInput as error:
        whole = {key for layer in usual for key in layer.tables} - set(config.NOTES)
        own = {key for layer in file.world for key in layer.tables}
        if platform.endswith(".toml") and not Path(platform).exists() and whole <= own:
            return usual
        raise error.said_in(file.name) from None
