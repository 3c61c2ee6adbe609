"""What a run will do, fully resolved: from flags, settings and a file, and back to a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from sim.lab.run import asked
from sim.lab.run.agents import AgentSpec, cast
from sim.presets import checking, config, toml
from sim.presets.device import device
from sim.presets.errors import BadInput, did_you_mean
from sim.presets.seeds import distinct
from sim.seats.recommender import reward as objectives
from sim.world.ranges import Len, Seed, Within
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
    days: Annotated[int, Within(1, 36_500)] = 14
    seeds: Annotated[tuple[Seed, ...], Len(1, 1000)] = (0,)
    future: Seed = 0  # a second seed: the same worlds, other luck
    objective: str = "watch_time"
    explore: bool = True
    device: Literal["auto", "cpu", "cuda"] = "cpu"
    truth: bool = False  # hidden columns in the events
    events_max: Annotated[int, Within(0, 1_000_000_000)] = 1_000_000
    learn_every: Annotated[int, Within(1, 100_000)] = 1  # pages
    checkpoint_every: Annotated[int, Within(1, 36_500)] = 5  # days
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

    def lasting(self) -> dict[str, Any]:
        """What a checkpoint is of, by dotted key: all settings that a resumed run must keep, but
        for where files lie."""
        free = {f"run.{key}" for key in (*KEPT, "platform", "load")}
        flat = {key: value for key, value in _flat(self.tables()).items() if key not in free}
        plain = (bool, int, float, str, list)
        return {k: v if isinstance(v, plain) else str(v) for k, v in flat.items()}

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
_RUN = tuple(f.name for f in fields(RunConfig) if f.name not in _NOT_RUN)


def make(
    options: Mapping[str, Any],
    settings: Mapping[str, Any] | Iterable[str] = (),
    source: Path | None = None,
) -> RunConfig:
    """The plan of what was asked for. `options` hold what was given, by the names of [run].

    What is not given comes from `source`, a config.toml, and else from the defaults. Raises
    BadInput for whatever is unknown, of the wrong kind or out of range.
    """
    file = asked.read(source)
    typed = asked.typed(options, settings)
    values = {**_run_values(file.run, file.name), **_run_values(typed.run, "")}
    values["device"] = device(values.get("device", "auto"))
    params = config.settled(asked.layers(file, typed, values))
    agent_settings = {**file.agent, **typed.agent}
    told = {**file.run, **typed.run}
    try:
        chosen = _cast(told, agent_settings)
    except BadInput as error:
        where = file.name if asked.in_file(error.key, file, typed) else ""
        raise error.said_in(where) from error.__cause__
    return RunConfig(*chosen, params, agent_settings, **values)


def _cast(told, settings) -> tuple[tuple[AgentSpec, ...], AgentSpec | None]:
    agents, loaded = told.get("agent"), bool(told.get("load"))
    if isinstance(agents, str) or not isinstance(agents, Sequence | None):
        agents = (agents,)
    if not agents:
        raise BadInput("a run needs an agent", None, "Say, for example, --agent mf.")
    return cast(agents, told.get("baseline", "random"), settings, loaded=loaded)


def _run_values(said: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The runner's own values, each of its kind and within its range."""
    table = {key: value for key, value in said.items() if key not in asked.OTHERS}
    try:
        for key in table:
            if key not in _RUN:  # those that are not the runner's own may have been meant as well
                known = [f"run.{name}" for name in (*_RUN, *asked.OTHERS)]
                raise did_you_mean(f"run.{key}", known, "setting", f"run.{key}")
        if "objective" in table:
            table["objective"] = _objective(table["objective"])
        values = checking.values(RunConfig, table, "run.", _RUN)
        distinct(values.get("seeds", ()))
    except BadInput as error:
        raise error.said_in(file) from None
    return values


def _objective(wanted: Any) -> str:
    """In the words of --objective, whatever it was given as."""
    weights = objectives.parse(wanted)
    if isinstance(wanted, str):
        return wanted
    return ",".join(f"{name}={weight!r}" for name, weight in weights.items())


def _flat(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{path}{key}.")
        else:
            out[f"{path}{key}"] = list(value) if isinstance(value, tuple) else value
    return out
