"""Simulate a platform under agents, and hold what came of it: the twin of `python -m sim.run`."""

import importlib
import sys
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sim.lab.run import config as plans
from sim.lab.run import machine, record
from sim.lab.run.config import RunConfig
from sim.lab.run.events import EventLog
from sim.lab.run.runner import RunState, go
from sim.lab.run.summary import lift_by_pool, summarise
from sim.lab.screen.screen import Screen, in_jupyter, quiet_screen, screen_for
from sim.lab.screen.tables import Table, table_of
from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.files import place
from sim.world.state import World


@dataclass(repr=False)
class Run:
    """What a run came to. `state` is done, failed or interrupted."""

    plan: RunConfig
    course: RunState
    folder: Path | None
    lang: str = "en"
    state: str = "running"
    error: BaseException | None = None

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Long: seed, agent, day, metric, group, value, unit."""
        return record.frame(self.course.rows)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per impression; beyond `events_max` rows, of a sample of viewers."""
        return self.course.log.frame()

    @cached_property
    def summary(self) -> dict[str, Any]:
        """As summary.json."""
        return summarise(self.plan, self.metrics, self._more())

    def _more(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "lift_by_pool": lift_by_pool(self.course.lifts),
            "events": self.course.log.sample(),
            "notes": list(self.course.notes),
            "folder": str(self.folder) if self.folder else None,
        }

    @property
    def worlds(self) -> dict[tuple[str, int], World]:
        """The last state of every arm, by (agent, seed)."""
        return self.course.worlds

    @property
    def world(self) -> World:
        """The last state of the first agent's world of the last seed."""
        return self.worlds[self.plan.agents[0].label, self.plan.seeds[-1]]

    def plot(self, name: str = "watch_minutes") -> Any:
        """A figure by name, see sim.lab.plots.NAMES."""
        plots = importlib.import_module("sim.lab.plots")
        events = self.events if name in plots.NEEDS_EVENTS else None
        names = {"baseline": self.summary["baseline"], "privileged": self.summary["privileged"]}
        lift = self.summary["lift_by_pool"]
        return plots.draw(name, self.metrics, events, self.lang, lift=lift, **names)

    def table(self) -> Table:
        return table_of(self.summary, self.lang)

    def __repr__(self) -> str:
        plan = self.plan
        names = ", ".join(agent.label for agent in plan.agents)
        against = f" against {plan.baseline.label}" if plan.baseline else ""
        return f"Run({names}{against}, {plan.world}, {plan.days} days, {self.state})"

    def _repr_html_(self) -> str:
        return self.table().html()

    def info(self, command: str = "") -> dict[str, Any]:
        """What a report says about the run beside its figures."""
        plan = self.plan
        return {
            "agent": plan.agents[0].label,
            "agents": [agent.label for agent in plan.agents],
            "baseline": plan.baseline.label if plan.baseline else None,
            "world": plan.world,
            "platform": plan.platform,
            "days": plan.days,
            "seeds": list(plan.seeds),
            "future": plan.future or None,
            "slots": plan.params.size.slots,
            "objective": plan.objective,
            "privileged": {agent.label: agent.privileged for agent in plan.cast},
            "version": machine.version(),
            "command": command,
            "seconds": {k: round(v, 3) for k, v in self.course.seconds.items()},
            "device": machine.device_name(plan.device),
            "state": self.state,
            "notes": list(self.course.notes),
        }


def simulate(
    agent: Any = None,
    world: str | None = None,
    days: int | None = None,
    seeds: Sequence[int] | int | None = None,
    baseline: Any = ...,
    *,
    future: int | None = None,
    platform: str | None = None,
    objective: str | Mapping[str, float] | None = None,
    slots: int | None = None,
    explore: bool | None = None,
    device: str | None = None,
    truth: bool | None = None,
    events_max: int | None = None,
    settings: Mapping[str, Any] | Iterable[str] = (),
    config: str | Path | None = None,
    load: str | Path | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    lang: str = "en",
    quiet: bool | None = None,
) -> Run:
    """What does this agent do to the platform over days?

    `agent` is a name, a class, an object (copied for every seed), or a list of those. What is left
    out is as in the command: world "small", 14 days, seed 0, baseline "random" (None: none),
    platform "kuaishou", 10 slots, future 0 (another future is the same world with other luck).
    `settings` holds dotted keys, {"sessions.scale": 0.2}. `out` names a folder for the files;
    without it nothing is written. In Jupyter the stop button returns what there is; elsewhere
    Ctrl-C raises, with the run so far as `error.run`.

    Raises BadInput for what cannot be run, BadSlate for a slate that breaks a rule, AgentFailed
    for an error in an agent's own code; the last two carry the run so far as `run`.
    """
    options = {
        "agent": agent, "world": world, "days": days, "seeds": seeds, "future": future,
        "platform": platform,
        "baseline": _baseline(baseline), "objective": objective,
        "slots": slots, "explore": explore, "device": device, "truth": truth,
        "events_max": events_max, "load": None if load is None else str(place(load, "load")),
    }  # fmt: skip
    folder = place(out, "out")
    value(Literal["en", "zh"], lang, "lang")
    plan = prepare(options, settings, place(config, "config"), folder, resume)
    silent = quiet if quiet is not None else not (in_jupyter() or sys.stderr.isatty())
    screen = quiet_screen() if silent else screen_for(lang)
    command = "sim.simulate"
    run = execute(plan, folder, screen=screen, resume=resume, command=command, lang=lang)
    if run.error is not None and not (run.state == "interrupted" and in_jupyter()):
        run.error.run = run  # type: ignore[attr-defined]
        raise run.error
    return run


def _baseline(baseline: Any) -> Any:
    """As a plan takes it: None where it was left out, "none" for none."""
    return None if baseline is ... else "none" if baseline is None else baseline


def prepare(
    options: Mapping[str, Any],
    settings: Mapping[str, Any] | Iterable[str] = (),
    config: Path | None = None,
    folder: Path | None = None,
    resume: bool = False,
) -> RunConfig:
    """The plan of a run; a resumed one takes what is not said from its own folder."""
    if not resume:
        return plans.make(options, settings, config)
    if folder is None:
        raise BadInput("--resume continues the run of a folder", None, "Name it: --out RUN.")
    record.claim(folder, resume=True)
    before = plans.make({}, (), folder / "config.toml")
    plan = plans.make(options, settings, config or folder / "config.toml")
    plan.refuse_changes(before)
    return plan


def execute(
    plan: RunConfig,
    folder: Path | None = None,
    *,
    screen: Screen | None = None,
    trackers: Sequence[Any] = (),
    resume: bool = False,
    command: str = "",
    lang: str = "en",
    keep_worlds: bool = True,
) -> Run:
    """Run a plan and write its folder. Errors of agents and interrupts end up in the Run."""
    if folder is not None:
        record.claim(folder, resume)
    files = record.Folder(folder, plan.days)
    course = RunState(plan, EventLog(plan.events_max, plan.truth), files)
    run = Run(plan, course, folder, lang)
    head = f"{command}\nshortvideo-sim {machine.version()}; --config on this file repeats the run."
    files.text("config.toml", plan.text(head))
    if not resume:
        files.status("running", 0)
    files.text("command.txt", _commands(folder) + command + "\n")
    started = time.perf_counter()
    screen = screen or quiet_screen()
    with screen.shown(plan):
        try:
            go(course, [screen, *trackers], resume, keep_worlds)
            run.state = "done"
        except KeyboardInterrupt as error:
            run.state, run.error = "interrupted", error
        except Exception as error:
            run.state, run.error = "failed", error
        screen.phase("writing")
        _write(run, command, started)
    return run


def _commands(folder: Path | None) -> str:
    """What the folder was run with before: nothing, unless it is resumed."""
    path = folder / "command.txt" if folder else None
    return path.read_text(encoding="utf-8") if path and path.exists() else ""


def _write(run: Run, command: str, started: float) -> None:
    """Every file of the folder but the checkpoints; the status comes last."""
    course, files = run.course, run.course.folder
    if files.path is None:
        return
    with course.timed("record"):
        files.metrics(run.metrics)
        course.log.write(files.path / "events.parquet")
        files.json("summary.json", run.summary)
    if run.plan.report and len(run.metrics):
        with course.timed("report"):
            _report(run, command)
    course.seconds["all"] = time.perf_counter() - started
    seconds = {name: round(value, 3) for name, value in course.seconds.items()}
    about = {"events": course.log.sample(), "notes": course.notes, "seconds": seconds}
    files.json("env.json", {**machine.describe(run.plan.device), **about})
    days = min((rows[-1][0] + 1 if rows else 0 for rows in course.rows.values()), default=0)
    if len(course.rows) < len(run.plan.seeds) * len(run.plan.cast):
        days = 0  # an arm did not begin
    text = f"{type(run.error).__name__}: {run.error}" if run.state == "failed" else None
    files.status(run.state, days, text)


def _report(run: Run, command: str) -> None:
    """Plots and report.html; a run is not lost because a picture failed."""
    try:
        report = importlib.import_module("sim.lab.report.write")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            info = run.info(command)
            report.write(run.folder, info, run.metrics, run.events, run.summary, run.lang)
    except Exception as error:
        run.course.notes.append(f"no report was written: {type(error).__name__}: {error}")
