"""What is known of a log's videos: category, creator, duration, from the tables beside the log."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa

from sim.calibration.cleaning import SHORT_VIDEO, SHORTEST, Rows
from sim.calibration.columns import categories, numbers
from sim.calibration.ids import NONE
from sim.calibration.ids import names as codes
from sim.calibration.layouts import ABOUT_VIDEOS
from sim.calibration.logs import LogFiles

UNKNOWN = "unknown"
NO_CATEGORY = -1
MANY = 1e12  # collections or plays that no video has
FIELDS = {"tag": NO_CATEGORY, "creator": NONE, "length": np.nan}  # ours: what says nothing


class VideoTable:
    """Looks up a video's category and creator: NO_CATEGORY and NONE where nothing is known."""

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}  # category: its code
        self.tags, self.creators, self.lengths = (_Lookup(missing=m) for m in FIELDS.values())
        self.files: dict[str, str] = {}  # ours: the file that says it
        self.extra_tags: float | None = None  # beyond the first, mean over videos
        self.collects_a_play: float | None = None

    @classmethod
    def of(cls, log: LogFiles) -> "VideoTable":
        table = cls()
        for path in log.videos:
            have = log.names[path]
            if "collect_cnt" in have and "play_cnt" in have:
                table.collects_a_play = _collects(log, path)
            if "video_id" in have:
                table._take(log, path)
        return table

    def _take(self, log: LogFiles, path: Path) -> None:
        """Read one table; what an earlier table said stands."""
        have = log.names[path]
        wanted: dict[str, str] = {}
        for theirs, ours in ABOUT_VIDEOS.items():
            if theirs in have and ours in FIELDS and ours not in self.files:
                wanted.setdefault(ours, theirs)
        parts: dict[str, list[np.ndarray]] = {name: [] for name in ("video", "more", *wanted)}
        for chunk in log.read(path, {"video": "video_id", **wanted}) if wanted else ():
            parts["video"].append(codes(chunk["video"], "video_id"))
            for name, theirs in wanted.items():
                values, more = self._narrow(name, theirs, chunk[name])
                parts[name].append(values)
                parts["more"] += [more] if more is not None else []
        whole = {name: np.concatenate(some) for name, some in parts.items() if some}
        for name in wanted if whole else ():
            self.files[name] = path.name
            place = {"tag": "tags", "creator": "creators", "length": "lengths"}[name]
            setattr(self, place, _Lookup(whole["video"], whole[name], FIELDS[name]))
        if "more" in whole and (whole["more"] >= 0).any():
            more = _Lookup(whole["video"], whole["more"], -1).values
            self.extra_tags = float(more[more >= 0].mean())

    def _narrow(self, name: str, theirs: str, column: pa.Array):
        """What a column says, and of tags how many more there are (-1: no tags)."""
        if name == "creator":
            return codes(column, theirs), None
        if name == "length":
            seconds = numbers(column, theirs) / 1000
            good = (seconds >= SHORTEST) & (seconds <= SHORT_VIDEO)
            return np.where(good, seconds, np.nan), None
        place, texts = categories(column, theirs)
        more = np.array([text.count(",") for text in texts] + [-1])[place]
        if pa.types.is_list(column.type):
            more = np.where(place < 0, -1, column.value_lengths().fill_null(0).to_numpy() - 1)
        return self.encode(place, texts), more

    def encode(self, place: np.ndarray, texts: list[str]) -> np.ndarray:
        """The code of each row's first tag; '39,43' and '[39, 43]' are 39, no tag is UNKNOWN."""
        tags = [first_tag(text) for text in texts] + ([UNKNOWN] if (place < 0).any() else [])
        found = [self.labels.setdefault(tag, len(self.labels)) for tag in tags]
        return np.array(found, np.int64)[place] if found else np.zeros(0, np.int64)

    def category(self, rows: Rows) -> np.ndarray:
        """(rows,) codes."""
        told = np.full(len(rows), NO_CATEGORY)
        if len(self.tags):
            told = self.tags(rows.video)
        if rows.tag is not None and (told == NO_CATEGORY).any():
            told = np.where(told == NO_CATEGORY, self.encode(rows.tag, rows.tags), told)
        return told

    def creator(self, rows: Rows) -> np.ndarray | None:
        if not len(self.creators):
            return rows.creator
        told = self.creators(rows.video)
        return told if rows.creator is None else np.where(rows.creator == NONE, told, rows.creator)


class _Lookup:
    """Values by id, found by place where ids run 0, 1, 2, ... and by search where not. What is
    said first of an id stands."""

    def __init__(self, ids: np.ndarray | None = None, values: np.ndarray | None = None, missing=-1):
        ids = np.empty(0, np.int64) if ids is None else ids
        values = np.empty(0, np.int64) if values is None else values
        said = (ids != NONE) & ~(
            np.isnan(values) if values.dtype.kind == "f" else values == missing
        )
        self.ids, first = np.unique(ids[said], return_index=True)
        self.values, self.missing = values[said][first], missing
        self.dense = len(self.ids) > 0 and self.ids[0] == 0 and self.ids[-1] == len(self.ids) - 1

    def __len__(self) -> int:
        return len(self.ids)

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        place = ids if self.dense else np.searchsorted(self.ids, ids)
        place = np.clip(place, 0, len(self.ids) - 1)
        return np.where(self.ids[place] == ids, self.values[place], self.missing)


def first_tag(text: object) -> str:
    """The first of a video's tags, as text."""
    found = re.findall(r"[^\[\],\s][^\[\],]*", str(text))
    return found[0].strip().removesuffix(".0") if found else UNKNOWN


def _collects(log: LogFiles, path: Path) -> float | None:
    """Collections by play, platform-wide: the tables hold daily means, `counts` their number."""
    names = {n: n for n in ("collect_cnt", "play_cnt", "counts") if n in log.names[path]}
    saved = played = 0.0
    for part in log.read(path, names):
        counts = {name: numbers(part[name], name) for name in names}
        good = np.ones(len(part["play_cnt"]), bool)
        for values in counts.values():
            good &= (values >= 0) & (values < MANY)
        days = counts.get("counts", np.ones(len(good)))[good]
        saved += float(counts["collect_cnt"][good] @ days)
        played += float(counts["play_cnt"][good] @ days)
    return saved / played if 0 <= saved <= played and played else None
