"""When a row happened: its day and hour where the viewers live, and what tells moments apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sim.calibration.columns import numbers
from sim.calibration.dates import Dates
from sim.calibration.errors import BadLog
from sim.calibration.logs import LogFiles

FIRST, LAST = 7_305.0, 47_482.0  # days: 1990 to 2099; no log of an app lies outside
COUNTED = 36_500.0  # days that a log which counts its own may last
APART = 1_826.0  # days; what lies further from the middle of a log is a mark, not a date
NEVER = np.iinfo(np.int64).min  # the moment of a row that does not say


@dataclass(frozen=True)
class Moments:
    day: np.ndarray  # days since 1970, or the log's own; NaN where empty, inf where no day
    hour: np.ndarray | None  # 0..23, -1 where not said
    time: np.ndarray | None  # int64, NEVER where not said
    since: np.ndarray | None  # ms since 1970 as the log says it
    apart: np.ndarray  # its date and its moment are more than a day from each other


class Clock:
    """Reads days, hours and moments from a log's columns."""

    def __init__(self, log: LogFiles, utc_offset: float, order: str = ""):
        self.log, self.utc_offset = log, utc_offset
        self.dates = Dates(self._whole, utc_offset, order)
        self.counts = "date" not in log.columns and "day" in log.columns  # days from 0
        self.first, self.last = (0.0, COUNTED) if self.counts else (FIRST, LAST)

    def _whole(self) -> Iterator[pa.Array]:
        for path in self.log.files:
            for raw in self.log.read(path, {"date": self.log.columns["date"]}):
                yield raw["date"]

    def within(self, day: np.ndarray) -> np.ndarray:
        """Which days a log can have."""
        return (day >= self.first) & (day <= self.last)

    def narrow(self, middle: int) -> None:
        """From now on only days within five years of this one."""
        self.first, self.last = max(self.first, middle - APART), min(self.last, middle + APART)

    def read(self, raw: dict[str, pa.Array]) -> Moments:
        since = (
            numbers(raw["time"], self.log.columns["time"]) * self.log.layout.tick
            if "time" in raw
            else None
        )
        exact = None if since is None else self._days(since)
        hours, apart = exact, np.zeros(len(raw["viewer"]), bool)
        if "date" in raw:
            days = self.dates.days(raw["date"])
            if exact is not None:
                both = self.within(days) & self.within(exact)
                apart[both] = np.abs(np.floor(days[both]) - np.floor(exact[both])) > 1
            if exact is None and (days[np.isfinite(days)] % 1 != 0).any():
                hours = days  # its dates tell the time of day; how exactly, they do not
        elif self.counts:
            days = self._counted(raw)
        else:
            assert exact is not None
            days = exact
        moment = self._time(raw, exact)
        return Moments(np.floor(days), self._hour(raw, hours), moment, since, apart)

    def _days(self, since: np.ndarray) -> np.ndarray:
        """Of ms since 1970, NaN where that is no moment."""
        return (since / 3.6e6 + self.utc_offset) / 24

    def _counted(self, raw: dict[str, pa.Array]) -> np.ndarray:
        days = numbers(raw["day"], "day")
        good = days[np.isfinite(days)]
        if len(good) and np.median(good) > COUNTED:
            got = f"a median of {np.median(good):.0f}"
            raise BadLog("day counts days from 0", got, "Name a date so: --map day=date.")
        return days

    def _hour(self, raw: dict[str, pa.Array], exact: np.ndarray | None) -> np.ndarray | None:
        if "hourmin" in raw:
            hours = numbers(raw["hourmin"], "hourmin") / 100
        elif "hour" in raw:
            hours = numbers(raw["hour"], "hour")
        elif exact is not None:
            hours = np.where(self.within(exact), exact, np.nan) % 1 * 24
        else:
            return None
        good = (hours >= 0) & (hours < 24)
        return np.where(good, hours, -1).astype(np.int64)

    def _time(self, raw: dict[str, pa.Array], exact: np.ndarray | None) -> np.ndarray | None:
        if "step" in raw and "slot" in raw:
            day, step, slot = (numbers(raw[n], n) for n in ("day", "step", "slot"))
            moment = (day * 1e5 + step) * 1e4 + slot
            good = np.abs(moment) < 2**53
        elif exact is not None:
            moment, good = exact * 86_400_000.0, self.within(exact)
        else:
            return None
        return np.where(good, np.rint(np.where(good, moment, 0)), NEVER).astype(np.int64)
