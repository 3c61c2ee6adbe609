"""A run's folder: every file of it is replaced whole, so that a reader never sees half of one."""

import contextlib
import json
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.run import lock
from sim.lab.run.arm import Day
from sim.lab.run.files import overwrite_text, replace_text, replaced
from sim.measure.metrics import LEARNED, measure
from sim.presets.errors import BadInput

COLUMNS = ("seed", "agent", "day", "metric", "group", "value", "unit")
TABLES = ("metrics.csv", "metrics.parquet", "events.parquet")
MetricRow = tuple[int, str, str, float]  # day, metric, group, value


def rows_of(day: Day) -> list[MetricRow]:
    """A day's measures, and what the agent reported of its learning (group `agent`)."""
    rows = [(day.day, metric, group, float(value)) for metric, group, value in day.measures]
    return rows + [(day.day, f"{LEARNED}{k}", "agent", float(v)) for k, v in day.learned.items()]


def frame(arms: Mapping[tuple[int, str], list[MetricRow]]) -> pd.DataFrame:
    """The long table of metrics. Arms are (seed, agent)."""
    table = pd.DataFrame(
        [(seed, agent, *row) for (seed, agent), rows in arms.items() for row in rows],
        columns=list(COLUMNS[:-1]),
    )
    units = {metric: measure(metric).raw_unit for metric in table["metric"].unique()}
    return table.assign(unit=table["metric"].map(units).astype(str)).astype(
        {"value": float, "day": int, "seed": int}
    )


def to_json(value: Any) -> str:
    """JSON with null where a number is not one: NaN is no JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def read_json(path: Path) -> dict[str, Any] | None:
    """What a file holds, or None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def read_status(folder: Path) -> dict[str, Any] | None:
    """The status of the run in a folder as it is: one whose process is gone is interrupted. None
    where there is none."""
    try:
        status = read_json(folder / "status.json")
    except ValueError:
        return {"state": "unknown"}  # it is no JSON, so no run of ours wrote it last
    if not isinstance(status, dict | None):
        return {"state": "unknown"}
    if status and status.get("state") == "running" and not lock.alive(folder, status):
        return {**status, "state": "interrupted"}
    return status


def default_folder(agent: str, world: str) -> Path:
    """runs/<stamp>-<agent>-<world>, not there yet."""
    stem = Path("runs") / f"{time.strftime('%Y%m%d-%H%M%S')}-{agent}-{world}"
    path, n = stem, 1
    while path.exists():
        n += 1
        path = stem.with_name(f"{stem.name}-{n}")
    return path


def refuse_burial(folder: Path, resume: bool) -> None:
    """Raises BadInput where a run in this folder would bury another, or has none to go on from."""
    with _writable(folder):
        if folder.exists() and not folder.is_dir():
            raise BadInput("--out is a folder", str(folder), "Name another.")
        status, plan = read_status(folder), (folder / "config.toml").exists()
    if resume and (status is None or not plan):
        raise BadInput("--resume continues a run", str(folder), "It holds none: leave it out.")
    if status and plan and not resume:
        rule = f"--out holds no run yet; this one holds one that is {status['state']}"
        cure = "Name another folder, or continue this one with --resume."
        raise BadInput(rule, str(folder), cure)


@contextlib.contextmanager
def claimed(folder: Path, resume: bool) -> Iterator[bool]:
    """The folder is one run's, and no other's as long as this lasts. Gives False where the file
    system knows no locks.

    Raises BadInput where it would bury another run, another writes there, or it cannot be had."""
    refuse_burial(folder, resume)
    with _writable(folder):
        (folder / lock.PLACE).parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with _writable(folder):
            locked = stack.enter_context(lock.held(folder))
            refuse_burial(folder, resume)  # another may have come and gone meanwhile
            if not resume:
                status = {"state": "running", **lock.writer()}
                replace_text(folder / "status.json", to_json(status))
        yield locked


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        why = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"--out can be written ({why})"
        raise BadInput(rule, str(folder), "Name another folder, or make room there.") from None


def days_on_file(folder: Path, name: str) -> dict[tuple[int, str], int]:
    """How many days a table of a run holds of each arm (seed, agent); nothing of what is no table
    of ours."""
    path, columns = folder / name, ["seed", "agent", "day"]
    try:
        if name.endswith(".csv"):
            table = pd.read_csv(path, usecols=columns)
        else:
            table = pd.read_parquet(path, columns=columns)
        last = table.groupby(["seed", "agent"], observed=True)["day"].max()
        return {(int(seed), str(agent)): int(day) + 1 for (seed, agent), day in last.items()}
    except (OSError, ValueError, KeyError):
        return {}


class Folder:
    """Writes the files of one run; with `path` None it writes nothing.

    A table that holds more days of an arm than there are now is left as it is: a run that goes on
    from a checkpoint may stop again before it has caught up with what was there.
    """

    def __init__(self, path: Path | None, of: int, resume: bool = False):
        self.path, self.of, self.writer = path, of, lock.writer()
        names = TABLES if resume and path is not None else ()
        self.before = {name: days_on_file(path, name) for name in names if path is not None}

    def fuller(self, name: str, days: Mapping[tuple[int, str], int]) -> bool:
        """Whether a table that was there before holds days of an arm that there are not yet."""
        old = self.before.get(name, {})
        return any(days.get(arm, 0) < n for arm, n in old.items())

    def status(self, state: str, day: int, error: str | None = None, **more: Any) -> None:
        if state == "running":
            more |= self.writer
        content = {"state": state, "day": day, "of": self.of, "error": error, **more}
        try:
            self.json("status.json", content)
        except OSError:
            if self.path is None:
                raise
            overwrite_text(self.path / "status.json", to_json(content) + "\n")

    def json(self, name: str, content: Mapping[str, Any]) -> None:
        self.text(name, to_json(content) + "\n")

    def text(self, name: str, content: str) -> None:
        if self.path is not None:
            replace_text(self.path / name, content)

    def metrics(self, rows: Mapping[tuple[int, str], list[MetricRow]]) -> bool:
        """Whether they were written: not over fuller ones. Arms are (seed, agent)."""
        days = {arm: some[-1][0] + 1 if some else 0 for arm, some in rows.items()}
        if self.path is None or any(self.fuller(name, days) for name in TABLES[:2]):
            return False
        table = frame(rows)
        with replaced(self.path / "metrics.csv") as part:
            table.to_csv(part, index=False)
        with replaced(self.path / "metrics.parquet") as part:
            table.to_parquet(part, index=False)
        return True

    def arm(self, seed: int, agent: str) -> Path | None:
        """Where an arm keeps its checkpoint and the parts of its events."""
        return None if self.path is None else arm_folder(self.path, seed, agent)


def arm_folder(folder: Path, seed: int, agent: str) -> Path:
    """Labels of agents are safe in the names of files."""
    return folder / "checkpoint" / f"{seed}-{agent}"
