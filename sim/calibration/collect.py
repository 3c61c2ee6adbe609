"""Walks once through a log for its days and once for the sums that a preset is fitted to."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

from sim.calibration import grips, habits
from sim.calibration.bins import LADDER, Bins, cells, of_log
from sim.calibration.cleaning import Cleaner, Rows, check_units
from sim.calibration.errors import BadLog
from sim.calibration.ids import NONE
from sim.calibration.layouts import FLAGS
from sim.calibration.logs import LogFiles
from sim.calibration.moments import Clock
from sim.calibration.tally import Reservoir, Tally, mix
from sim.calibration.videos import NO_CATEGORY, UNKNOWN, VideoTable
from sim.world.reactions import RATIO_EDGES
from sim.world.state import watched

FIT, HELD, RANDOM = range(3)  # parts of a log: fitted, kept for the check, shown at random
KEPT = 20_000  # rows kept for each duration bin and part
LABELS = 1 << 12  # categories that are told apart in a viewer's taste
COUNTS = (  # what is summed by part, duration bin and ratio bin
    "rows", "seconds", "finish", "quick_skip", "click", "long_view", "twice", *FLAGS,
    "positive", "negative", "like_and_follow", "like_and_comment", "like_and_long_view",
)  # fmt: skip
Progress = Callable[[str], None]


@dataclass
class Survey:
    """Which days a log has, which of them are kept for the check, and the bins of duration."""

    counts: bool = False  # its days are numbers of its own
    days: Counter[int] = field(default_factory=Counter)
    held: frozenset[int] = frozenset()  # the held-out days
    empty_days: int = 0
    lengths: dict[int, np.ndarray] = field(default_factory=dict)  # day: plays by cells of duration
    bins: Bins = field(default_factory=Bins)  # of the fitted days
    random: int = 0  # rows shown at random, which are no part of the days

    def add(self, rows: Rows) -> None:
        self.random += int(rows.random.sum())
        for day in np.unique(rows.day[~rows.random]).tolist():
            here = rows.seconds[(rows.day == day) & ~rows.random]
            self.days[day] += len(here)
            self.lengths[day] = self.lengths.get(day, np.zeros(len(LADDER) + 1)) + cells(here)

    def middle(self) -> int:
        """The day of the middle play."""
        days = sorted(self.days)
        plays = np.cumsum([self.days[day] for day in days])
        return days[int(np.searchsorted(plays, plays[-1] / 2))]

    def split(self, wanted: Collection[str] = ()) -> "Survey":
        """Keep the days asked for (ISO dates), else the last third of those that have rows."""
        days = sorted(self.days)
        if len(days) < 2:
            none = "rows shown at random alone" if self.random else "no usable row"
            got = f"{len(days)} day" if days else none
            cure = "Give a log of three days or more; see the dropped rows above."
            raise BadLog("a log needs two days, one to fit and one to check", got, cure)
        asked = {self._number(day) for day in wanted}
        if not asked < set(days):
            got = ", ".join(f"{self.name(d)}" for d in sorted(asked))
            cure = f"The log has rows on {', '.join(self.name(d) for d in days)}."
            raise BadLog("held-out days are some, and not all, of the log's", got, cure)
        self.held = frozenset(asked or days[-max(1, len(days) // 3) :])
        self.empty_days = days[-1] - days[0] + 1 - len(days)
        self.bins = of_log(sum((self.lengths[d] for d in self.of(FIT)), np.zeros(len(LADDER) + 1)))
        return self

    def of(self, part: int | None = None) -> list[int]:
        """The days of a part, or all, ascending."""
        return sorted(d for d in self.days if part is None or (d in self.held) == (part == HELD))

    def name(self, day: int) -> str:
        return f"day {day}" if self.counts else str(np.datetime64(day, "D"))

    def _number(self, day: str) -> int:
        try:
            return int(day) if self.counts else int(np.datetime64(day, "D").astype(int))
        except ValueError:
            rule = (
                "this log's days are numbers" if self.counts else "days are written as 2022-04-29"
            )
            raise BadLog(rule, day, "Mend --held-out.") from None


def survey(
    log: LogFiles, utc_offset: float, seed: int, progress: Progress, held: Collection[str] = (),
    clock: Clock | None = None,
) -> Survey:  # fmt: skip
    """The first walk: days, units and durations."""
    clock = clock or Clock(log, utc_offset)
    cleaner, found = Cleaner(log, utc_offset, twins=False, clock=clock), Survey(clock.counts)
    for rows in cleaner:
        found.add(rows)
        progress(f"days: {cleaner.read:,} rows")
    if len(cleaner.units.rows):
        check_units(cleaner.units.of(0), log)
    good, bad = sum(found.days.values()), _bad(cleaner.dropped)
    if bad > good:
        why = ", ".join(f"{n:,} {w}" for w, n in cleaner.dropped.items() if n)
        cure = "Mend the log."
        if clock.dates.odd:
            why += f", such as {clock.dates.odd}"
            cure = "Write dates as 2024-03-09, not as a spreadsheet's number of a day."
        raise BadLog("most rows of a log are usable", f"{good:,} usable, {why}", cure)
    if found.days:
        clock.narrow(found.middle())
        found.days = Counter({d: n for d, n in found.days.items() if clock.within(np.array(d))})
    return found.split(held)


def _bad(dropped: Counter[str]) -> int:
    return sum(n for why, n in dropped.items() if why not in ("other_tab", "ad"))


class Sums:
    """The sufficient statistics of a log, and a fair sample of its plays by duration."""

    def __init__(self, found: Survey, videos: VideoTable, seed: int):
        self.held, self.bins, self.videos = sorted(found.held), found.bins, videos
        self.counts = np.zeros((3, len(self.bins), len(RATIO_EDGES) + 1, len(COUNTS)))
        self.plays = Reservoir(3 * len(self.bins), KEPT, 2, seed)
        self.hours = np.zeros(24, np.int64)  # fitted days
        self.viewers = Tally([np.int32] * 4)  # plays and likes, on fitted days and on all
        self.shown = Tally(  # plays, likes, s, category: a video has one, its rows may differ
            [np.int32, np.int32, np.float64, np.int64], [np.add, np.add, np.add, np.maximum]
        )
        self.habits = Tally(  # by viewer and day: what is summed, the viewer, 1 on held-out days
            [np.float32] * habits.COLUMNS + [np.int64] * 2,
            [np.add] * habits.COLUMNS + [np.maximum] * 2,
        )
        self.grips = Tally(  # the same by video and day
            [np.float32] * grips.COLUMNS + [np.int64] * 2,
            [np.add] * grips.COLUMNS + [np.maximum] * 2,
        )
        self.creators = Tally([np.int32])
        self.tastes = Tally([np.int32])  # by viewer and category
        self.acts: set[str] = set()
        self.lost: Counter[str] = Counter()  # plays of videos of which it is not known

    def add(self, rows: Rows) -> None:
        part = np.where(rows.random, RANDOM, np.where(np.isin(rows.day, self.held), HELD, FIT))
        where = self.bins.of(rows.seconds)
        self.plays.add(part * len(self.bins) + where, rows.watch, rows.seconds)
        self._count(rows, part, where)
        chosen = part != RANDOM
        self._tally(rows.where(chosen), part[chosen] == FIT)

    def _count(self, rows: Rows, part: np.ndarray, where: np.ndarray) -> None:
        self.acts |= set(rows.acts)
        ratio = np.searchsorted(RATIO_EDGES, rows.watch / rows.seconds, side="right")
        cell = (part * len(self.bins) + where) * (len(RATIO_EDGES) + 1) + ratio
        for i, values in enumerate(_facts(rows)):
            sums = np.bincount(cell, values, minlength=self.counts[..., 0].size)
            self.counts[..., i] += sums.reshape(self.counts.shape[:-1])

    def _tally(self, rows: Rows, fitted: np.ndarray) -> None:
        one, like = np.ones(len(rows), np.int32), rows.acts.get("like", np.zeros(len(rows), bool))
        self.viewers.add(rows.viewer, fitted, like & fitted, one, like)
        ways, held = grips.columns(rows.watch, rows.seconds), (~fitted).astype(np.int64)
        viewer, video = (mix(who, rows.day).view(np.int64) for who in (rows.viewer, rows.video))
        self.habits.add(viewer, *ways[: habits.COLUMNS], rows.viewer, held)
        self.grips.add(video, *ways, rows.video, held)
        category = self.videos.category(rows)
        self.shown.add(rows.video, one, like, rows.seconds, category)
        known = category >= 0
        unsaid = self.videos.labels.get(UNKNOWN, NO_CATEGORY)
        self.lost["category"] += int((category == NO_CATEGORY).sum())
        self.lost["unknown"] += int((category == unsaid).sum()) if unsaid >= 0 else 0
        viewer = mix(rows.viewer[known]).view(np.int64) & ~np.int64(LABELS - 1)
        self.tastes.add(viewer | np.minimum(category[known], LABELS - 1), one[known])
        creator = self.videos.creator(rows)
        if creator is not None:
            self.lost["creator"] += int((creator == NONE).sum())
            self.creators.add(creator[creator != NONE], one[creator != NONE])
        if rows.hour is not None:
            self.lost["hour"] += int((rows.hour < 0).sum())
            self.hours += np.bincount(rows.hour[fitted & (rows.hour >= 0)], minlength=24)

    def habits_of(self, *parts: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """Viewers, and sums of `habits.columns` by viewer and day, over some of FIT and HELD."""
        return _of_parts(self.habits, parts)

    def grips_of(self, *parts: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """Videos, and sums of `grips.columns` by video and day."""
        return _of_parts(self.grips, parts)


def _of_parts(tally: Tally, parts: tuple[int, ...]) -> tuple[np.ndarray, list[np.ndarray]]:
    *sums, name, part = tally.columns
    here = np.isin(part, parts)
    return name[here], [column[here].astype(float) for column in sums]


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


def collect(log: LogFiles, cleaner: Cleaner, found: Survey, videos: VideoTable, seed: int,
            progress: Progress) -> Sums:  # fmt: skip
    """The second walk."""
    sums = Sums(found, videos, seed)
    for rows in cleaner:
        sums.add(rows)
        progress(f"counts: {cleaner.read:,} rows")
    sums.acts -= {act for act, empty in cleaner.blank.items() if empty >= cleaner.kept}
    for tally in (sums.viewers, sums.habits, sums.grips, sums.shown, sums.creators, sums.tastes):
        tally.settle()
    return sums
