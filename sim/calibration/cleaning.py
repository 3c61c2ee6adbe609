"""Turns raw chunks of a log into rows worth counting, and says how many were dropped and why."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sim.calibration.bins import LEAST_ROWS
from sim.calibration.columns import categories, flags, numbers
from sim.calibration.errors import BadLog
from sim.calibration.ids import NONE
from sim.calibration.ids import names as codes
from sim.calibration.layouts import FLAGS, IDS
from sim.calibration.logs import LogFiles
from sim.calibration.moments import NEVER, Clock, Moments
from sim.calibration.tally import Reservoir, Seen, mix

LONGEST = 6 * 3600.0  # s; a play that long is a device left on
SHORT_VIDEO = 3600.0  # s; no app of short videos takes a longer one, and the world has none
SHORTEST = 1.0  # s; the same at the other end
UNIT_ROWS = 50_000  # plays that show the units


@dataclass(frozen=True)
class Rows:
    """Columns of one chunk; those a log does not have are None."""

    viewer: np.ndarray  # int64
    video: np.ndarray  # int64
    creator: np.ndarray | None  # int64, NONE where not said
    time: np.ndarray | None  # what tells one moment from another, int64
    day: np.ndarray  # int64, days since 1970 where the viewers live, or the log's own numbers
    hour: np.ndarray | None  # 0..23, -1 where not said
    watch: np.ndarray  # seconds
    seconds: np.ndarray  # duration
    acts: dict[str, np.ndarray]  # bool
    tag: np.ndarray | None  # places in `tags`, -1 where not said
    random: np.ndarray  # bool: shown at random, not chosen
    tags: list[str]  # the categories of this chunk

    def __len__(self) -> int:
        return len(self.watch)

    def where(self, keep: np.ndarray) -> "Rows":
        cut = {k: v[keep] for k, v in self.__dict__.items() if isinstance(v, np.ndarray)}
        return replace(self, acts={k: v[keep] for k, v in self.acts.items()}, **cut)


class Cleaner:
    """Reads a log's rows in chunks; `dropped` counts what was left out by the first reason."""

    def __init__(
        self, log: LogFiles, utc_offset: float, *, twins: bool = True, clock: Clock | None = None
    ):
        self.log, self.clock = log, clock or Clock(log, utc_offset)
        self.seen = Seen() if twins else None
        self.units = Reservoir(1, UNIT_ROWS, 3, 0)  # time in ms, watch and duration in s
        self.dropped: Counter[str] = Counter()
        self.blank: Counter[str] = Counter()  # acts: rows that do not say
        self.worlds: set[str] = set()  # of a simulated log: seed and agent
        self.read = self.kept = 0

    def __iter__(self) -> Iterator[Rows]:
        for path in self.log.files:
            for raw in self.log.read(path, self.log.columns):
                self.read += len(raw["viewer"])
                yield self._clean(raw)

    def _clean(self, raw: dict[str, pa.Array]) -> Rows:
        layout, when = self.log.layout, self.clock.read(raw)
        rows, bad, silent = self._rows(raw, when)
        none = np.isnan(when.day) | (rows.viewer == NONE) | (rows.video == NONE)
        reasons = {"null": none | np.isnan(rows.watch) | np.isnan(rows.seconds)}
        if layout.tab is not None and "tab" in raw:
            reasons["other_tab"] = numbers(raw["tab"], "tab") != layout.tab
        if "ad" in raw:
            reasons["ad"] = flags(raw["ad"], "ad") == 1
        reasons |= {
            "bad_flag": bad,
            "negative_watch": rows.watch < 0,
            "negative_duration": rows.seconds < 0,
            "no_duration": rows.seconds == 0,
        }
        keep = self._count(reasons, np.ones(len(rows), bool))
        self._sample(rows, when, keep)
        limits = {
            "no_such_day": np.isinf(when.day),
            "day_out_of_range": ~self.clock.within(when.day),
            "date_not_that_of_time": when.apart,
            "watched_over_6h": rows.watch > LONGEST,
            "duration_over_1h": rows.seconds > SHORT_VIDEO,
            "duration_under_1s": rows.seconds < SHORTEST,
        }
        keep = self._count(limits, keep)
        self.kept += int(keep.sum())
        self.blank.update({act: int((empty & keep).sum()) for act, empty in silent.items()})
        rows = rows if keep.all() else rows.where(keep)
        if self.seen is not None and len(rows):
            again = self.seen.again(_name(rows))
            self.dropped["duplicate"] += int(again.sum())
            rows = rows.where(~again) if again.any() else rows
        return rows

    def _count(self, reasons: dict[str, np.ndarray], keep: np.ndarray) -> np.ndarray:
        """What is left once rows are dropped, each by the first of its reasons."""
        for why, bad in reasons.items():
            self.dropped[why] += int((bad & keep).sum())
            keep = keep & ~bad
        return keep

    def _sample(self, rows: Rows, when: Moments, keep: np.ndarray) -> None:
        since = np.full(len(rows), np.nan) if when.since is None else when.since
        some = (np.clip(c[keep], -1e30, 1e30) for c in (since, rows.watch, rows.seconds))
        self.units.add(np.zeros(int(keep.sum()), np.int64), *some)

    def _rows(self, raw: dict[str, pa.Array], when: Moments):
        """All rows, where a flag is neither yes nor no, and where each act is not said."""
        theirs, second = self.log.columns, self.log.layout.second
        said = {act: flags(raw[act], theirs[act]) for act in FLAGS if act in raw}
        bad = np.zeros(len(raw["viewer"]), bool)
        for values in said.values():
            bad |= values == -2
        random = flags(raw["random"], "is_rand") == 1 if "random" in raw else np.zeros_like(bad)
        place, tags = categories(raw["tag"], theirs["tag"]) if "tag" in raw else (None, [])
        ids = self._ids(raw)
        rows = Rows(
            viewer=ids["viewer"],
            video=ids["video"],
            creator=ids.get("creator"),
            time=when.time,
            day=np.where(self.clock.within(when.day), when.day, -1).astype(np.int64),
            hour=when.hour,
            watch=numbers(raw["watch"], theirs["watch"]) / second,
            seconds=numbers(raw["seconds"], theirs["seconds"]) / second,
            acts={act: values == 1 for act, values in said.items()},
            tag=place,
            random=random,
            tags=tags,
        )
        return rows, bad, {act: values == -1 for act, values in said.items()}

    def _ids(self, raw: dict[str, pa.Array]) -> dict[str, np.ndarray]:
        """Names of viewers, videos and creators; worlds of their own have names of their own."""
        theirs = self.log.columns
        out = {who: codes(raw[who], theirs[who]) for who in IDS & set(raw) - {"seed"}}
        worlds = [name for name in ("seed", "agent") if name in raw]
        if not worlds:
            return out
        places, texts = zip(*(categories(raw[name], name) for name in worlds), strict=True)
        pairs = np.unique(np.stack(places), axis=1).T
        self.worlds |= {
            ", ".join(t[i] if i >= 0 else "?" for t, i in zip(texts, pair, strict=True))
            for pair in pairs.tolist()
        }
        world = mix(*(codes(raw[name], name) for name in worlds)).view(np.int64)
        return {
            who: np.where(i == NONE, NONE, mix(i, world).view(np.int64)) for who, i in out.items()
        }


def _name(rows: Rows) -> np.ndarray:
    """A play is one viewer, one video, one moment; without a clock, one day and as many seconds."""
    watched = (rows.watch * 1000).astype(np.int64)
    if rows.time is None:
        return mix(rows.viewer, rows.video, rows.day, watched)
    said = rows.time != NEVER
    moment, more = np.where(said, rows.time, rows.day), np.where(said, -1, watched)
    return mix(rows.viewer, rows.video, moment, more)


def check_units(rows: np.ndarray, log: LogFiles) -> None:
    """Seconds given for milliseconds, or the other way round; rows (n, 3): time, watch, seconds."""
    layout, columns = log.layout, log.columns
    time, watch, seconds = rows.T
    length, column = float(np.median(seconds)), columns["seconds"]
    if length * layout.second < 1000 and layout.second > 1:
        raise BadLog(
            f"{column} is in milliseconds",
            f"a median of {length * layout.second:.4g}, a video of {length:.3g} s",
            "The column looks like seconds: multiply it by 1000, or use the plain layout with "
            f"--map {column}=duration_s {columns['watch']}=watch_s.",
        )
    if length < SHORTEST:
        raise BadLog(
            f"{column} is in seconds",
            f"a median of {length:.4g}",
            "The column looks like a larger unit: multiply minutes by 60.",
        )
    if length > SHORT_VIDEO:
        raise BadLog(
            f"{column} is in {'milliseconds' if layout.second > 1 else 'seconds'}",
            f"a median of {length * layout.second:.4g}, a video of {length / 3600:.3g} hours",
            "The column looks like a smaller unit: divide it by 1000.",
        )
    usual = (watch <= LONGEST) & (seconds <= SHORT_VIDEO) & (seconds >= SHORTEST)
    some = usual if usual.mean() > 0.5 else seconds > 0
    share = float(np.quantile(watch[some] / seconds[some], 0.99))
    if len(rows) >= LEAST_ROWS and not 0.02 < share < 100:
        raise BadLog(
            f"{columns['watch']} and {column} are in one unit",
            f"plays of which 99 in 100 are below {share:.3g} of the duration",
            "One of the two is in seconds and the other in milliseconds: bring them to one.",
        )
    said = time[np.isfinite(time)]
    if len(said) and not 1e11 < np.median(said) < 1e13:
        raise BadLog(
            f"{columns['time']} counts {'milliseconds' if layout.tick == 1 else 'seconds'} "
            "since 1970",
            f"a median of {np.median(said) / layout.tick:.4g}",
            "Multiply seconds by 1000, divide microseconds by 1000.",
        )
