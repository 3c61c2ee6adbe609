"""Simulate a platform under agents: the twin of `python -m sim.run`."""

import contextlib
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from sim.lab.finish import Opening, finish
from sim.lab.outcome import Run
from sim.lab.run import config as plans
from sim.lab.run import record
from sim.lab.run.config import RunConfig
from sim.lab.run.loading import refuse_strangers
from sim.lab.run.runner import RunState, go, restore
from sim.lab.run.track import Kind
from sim.lab.screen.screen import Screen, in_jupyter, quiet_screen, screen_for
from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.files import place

__all__ = ["Run", "execute", "prepare", "simulate"]


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
    threats: str | None = None,
    moderation: str | None = None,
    policy: str | Path | None = None,
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
        "events_max": events_max, "threats": threats, "moderation": moderation, "policy": policy,
        "load": None if load is None else str(place(load, "load")),
    }  # fmt: skip
    folder = place(out, "out")
    value(Literal["en", "zh"], lang, "lang")
    plan = prepare(options, settings, place(config, "config"), folder, resume)
    silent = quiet if quiet is not None else not (in_jupyter() or sys.stderr.isatty())
    screen = quiet_screen() if silent else screen_for(lang)
    command = "sim.simulate"
    run = execute(plan, folder, screen=screen, resume=resume, command=command, lang=lang)
    if run.error and not (isinstance(run.error, KeyboardInterrupt) and in_jupyter()):
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
        plan = plans.make(options, settings, config)
        if plan.load:
            refuse_strangers(plan)
        return plan
    if folder is None:
        raise BadInput("--resume continues the run of a folder", None, "Name it: --out RUN.")
    record.refuse_burial(folder, resume=True)
    before = plans.make({}, (), folder / "config.toml")
    plan = plans.make(options, settings, config or folder / "config.toml")
    plan.refuse_changes(before)
    return plan


def execute(
    plan: RunConfig,
    folder: Path | None = None,
    *,
    screen: Screen | None = None,
    track: Sequence[Kind] = (),
    resume: bool = False,
    command: str = "",
    lang: str = "en",
    keep_worlds: bool = True,
) -> Run:
    """Run a plan and write its folder. Errors of agents, of the disk and interrupts end up in the
    Run. Raises BadInput, before any file is changed, for a folder that cannot be run in."""
    with contextlib.ExitStack() as stack:
        locked = folder is None or stack.enter_context(record.claimed(folder, resume))
        course = RunState.empty(plan, record.Folder(folder, plan.days, resume))
        run = Run(plan, course, folder, lang)
        if not locked:
            course.notes.append(f"{folder} knows no locks: see that one run at a time writes there")
        if resume:
            restore(course)
        opening = Opening(run, command, resume)
        course.begin = opening.write
        stack.enter_context(course.interrupts)
        _live(run, opening, screen or quiet_screen(), track, keep_worlds)
    return run


def _live(
    run: Run, opening: Opening, screen: Screen, track: Sequence[Kind], keep_worlds: bool
) -> None:
    course, started = run.course, time.perf_counter()
    trackers: list[Any] = []
    with screen.shown(run.plan):
        try:
            if not opening.resume:
                opening.write()
            trackers += [kind(run.plan, run.folder) for kind in track if run.folder]
            go(course, [screen, *trackers], keep_worlds)
            run.state = "done"
        except KeyboardInterrupt as error:
            run.state, run.error = "interrupted", error
        except BaseException as error:  # SystemExit too: a person's Ctrl-C alone ends a program
            run.state, run.error = "failed", error
        for each in trackers:
            try:
                each.close()
            except Exception as error:
                course.notes.append(f"--track did not end well: {type(error).__name__}: {error}")
        screen.phase("writing")
        finish(run, opening, started)
