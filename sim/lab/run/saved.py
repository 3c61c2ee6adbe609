"""What an arm's folder holds of it between two days, checked before anything is built on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.lab.run import checkpoint, machine
from sim.lab.run.config import RunConfig
from sim.lab.run.parts import LEVELS, Tale
from sim.presets.errors import BadInput

FORMAT = 3
KEYS = {"format", "version", "seed", "agent", "settings", "arm", "rows", "counts", "parts"}


@dataclass
class Saved:
    """An arm as it stood before `day`."""

    path: Path
    day: int
    rows: list[tuple[int, str, str, float]]
    counts: list[int]
    parts: dict[str, str]  # SHA-256 by name
    arm: dict[str, Any]
    settings: dict[str, Any]
    version: str
    seed: int
    agent: str


def save(folder: Path, tale: Tale, plan: RunConfig, rows: list[Any], arm: dict[str, Any]) -> None:
    """Raises OSError where there is no room or no right to."""
    state = {
        "format": FORMAT, "version": machine.version(), "seed": tale.seed, "agent": tale.agent,
        "settings": plan.lasting(), "arm": arm, "rows": rows, "counts": tale.counts.tolist(),
        "parts": dict(tale.sums),
    }  # fmt: skip
    checkpoint.write(folder / checkpoint.STATE, state)


def read(folder: Path, device: str = "cpu") -> Saved | None:
    """The last checkpoint in an arm's folder, or None where there is none.

    Raises BadInput where it is damaged, of another version, or holds what it should not."""
    path = folder / checkpoint.STATE
    state = checkpoint.read(path, device)
    if state is None:
        return None
    form = state.get("format") if isinstance(state, Mapping) else type(state).__name__
    if not _equal(FORMAT, form):
        _refuse(f"the checkpoint's format is {FORMAT}", form, path)
    checkpoint.refuse_keys(KEYS, state, "state", path)
    arm = state["arm"]
    if not isinstance(arm, Mapping) or "day" not in arm:
        _refuse("the checkpoint's arm has a day", type(arm).__name__, path)
    day = arm["day"]
    if not _whole(day) or not _is_table(state["rows"], day):
        _refuse("the checkpoint has the rows of all its days", day, path)
    counts, parts = state["counts"], state["parts"]
    if not isinstance(counts, list) or len(counts) != LEVELS or not all(map(_whole, counts)):
        _refuse(f"the checkpoint's counts are {LEVELS} whole numbers", "others", path)
    if not _is_texts(parts) or not isinstance(state["settings"], Mapping):
        _refuse("the checkpoint names its parts and settings", type(parts).__name__, path)
    rows = [tuple(row) for row in state["rows"]]
    who = {key: state[key] for key in ("settings", "version", "seed", "agent")}
    return Saved(path, day, rows, counts, parts, arm, **who)


def read_for(plan: RunConfig, tale: Tale) -> Saved | None:
    """What a resumed run goes on from; the parts of its events are checked with it."""
    assert tale.folder is not None
    saved = read(tale.folder, plan.device)
    if saved is None:
        return None
    if not _equal([tale.seed, tale.agent], [saved.seed, saved.agent]):
        rule = f"the checkpoint is of agent {tale.agent!r} and seed {tale.seed}"
        _refuse(rule, f"{saved.agent!r} and seed {saved.seed}", saved.path)
    if not _equal(machine.version(), saved.version):
        _refuse(f"the checkpoint is of version {machine.version()}", saved.version, saved.path)
    wanted = plan.lasting()
    for key in sorted({*wanted, *saved.settings}, key=str):
        if not _equal(wanted.get(key), saved.settings.get(key)):
            rule = f"the checkpoint is of this run, where {key} is {wanted.get(key)!r}"
            _refuse(rule, saved.settings.get(key), saved.path)
    if saved.day > plan.days:
        _refuse(f"the checkpoint is of one of {plan.days} days", saved.day, saved.path)
    tale.refuse_damage(saved.day, saved.parts)
    return saved


def _refuse(rule: str, got: object, path: Path) -> None:
    cure = f"{path} is of another run or version; run anew to another --out."
    raise BadInput(rule, got, cure)


def _equal(wanted: Any, got: Any) -> bool:
    """Whatever `got` is; 1 and 1.0 are the same setting."""
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return wanted == got
    return checkpoint.unlike(wanted, got) is None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_table(rows: Any, days: int) -> bool:
    """Whether these are rows of measures of each of so many days."""
    kinds = (int, str, str, float)
    return (
        isinstance(rows, list)
        and all(isinstance(row, list | tuple) and len(row) == len(kinds) for row in rows)
        and all(isinstance(v, k) for row in rows for v, k in zip(row, kinds, strict=True))
        and sorted({row[0] for row in rows}) == list(range(days))
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(text, str) for pair in value.items() for text in pair
    )
