"""The audit trail of a run: every decision of moderation, as people read it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from sim.lab.run.files import replaced
from sim.measure.trail import ALL_OUTCOMES, ALL_STAGES, BY, COLUMNS, POINTS
from sim.world.state import HARMS, LANES

FILE = "moderation.parquet"
IDS = ("video", "creator", "viewer")
SHOWN = ("seed", "agent", "day", "stage", "by", "outcome", *IDS, "rule", "score", "lane",
         "waited_days", "views", "uploaded")  # fmt: skip
HIDDEN = ("harm", "severity")


def frame(trails: Mapping[tuple[int, str], Tensor], truth: bool) -> pd.DataFrame:
    """A row a decision, of all arms (seed, agent); `truth` adds what the video really was."""
    parts = [_one(seed, agent, table) for (seed, agent), table in trails.items()]
    names = [*SHOWN, *(HIDDEN if truth else ())]
    if not parts:
        return pd.DataFrame(columns=names)
    return pd.concat(parts, ignore_index=True)[names]


def _one(seed: int, agent: str, table: Tensor) -> pd.DataFrame:
    raw = pd.DataFrame(table.cpu().numpy(), columns=list(COLUMNS))
    stage = _named(raw["stage"], ALL_STAGES)
    account = raw["video"] == 0
    told = pd.DataFrame({
        "seed": seed, "agent": agent, "day": raw["day"], "stage": stage,
        "by": [BY.get(str(name), "staff") for name in stage],
        "outcome": _named(raw["outcome"], ALL_OUTCOMES),
        "rule": _named(raw["rule"] - 1, HARMS),
        "score": (raw["score"] / POINTS).where(~account),
        "lane": _named(raw["lane"] - 1, LANES),
        "waited_days": raw["waited"], "views": raw["views"],
        "uploaded": raw["uploaded"].astype("Int64").mask(account),
        "harm": _named(raw["harm"].where(~account, 0) - 1, HARMS),
        "severity": (raw["severity"] / POINTS).where(~account),
    })  # fmt: skip
    for name in IDS:
        told[name] = raw[name].astype("Int64").mask(raw[name] == 0)
    return told


def _named(index: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Words for places in a list; None where it is none."""
    words = np.array([*names, None], dtype=object)
    at = index.to_numpy()
    return words[np.where((at < 0) | (at >= len(names)), len(names), at)]


def write(path: Path, table: pd.DataFrame) -> None:
    """Raises OSError."""
    with replaced(path / FILE) as part:
        table.to_parquet(part, index=False)
