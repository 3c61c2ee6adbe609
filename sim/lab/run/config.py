"""What a run will do, fully resolved: from flags, settings and a file, and back to a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sim.lab.run import machine
from sim.lab.run.agents import AgentSpec, cast
from sim.presets import config, toml
from sim.presets.errors import BadInput, did_you_mean
from sim.presets.seeds import checked_seed
from sim.seats.recommender import reward as objectives
from sim.world.rules import Params

KEPT = ("days", "device", "checkpoint_every", "report", "lift")  # what --resume may change


@dataclass(frozen=True)
class RunConfig:
    """One run: every agent, and the baseline, meets the same worlds."""

    agents: tuple[AgentSpec, ...]
    baseline: AgentSpec | None
    params: Params
    agent_settings: Mapping[str, Any]
    world: str = "small"
    platform: str = "kuaishou"
    days: int = 14
    seeds: tuple[int, ...] = (0,)
    future: int = 0  # a second seed: the same worlds, other luck
    objective: str = "watch_time"
    explore: bool = True
    device: str = "cpu"
    truth: bool = False  # hidden columns in the events
    events_max: int = 1_000_000
    learn_every: int = 1  # pages
    checkpoint_every: int = 5  # days
    report: bool = True  # plots and report.html at the end
    lift: bool = True  # at the end, how far each agent outdoes chance, by the size of the pool
    compile: bool = False  # pages as graphs: a minute to build, for large worlds
    load: str = ""  # a run folder whose agents go on learning here

    @property
    def cast(self) -> tuple[AgentSpec, ...]:
        """Every agent that runs, the baseline last."""
        return self.agents if self.baseline is None else (*self.agents, self.baseline)

    def tables(self) -> dict[str, Any]:
        """As in config.toml."""
        run = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NOT_RUN}
        names = {
            "agent": [agent.where for agent in self.agents],
            "baseline": self.baseline.where if self.baseline else "none",
        }
        tables = {"run": {**names, **run}, "agent": dict(self.agent_settings)}
        return {**{k: v for k, v in tables.items() if v}, **asdict(self.params)}

    def text(self, head: str = "") -> str:
        return toml.dumps(self.tables(), head, digits=None)

    def refuse_changes(self, before: "RunConfig") -> None:
        """A resumed run keeps the settings of the run it continues."""
        old, new = _flat(before.tables()), _flat(self.tables())
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key) and key not in {f"run.{k}" for k in KEPT}:
                rule = f"--resume keeps the settings of the run; {key} was {old.get(key)!r}"
                raise BadInput(rule, new.get(key), "Leave it out, or run anew to another --out.")
        if self.days < before.days:
            raise BadInput(
                f"--resume may only lengthen a run of {before.days} days", self.days,
                "Leave --days out, or give more.",
            )  # fmt: skip


_NOT_RUN = ("agents", "baseline", "params", "agent_settings")
_RUN = {f.name: f.type for f in fields(RunConfig) if f.name not in _NOT_RUN}


def make(
    options: Mapping[str, Any],
    settings: Mapping[str, Any] | Iterable[str] = (),
    source: Path | None = None,
) -> RunConfig:
    """The plan of what was asked for. `options` hold what was given, by the names of [run].

    What is not given comes from `source`, a config.toml, and else from the defaults. Raises
    BadInput for whatever is unknown, of the wrong kind or out of range.
    """
    tables = config.read_toml(source) if source else {}
    said = {**tables.pop("run", {})}
    said["seeds"] = said.pop("seed", said.get("seeds", (0,)))
    for key in [key for key in tables if key in config.NOTES]:
        del tables[key]
    given = {key: value for key, value in options.items() if value is not None}
    world_settings, agent_settings = _sorted(settings, given)
    agent_settings = {**tables.pop("agent", {}), **agent_settings}
    values = {**said, **given}
    slots = values.pop("slots", None)
    agents = values.pop("agent", None) or ()
    baseline = values.pop("baseline", "random")
    for key in values:
        if key not in _RUN:
            raise did_you_mean(f"run.{key}", [f"run.{k}" for k in _RUN], "setting")
    checked = _checked(values)
    params = _params(checked, tables, given, world_settings, slots)
    chosen = _cast(agents, baseline, agent_settings)
    return RunConfig(*chosen, params, agent_settings, **checked)


def _sorted(settings, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings by whom they are for: `run.` the runner (into `given`), `agent.`, or the world."""
    if not isinstance(settings, Mapping):
        settings = dict(map(config.parse_setting, settings))
    world: dict[str, Any] = {}
    agent: dict[str, Any] = {}
    for key, value in settings.items():
        head, _, rest = key.partition(".")
        if head == "run":
            given[rest] = value
        elif head == "agent":
            agent[rest] = value
        else:
            world[key] = value
    return world, agent


def _params(checked, tables, given, settings, slots) -> Params:
    """World parameters: the presets, then the file, then presets named by flag, then settings."""
    world, platform = checked.get("world", "small"), checked.get("platform", "kuaishou")
    layers: dict[str, Any] = dict(tables)
    if tables and "platform" in given:
        config.resolve(platform=platform)
        layers = config.merged(layers, config.platform_tables(platform))
        layers = {k: v for k, v in layers.items() if k not in config.NOTES}
    if tables and ("world" in given or "platform" in given):
        config.resolve(world)
        layers = config.merged(layers, config.worlds()[world])
    if slots is not None:
        _whole("slots", slots, 1)
        layers = config.merged(layers, {"size": {"slots": slots}})
    for key, value in settings.items():
        nested: Any = value
        for part in reversed(key.split(".")):
            nested = {part: nested}
        layers = config.merged(layers, nested)
    gone = platform.endswith(".toml") and not Path(platform).exists()
    if gone and tables and "platform" not in given:
        platform = "kuaishou"  # the file's own tables say all that the lost preset said
    return config.resolve(world, platform, layers)


def _cast(agents, baseline, settings) -> tuple[tuple[AgentSpec, ...], AgentSpec | None]:
    if isinstance(agents, str) or not isinstance(agents, Sequence):
        agents = (agents,)
    if not agents:
        raise BadInput("a run needs an agent", None, "Say, for example, --agent mf.")
    return cast(agents, baseline, settings)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The runner's own values, each of its kind and within its bounds."""
    out = dict(values)
    seeds = out.get("seeds", (0,))
    seeds = (seeds,) if isinstance(seeds, int) else tuple(seeds)
    out["seeds"] = seeds
    for seed in seeds:
        checked_seed("a seed", seed)
    checked_seed("future", out.get("future", 0))
    if not seeds or len(set(seeds)) < len(seeds):
        raise BadInput("seeds differ from each other", list(seeds), "Say --seed 0 1 2.")
    for key, least in (("days", 1), ("learn_every", 1), ("checkpoint_every", 1), ("events_max", 0)):
        if key in out:
            _whole(key, out[key], least)
    for key in ("explore", "truth", "report", "lift"):
        if key in out and not isinstance(out[key], bool):
            raise BadInput(f"{key} is true or false", out[key], f"Write {key}=true.")
    try:
        objective = out.get("objective", "watch_time")
        weights = objectives.parse(objective)
    except ValueError as error:
        raise BadInput.plain(str(error)) from None
    if isinstance(objective, Mapping):
        out["objective"] = ",".join(f"{name}={weight!r}" for name, weight in weights.items())
    out["device"] = machine.device(out.get("device", "auto"))
    return out


def _whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInput(f"{name} is a whole number of at least {least}", value, "Give such a one.")


def _flat(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{path}{key}.")
        else:
            out[f"{path}{key}"] = list(value) if isinstance(value, tuple) else value
    return out
