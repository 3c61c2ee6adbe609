"""Walks once through a log for its days and once for the sums that a preset is fitted to."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

from sim.calibration.cleaning import Cleaner, Rows, check_units
from sim.calibration.logs import FLAGS, BadLog, Log
from sim.calibration.mixture import BINS, bin_of
from sim.calibration.tally import Reservoir, Tally, mix
from sim.calibration.videos import VideoTable
from sim.world.state import watched

FIT, HELD, RANDOM = range(3)  # parts of a log: fitted, kept for the check, shown at random
RATIOS = (0.1, 0.5, 1.0, 2.0)  # watch ratio, upper ends of the reaction bins
KEPT = 20_000  # rows kept for each duration bin and part
COUNTS = (  # what is summed by part, duration bin and ratio bin
    "rows", "seconds", "finish", "quick_skip", "click", "long_view", "twice", *FLAGS,
    "positive", "negative", "like_and_follow", "like_and_comment", "like_and_long_view",
)  # fmt: skip
Progress = Callable[[str], None]


@dataclass
class Survey:
    """Which days a log has, and which of them are kept for the check."""

    days: Counter[int] = field(default_factory=Counter)
    held: frozenset[int] = frozenset()  # the held-out days
    empty_days: int = 0

    def split(self, wanted: Collection[str] = ()) -> "Survey":
        """Keep the days asked for (ISO dates), else the last third of those that have rows."""
        days = sorted(self.days)
        if len(days) < 2:
            got = f"{len(days)} day" if days else "no usable row"
            cure = "Give a log of three days or more; see the dropped rows above."
            raise BadLog("a log needs two days, one to fit and one to check", got, cure)
        asked = {_day_number(day) for day in wanted}
        if not asked < set(days):
            got = ", ".join(f"{_date(d)}" for d in sorted(asked))
            cure = f"The log has rows on {', '.join(_date(d) for d in days)}."
            raise BadLog("held-out days are some, and not all, of the log's", got, cure)
        self.held = frozenset(asked or days[-max(1, len(days) // 3) :])
        self.empty_days = days[-1] - days[0] + 1 - len(days)
        return self

    def of(self, part: int | None = None) -> list[int]:
        """The days of a part, or all, ascending."""
        return sorted(d for d in self.days if part is None or (d in self.held) == (part == HELD))


def _day_number(day: str) -> int:
    try:
        return int(np.datetime64(day, "D").astype(int))
    except ValueError:
        raise BadLog("days are written as 2022-04-29", day, "Mend --held-out.") from None


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def survey(
    log: Log, utc_offset: float, seed: int, progress: Progress, held: Collection[str] = ()
) -> Survey:
    """The first walk: days and units."""
    cleaner, found = Cleaner(log, utc_offset, twins=False), Survey()
    sample = Reservoir(1, 50_000, 3, seed)
    for rows in cleaner:
        time = np.full(len(rows), np.nan) if rows.time is None else rows.time
        sample.add(np.zeros(len(rows), np.int64), time, rows.watch, rows.seconds)
        found.days.update(dict(zip(*_count(rows.day[~rows.random]), strict=True)))
        progress(f"days: {cleaner.read:,} rows")
    if len(sample.rows):
        check_units(sample.of(0), log.layout)
    good, bad = len(sample.rows) and sum(found.days.values()), _bad(cleaner.dropped)
    if bad > good:
        why = ", ".join(f"{n:,} {w}" for w, n in cleaner.dropped.items() if n)
        raise BadLog("most rows of a log are usable", f"{good:,} usable, {why}", "Mend the log.")
    return found.split(held)


def _bad(dropped: Counter[str]) -> int:
    return sum(n for why, n in dropped.items() if why != "other_tab")


def _count(values: np.ndarray) -> tuple[list[int], list[int]]:
    names, counts = np.unique(values, return_counts=True)
    return names.tolist(), counts.tolist()


class Sums:
    """The sufficient statistics of a log, and a fair sample of its plays by duration."""

    def __init__(self, held: Collection[int], videos: VideoTable, seed: int):
        self.held, self.videos = sorted(held), videos
        self.counts = np.zeros((3, BINS, len(RATIOS) + 1, len(COUNTS)))
        self.plays = Reservoir(3 * BINS, KEPT, 2, seed)
        self.hours = np.zeros(24, np.int64)  # fitted days
        self.viewers = Tally([np.int32] * 4)  # plays and likes, on fitted days and on all
        self.shown = Tally([np.int32, np.int32, np.float64, np.int64])  # plays, likes, s, category
        self.creators = Tally([np.int32])
        self.tastes = Tally([np.int32])  # by viewer and category
        self.acts: set[str] = set()

    def add(self, rows: Rows) -> None:
        part = np.where(rows.random, RANDOM, np.where(np.isin(rows.day, self.held), HELD, FIT))
        where = bin_of(rows.seconds)
        self.plays.add(part * BINS + where, rows.watch, rows.seconds)
        self._count(rows, part, where)
        chosen = part != RANDOM
        self._tally(rows.where(chosen), part[chosen] == FIT)

    def _count(self, rows: Rows, part: np.ndarray, where: np.ndarray) -> None:
        self.acts |= set(rows.acts)
        ratio = np.searchsorted(RATIOS, rows.watch / rows.seconds, side="right")
        cell = (part * BINS + where) * (len(RATIOS) + 1) + ratio
        for i, values in enumerate(_facts(rows)):
            sums = np.bincount(cell, values, minlength=self.counts[..., 0].size)
            self.counts[..., i] += sums.reshape(self.counts.shape[:-1])

    def _tally(self, rows: Rows, fitted: np.ndarray) -> None:
        one, like = np.ones(len(rows), np.int32), rows.acts.get("like", np.zeros(len(rows), bool))
        self.viewers.add(rows.viewer, fitted, like & fitted, one, like)
        category = self.videos.category(rows)
        self.shown.add(rows.video, one, like, rows.seconds, category)
        creator = self.videos.creator(rows)
        if creator is not None:
            self.creators.add(creator[creator != -1], one[creator != -1])
        if (category >= 0).any():
            viewer = mix(rows.viewer).view(np.int64) & ~np.int64(63)
            self.tastes.add(viewer | np.clip(category, 0, 63), one)
        if rows.hour is not None:
            self.hours += np.bincount(rows.hour[fitted], minlength=24)


def _facts(rows: Rows) -> list[np.ndarray]:
    """One array for each of COUNTS."""
    no = np.zeros(len(rows), bool)
    act = {name: rows.acts.get(name, no) for name in FLAGS}
    both = rows.watch, rows.seconds
    finish, long_view = watched.finished(*both), watched.long_view(*both)
    positive = act["like"] | act["comment"] | act["share"] | act["follow"] | act["collect"]
    shares = [finish, watched.quick_skip(rows.watch), watched.clicked(*both), long_view]
    shares.append(watched.again(*both))
    joint = [act["like"] & other for other in (act["follow"], act["comment"], long_view)]
    return [~no, rows.watch, *shares, *act.values(), positive, act["hide"], *joint]


def collect(log: Log, cleaner: Cleaner, found: Survey, videos: VideoTable, seed: int,
            progress: Progress) -> Sums:  # fmt: skip
    """The second walk."""
    sums = Sums(found.held, videos, seed)
    for rows in cleaner:
        sums.add(rows)
        progress(f"counts: {cleaner.read:,} rows")
    for tally in (sums.viewers, sums.shown, sums.creators, sums.tastes):
        tally.settle()
    return sums
