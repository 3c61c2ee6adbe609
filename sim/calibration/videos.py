"""What is known of a log's videos: category, creator, duration, from the tables beside the log."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.cleaning import Rows, codes
from sim.calibration.logs import Log, names, read

UNKNOWN = "unknown"
TAGS = ("tag", "feat")
CREATORS = ("author_id",)
LENGTHS = ("video_duration",)


class VideoTable:
    """Looks up a video's category and creator; -1 where nothing is known."""

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}  # category: its code
        self.tags = self.creators = self.lengths = _Lookup()
        self.extra_tags: float | None = None  # beyond the first, mean over videos
        self.collects_a_play: float | None = None

    @classmethod
    def of(cls, log: Log) -> "VideoTable":
        table = cls()
        for path in log.videos:
            have = names(path, {})
            if "collect_cnt" in have and "play_cnt" in have:
                table.collects_a_play = _collects(path, have)
            table._take(path, have)
        return table

    def _take(self, path: Path, have: dict[str, str]) -> None:
        """Read one table; what an earlier table said stands."""
        fields = [(TAGS, self.tags), (CREATORS, self.creators), (LENGTHS, self.lengths)]
        wanted = [n for some, known in fields for n in some if n in have and not len(known)]
        if "video_id" not in have or not wanted:
            return
        ids: list[np.ndarray] = []
        values: dict[str, list[np.ndarray]] = {name: [] for name in wanted}
        several = np.zeros(2)
        for chunk in read(path, ["video_id", *wanted]):
            chunk = chunk.dropna(subset=["video_id"]).drop_duplicates("video_id")
            ids.append(codes(chunk["video_id"]))
            for name in wanted:
                values[name].append(self._narrow(name, chunk[name]))
                if name in TAGS:
                    commas = chunk[name].dropna().astype(str).str.count(",")
                    several += commas.sum(), len(commas)
        for name in wanted if ids else ():
            found = _Lookup(np.concatenate(ids), np.concatenate(values[name]))
            place = "tags" if name in TAGS else "creators" if name in CREATORS else "lengths"
            setattr(self, place, found)
        if several[1]:
            self.extra_tags = float(several[0] / several[1])

    def _narrow(self, name: str, column: pd.Series) -> np.ndarray:
        if name in TAGS:
            return self.encode(column).astype(np.int16)
        if name in CREATORS:
            return codes(column)
        seconds = column.to_numpy(np.float32, na_value=np.nan) / 1000
        return np.where(seconds > 0, seconds, np.nan)

    def encode(self, tags: Iterable) -> np.ndarray:
        """The code of each row's first tag; '39,43' and '[39, 43]' are 39."""
        place, texts = pd.factorize(pd.Series(tags, dtype=object), use_na_sentinel=True)
        found = [self.labels.setdefault(first_tag(text), len(self.labels)) for text in texts]
        if (place < 0).any():
            found.append(self.labels.setdefault(UNKNOWN, len(self.labels)))
        return np.array(found, np.int64)[place] if found else np.zeros(0, np.int64)

    def category(self, rows: Rows) -> np.ndarray:
        """(rows,) codes."""
        if len(self.tags):
            return self.tags(rows.video)
        return np.full(len(rows), -1) if rows.tag is None else self.encode(rows.tag)

    def creator(self, rows: Rows) -> np.ndarray | None:
        if rows.creator is not None:
            return rows.creator
        return self.creators(rows.video) if len(self.creators) else None


class _Lookup:
    """Values by id, found by place where ids run 0, 1, 2, ... and by search where not."""

    def __init__(self, ids: np.ndarray | None = None, values: np.ndarray | None = None):
        ids = np.empty(0, np.int64) if ids is None else ids
        self.ids, first = np.unique(ids, return_index=True)
        self.values = np.empty(0) if values is None else values[first]
        self.dense = len(self.ids) > 0 and self.ids[0] == 0 and self.ids[-1] == len(self.ids) - 1

    def __len__(self) -> int:
        return len(self.ids)

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        place = ids if self.dense else np.searchsorted(self.ids, ids)
        place = np.clip(place, 0, len(self.ids) - 1)
        return np.where(self.ids[place] == ids, self.values[place], -1)


def first_tag(text: object) -> str:
    """The first of a video's tags, as text."""
    found = re.findall(r"[^\[\],\s][^\[\],]*", str(text))
    return found[0].strip().removesuffix(".0") if found else UNKNOWN


def _collects(path: Path, have: dict[str, str]) -> float | None:
    """Collections by play, platform-wide: the tables hold daily means, `counts` their number."""
    columns = ["collect_cnt", "play_cnt", *(["counts"] if "counts" in have else [])]
    saved = played = 0.0
    for part in read(path, columns):
        days = part["counts"].to_numpy(float, na_value=0) if "counts" in part else 1.0
        saved += float(np.nansum(part["collect_cnt"].to_numpy(float, na_value=0) * days))
        played += float(np.nansum(part["play_cnt"].to_numpy(float, na_value=0) * days))
    return saved / played if played else None
