"""A run's folder: every file of it is replaced whole, so that a reader never sees half of one."""

import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.run.arm import Day
from sim.measure.metrics import LEARNED, measure
from sim.presets.errors import BadInput

COLUMNS = ("seed", "agent", "day", "metric", "group", "value", "unit")
Row = tuple[int, str, str, float]  # day, metric, group, value


def rows_of(day: Day) -> list[Row]:
    """A day's measures, and what the agent reported of its learning (group `agent`)."""
    rows = [(day.day, metric, group, float(value)) for metric, group, value in day.measures]
    return rows + [(day.day, f"{LEARNED}{k}", "agent", float(v)) for k, v in day.learned.items()]


def frame(arms: Mapping[tuple[int, str], list[Row]]) -> pd.DataFrame:
    """The long table of metrics. Arms are (seed, agent)."""
    table = pd.DataFrame(
        [(seed, agent, *row) for (seed, agent), rows in arms.items() for row in rows],
        columns=list(COLUMNS[:-1]),
    )
    units = {metric: measure(metric).raw_unit for metric in table["metric"].unique()}
    return table.assign(unit=table["metric"].map(units).astype(str)).astype(
        {"value": float, "day": int, "seed": int}
    )


def replace_text(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


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
    """The status of the run in a folder, or None where there is none."""
    return read_json(folder / "status.json")


def default_folder(agent: str, world: str) -> Path:
    """runs/<stamp>-<agent>-<world>, not there yet."""
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in agent)
    stem = Path("runs") / f"{time.strftime('%Y%m%d-%H%M%S')}-{safe}-{world}"
    path, n = stem, 1
    while path.exists():
        n += 1
        path = stem.with_name(f"{stem.name}-{n}")
    return path


def claim(folder: Path, resume: bool) -> None:
    """Take a folder for a run. Raises BadInput where that would bury another run."""
    if folder.exists() and not folder.is_dir():
        raise BadInput("--out is a folder", str(folder), "Name another.")
    status = read_status(folder)
    if resume and (status is None or not (folder / "config.toml").exists()):
        raise BadInput("--resume continues a run", str(folder), "It holds none: leave it out.")
    if status and not resume and (folder / "config.toml").exists():
        rule = f"--out holds no run yet; this one holds one that is {status['state']}"
        cure = "Name another folder, or continue this one with --resume."
        raise BadInput(rule, str(folder), cure)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_text(folder / "status.json", to_json(status or {"state": "running"}))
    except OSError as error:
        raise BadInput("--out can be written", str(folder), f"{error.strerror}.") from None


class Folder:
    """Writes the files of one run; with `path` None it writes nothing."""

    def __init__(self, path: Path | None, of: int):
        self.path, self.of = path, of

    def status(self, state: str, day: int, error: str | None = None, **more: Any) -> None:
        content = {"state": state, "day": day, "of": self.of, "error": error, **more}
        self.json("status.json", content)

    def json(self, name: str, content: Mapping[str, Any]) -> None:
        self.text(name, to_json(content) + "\n")

    def text(self, name: str, content: str) -> None:
        if self.path is not None:
            replace_text(self.path / name, content)

    def metrics(self, table: pd.DataFrame) -> None:
        if self.path is None:
            return
        for name, write in (
            ("metrics.csv", lambda part: table.to_csv(part, index=False)),
            ("metrics.parquet", lambda part: table.to_parquet(part, index=False)),
        ):
            part = self.path / f"{name}.part"
            write(part)
            os.replace(part, self.path / name)

    def arm(self, seed: int, agent: str) -> Path | None:
        """Where an arm keeps its checkpoint and the parts of its events."""
        return None if self.path is None else self.path / "checkpoint" / f"{seed}-{agent}"
