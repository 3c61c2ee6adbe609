"""Turns raw chunks of a log into rows worth counting, and says how many were dropped and why."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.calibration.logs import FLAGS, BadLog, Layout, Log, read
from sim.calibration.tally import Seen, mix

LONGEST = 6 * 3600.0  # s; a play that long is a device left on
SHORT_VIDEO = 3600.0  # s; a median duration above it is another unit
DAY = 86_400_000.0  # ms


@dataclass(frozen=True)
class Rows:
    """Columns of one chunk; those a log does not have are None."""

    viewer: np.ndarray  # int64
    video: np.ndarray  # int64
    creator: np.ndarray | None  # int64
    time: np.ndarray | None  # ms since 1970
    day: np.ndarray  # int64, days since 1970 where the viewers live
    hour: np.ndarray | None  # 0..23
    watch: np.ndarray  # seconds
    seconds: np.ndarray  # duration
    acts: dict[str, np.ndarray]  # bool
    tag: np.ndarray | None  # text or numbers
    random: np.ndarray  # bool: shown at random, not chosen

    def __len__(self) -> int:
        return len(self.watch)

    def where(self, keep: np.ndarray) -> "Rows":
        cut = {k: v[keep] for k, v in self.__dict__.items() if isinstance(v, np.ndarray)}
        return replace(self, acts={k: v[keep] for k, v in self.acts.items()}, **cut)


class Cleaner:
    """Reads a log's rows in chunks; `dropped` counts what was left out by the first reason."""

    def __init__(self, log: Log, utc_offset: float, *, twins: bool = True):
        self.log, self.utc_offset = log, utc_offset
        self.seen = Seen() if twins else None
        self.dropped: Counter[str] = Counter()
        self.read = 0

    def __iter__(self) -> Iterator[Rows]:
        for path in self.log.files:
            for frame in read(path, list(dict.fromkeys(self.log.columns.values()))):
                self.read += len(frame)
                yield self._clean(frame.rename(columns={v: k for k, v in self.log.columns.items()}))

    def _clean(self, raw: pd.DataFrame) -> Rows:
        layout = self.log.layout
        day = _days(raw, layout, self.utc_offset)
        keep = np.isfinite(day)
        for name in layout.needs:
            keep &= raw[name].notna().to_numpy()
        raw, day = self._drop("null", raw, day, keep)
        if layout.tab is not None and "tab" in raw:
            raw, day = self._drop("other_tab", raw, day, (raw["tab"] == layout.tab).to_numpy())
        rows = _rows(raw, day, layout, self.utc_offset)
        rows = self._without(rows, "negative_watch", rows.watch < 0)
        rows = self._without(rows, "negative_duration", rows.seconds < 0)
        rows = self._without(rows, "no_duration", rows.seconds == 0)
        rows = self._without(rows, "watched_over_6h", rows.watch > LONGEST)
        if self.seen is not None and len(rows):
            rows = self._without(rows, "duplicate", self.seen.again(_name(rows)))
        return rows

    def _drop(self, why: str, raw: pd.DataFrame, day: np.ndarray, keep: np.ndarray):
        self.dropped[why] += int((~keep).sum())
        return (raw, day) if keep.all() else (raw[keep], day[keep])

    def _without(self, rows: Rows, why: str, bad: np.ndarray) -> Rows:
        self.dropped[why] += int(bad.sum())
        return rows.where(~bad) if bad.any() else rows


def _name(rows: Rows) -> np.ndarray:
    """A play is one viewer, one video, one moment; without a clock, the same seconds too."""
    moment = rows.day if rows.time is None else rows.time
    more = [(rows.watch * 1000).astype(np.int64)] if rows.time is None else []
    return mix(rows.viewer, rows.video, moment.astype(np.int64), *more)


def _rows(raw: pd.DataFrame, day: np.ndarray, layout: Layout, utc_offset: float) -> Rows:
    time = _floats(raw, "time") * layout.tick if "time" in raw else None
    hour = None
    if "hourmin" in raw:
        hour = np.nan_to_num(_floats(raw, "hourmin")).astype(np.int64) // 100 % 24
    elif time is not None and np.isfinite(time).all():
        hour = ((time / 3.6e6 + utc_offset) % 24).astype(np.int64)
    return Rows(
        viewer=codes(raw["viewer"]),
        video=codes(raw["video"]),
        creator=codes(raw["creator"]) if "creator" in raw else None,
        time=None if time is None else np.nan_to_num(time),
        day=day.astype(np.int64),
        hour=hour,
        watch=_floats(raw, "watch") / layout.second,
        seconds=_floats(raw, "seconds") / layout.second,
        acts={act: _floats(raw, act) > 0 for act in FLAGS if act in raw},
        tag=raw["tag"].to_numpy() if "tag" in raw else None,
        random=_floats(raw, "random") > 0 if "random" in raw else np.zeros(len(raw), bool),
    )


def _floats(raw: pd.DataFrame, name: str) -> np.ndarray:
    try:
        return raw[name].to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        cure = "Write it as numbers."
        raise BadLog(f"{name} is a column of numbers", str(error), cure) from error


def codes(column: pd.Series) -> np.ndarray:
    """Names as int64: whole numbers as they are, anything else hashed."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(np.float64 if column.isna().any() else None, na_value=-1).astype(int)
    return pd.util.hash_array(column.astype(str).to_numpy(object)).view(np.int64)


def _days(raw: pd.DataFrame, layout: Layout, utc_offset: float) -> np.ndarray:
    """Days since 1970 as float, NaN where the row says no day."""
    if "date" not in raw:
        return np.floor((_floats(raw, "time") * layout.tick / 3.6e6 + utc_offset) / 24)
    place, dates = pd.factorize(raw["date"])
    text = pd.Series(dates).astype(str).str.replace(r"\.0$", "", regex=True)  # 20200705.0
    parsed = pd.to_datetime(text, errors="coerce", format="mixed", utc=True)
    days = np.floor((parsed - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(float)
    return np.append(days, np.nan)[place]  # factorize marks a missing date -1


def check_units(rows: np.ndarray, layout: Layout) -> None:
    """Seconds given for milliseconds, or the other way round; rows (n, 3): time, watch, seconds."""
    time, watch, seconds = rows.T
    length = float(np.median(seconds))
    column = layout.needs["seconds"]
    if length * layout.second < 1000 and layout.second > 1:
        raise BadLog(
            f"{column} is in milliseconds",
            f"a median of {length * layout.second:.4g}, a video of {length:.3g} s",
            "The column looks like seconds: multiply it by 1000, or use the plain layout with "
            f"--map {column}=duration_s {layout.needs['watch']}=watch_s.",
        )
    if length > SHORT_VIDEO:
        raise BadLog(
            f"{column} is in {'milliseconds' if layout.second > 1 else 'seconds'}",
            f"a median of {length * layout.second:.4g}, a video of {length / 3600:.3g} hours",
            "The column looks like a smaller unit: divide it by 1000.",
        )
    share = float(np.quantile(watch / seconds, 0.99))
    if not 0.02 < share < 100:
        raise BadLog(
            f"{layout.needs['watch']} and {column} are in one unit",
            f"plays of which 99 in 100 are below {share:.3g} of the duration",
            "One of the two is in seconds and the other in milliseconds: bring them to one.",
        )
    moment = float(np.nanmedian(time))
    if not np.isnan(moment) and not 1e11 < moment < 1e13:
        raise BadLog(
            f"{layout.may['time']} counts {'milliseconds' if layout.tick == 1 else 'seconds'} "
            "since 1970",
            f"a median of {moment / layout.tick:.4g}",
            "Multiply seconds by 1000, divide microseconds by 1000.",
        )
