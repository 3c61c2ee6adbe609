"""The files of a run's folder at its two ends: what it was begun with, and what came of it."""

import contextlib
import importlib
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from sim.lab.outcome import Run
from sim.lab.run import files, machine, trails
from sim.presets.errors import BadInput

TABLES = "metrics, summary and events are left as they were: they hold more days than there are now"


@dataclass
class Opening:
    """What a run writes before its first day. One that goes on from before writes nothing until it
    has come to that: what it cannot go on from stays as it is."""

    run: Run
    command: str
    resume: bool
    done: bool = False

    def write(self) -> None:
        """Once. Raises OSError."""
        if self.done:
            return
        self.done = True
        out, course = self.run.course.folder, self.run.course
        said = "--config on this file repeats the run."
        head = f"{self.command}\nshortvideo-sim {machine.version()}; {said}"
        out.text("config.toml", self.run.plan.text(head))
        out.text("command.txt", f"{self._before()}{self.command}\n")
        out.status("running", course.days(course.at) if course.at else 0)

    def _before(self) -> str:
        """What the folder was run with before: nothing, unless it is resumed."""
        path = self.run.folder / "command.txt" if self.run.folder else None
        there = self.resume and path is not None and path.exists()
        return path.read_text(encoding="utf-8", errors="replace") if there and path else ""


def finish(run: Run, opening: Opening, started: float) -> None:
    """Every file of the folder but the checkpoints; the status comes last and is always true.

    What cannot be written makes a failed run of it; the other files are written all the same."""
    course = run.course
    if course.folder.path is None or (not opening.done and run.state != "done"):
        return
    try:
        with course.interrupts.held_back():
            with _blamed(run):
                opening.write()
            whole = _tables(run)
        if run.plan.report and len(run.metrics) and whole:
            with course.timed("report"):
                _report(run, opening.command)
    except KeyboardInterrupt as error:
        run.error = run.error or error
        course.notes.append("no report was written: interrupted")
    with contextlib.suppress(KeyboardInterrupt), course.interrupts.held_back():
        with _blamed(run):
            _environment(run, started)
        _status(run)


def _tables(run: Run) -> bool:
    """Metrics, events and summary; whether none was left because there is less now."""
    course, out = run.course, run.course.folder
    assert out.path is not None
    whole = True
    with course.timed("record"):
        with _blamed(run):
            whole = out.metrics(course.rows)
        with _blamed(run):
            if out.fuller("events.parquet", course.all_days()):
                whole = False
            else:
                course.log.write(out.path / "events.parquet")
                if course.trails:
                    trails.write(out.path, run.moderation)
        if not whole:
            course.notes.append(TABLES)
        if whole or not (out.path / "summary.json").exists():
            with _blamed(run):
                out.json("summary.json", run.summary)
    return whole


def _environment(run: Run, started: float) -> None:
    course = run.course
    course.seconds["all"] = time.perf_counter() - started
    seconds = {name: round(value, 3) for name, value in course.seconds.items()}
    about = {"events": course.log.sample(), "notes": course.notes, "seconds": seconds}
    course.folder.json("env.json", {**machine.describe(run.plan.device), **about})


def _status(run: Run) -> None:
    """How it ended, and on which day of which arm."""
    course = run.course
    if run.state == "done":
        course.folder.status("done", run.plan.days)
        return
    seed, agent = arm = course.at or next(iter(course.rows))
    kept = (course.folder.before.get(name, {}).get(arm, 0) for name in course.folder.before)
    day = max(course.days(arm), *kept, 0)
    text = told(run.error) if run.state == "failed" and run.error else None
    with _blamed(run):
        course.folder.status(run.state, day, text, seed=seed, agent=agent)


def told(error: BaseException) -> str:
    """An error in one line."""
    text = files.told(error) if isinstance(error, OSError) else str(error)
    return f"{type(error).__name__}: {text}"


@contextlib.contextmanager
def _blamed(run: Run) -> Iterator[None]:
    """A file that cannot be written, or a part that cannot be read, fails the run."""
    try:
        yield
    except (OSError, BadInput) as error:
        if run.state != "failed":
            run.state, run.error = "failed", error
        run.__dict__.pop("summary", None)  # it says the state


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
