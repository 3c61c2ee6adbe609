"""Event logs as messages, and back: columns by name, several logs one after the other.

The student's side has them as tables of pandas with the columns of events.parquet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.lab.assignments.wire import Message

COLUMNS = ("day", "viewer", "video", "creator", "category", "duration_s", "watch_s")
Frame = Mapping[str, np.ndarray]  # a column by name, a row for each impression


def asked(name: str, *arguments: Frame | Sequence[Frame] | np.ndarray) -> Message:
    """A function to be called."""
    kinds: list[str] = []
    arrays: dict[str, np.ndarray] = {}
    for k, each in enumerate(arguments):
        if isinstance(each, np.ndarray):
            kinds.append("array")
            arrays[f"{k}"] = each
        elif isinstance(each, Mapping):
            kinds.append("log")
            arrays |= {f"{k}.{column}": each[column] for column in COLUMNS}
        else:
            kinds.append("logs")
            arrays[f"{k}.rows"] = np.array([len(log["day"]) for log in each])
            for column in COLUMNS:
                arrays[f"{k}.{column}"] = np.concatenate([log[column] for log in each])
    return Message({"name": name, "kinds": kinds}, arrays)


def arguments(message: Message) -> list[Any]:
    """What the function is called with."""
    return [_argument(kind, str(k), message) for k, kind in enumerate(message.words["kinds"])]


def _argument(kind: str, k: str, message: Message) -> Any:
    if kind == "array":
        return message.arrays[k]
    import pandas as pd  # of this assignment alone

    table = pd.DataFrame({column: message.arrays[f"{k}.{column}"] for column in COLUMNS})
    if kind == "log":
        return table
    ends = message.arrays[f"{k}.rows"].cumsum()
    return [table[a:b].reset_index(drop=True) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
