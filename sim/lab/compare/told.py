"""A run as its folder tells it: its metrics, its settings, how it ended."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.run.record import COLUMNS, read_json, read_status
from sim.presets.errors import BadInput

# what two runs may differ in and still be of the same worlds: who sat there, how they learned, how
# long it went on, and what was written
_FREE = ("run", "agent")
_HELD = ("future",)  # of [run], what makes another luck


@dataclass(frozen=True)
class ToldRun:
    folder: Path
    name: str  # the folder's, made unique among the runs compared
    settings: Mapping[str, Any]  # config.toml
    metrics: pd.DataFrame  # long, as metrics.csv
    summary: Mapping[str, Any]
    state: str  # done, failed or interrupted

    @cached_property
    def baseline(self) -> str | None:
        return self.summary.get("baseline")

    @cached_property
    def agents(self) -> list[str]:
        """Those the run was about: all but its baseline, unless there is none else."""
        names = list(dict.fromkeys(self.metrics["agent"]))
        return [name for name in names if name != self.baseline] or names

    @cached_property
    def seeds(self) -> set[int]:
        return set(self.metrics["seed"].unique().tolist())

    @cached_property
    def world(self) -> dict[str, Any]:
        """Every setting that the worlds and their luck hang on, by dotted key."""
        tables = {k: v for k, v in self.settings.items() if k not in _FREE}
        held = {k: self.settings.get("run", {}).get(k, 0) for k in _HELD}
        return {**dict(_flat(tables)), **{f"run.{k}": v for k, v in held.items()}}


def _flat(tables: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def read_all(folders: Sequence[Path]) -> list[ToldRun]:
    """The runs in these folders. Raises BadInput where one holds none, or two are the same."""
    if len(folders) < 2:
        raise BadInput("two runs or more are compared", [str(f) for f in folders], "Name another.")
    places = [folder.resolve() for folder in folders]
    for place in places:
        if places.count(place) > 1:
            raise BadInput("runs differ from each other", str(place), "Name each folder once.")
    return [_read(f, name) for f, name in zip(folders, _names(places), strict=True)]


def _names(places: Sequence[Path]) -> list[str]:
    """The last parts of the paths, as many as tell them apart."""
    for parts in range(1, max(len(place.parts) for place in places) + 1):
        names = ["/".join(place.parts[-parts:]) for place in places]
        if len(set(names)) == len(names):
            return names
    return [str(place) for place in places]


def _read(folder: Path, name: str) -> ToldRun:
    cure = "Name the folder of a run, which sim.run writes under runs/ or to its --out."
    if not (folder / "config.toml").is_file():
        raise BadInput("each RUN is the folder of a run", str(folder), cure)
    metrics = _metrics(folder)
    try:
        settings = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
        summary = read_json(folder / "summary.json") or {}
        state = (read_status(folder) or {}).get("state", "unknown")
    except (ValueError, OSError) as error:
        rule = f"a run's own files can be read ({error})"
        raise BadInput(rule, str(folder), "They were changed or cut off: run it again.") from None
    return ToldRun(folder, name, settings, metrics, summary, state)


def _metrics(folder: Path) -> pd.DataFrame:
    for name, read in (("metrics.parquet", pd.read_parquet), ("metrics.csv", pd.read_csv)):
        try:
            table = read(folder / name)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            rule = f"{name} of a run can be read ({str(error).splitlines()[0]})"
            raise BadInput(rule, str(folder), "It was changed or cut off: run it again.") from None
        if missing := [c for c in COLUMNS if c not in table.columns]:
            rule = f"{name} has the columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing"
            raise BadInput(rule, str(folder), "It was changed: run it again.")
        if len(table):
            return table
    rule = "a run that is compared has lived a day"
    raise BadInput(rule, str(folder), "Go on with it: sim.run --resume --out there.")
