"""Reads a column of dates in one order for the whole column, found from all of it, or refuses.

The year may come first (2024-03-09, 20240309, 2023年11月08日) or last (09/03/2024), the month may
be a word, or the column may count seconds, milliseconds, microseconds or nanoseconds since 1970;
a time of day may follow. Two of these in one column have no common order.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.calibration.calendar import NO_DAY, Parts, clock_of, day_of
from sim.calibration.columns import numbers, plain
from sim.calibration.errors import BadLog

REST = r"(?P<rest>(?:\D.*)?)$"
YEAR_FIRST = (
    r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*" + REST,
    r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<rest>[T _].*)$",
)
YEAR_LAST = r"^(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<y>\d{4})" + REST
BY_NAME = (
    r"^(?:[A-Za-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s/.]+(?P<word>[A-Za-z]{3,9})\.?,?"
    r"[-\s/.]+(?P<y>\d{4})" + REST,
    r"^(?:[A-Za-z]{3,9},?\s+)?(?P<word>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<y>\d{4})" + REST,
)
NUMBER = r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNITS = {"seconds": 1e0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
SINCE, UNTIL = 1e9, 1.9e9  # s since 1970 that may be a moment: September 2001 to March 2030
ORDERS = {"day": "the day first", "month": "the month first"}
READ = "2024-03-09, 20240309, 2024年3月9日, 09/03/2024, 9 March 2024 or a number since 1970"


class Dates:
    """The dates of one log. `whole` hands out the column again from its beginning."""

    def __init__(self, whole: Callable[[], Iterable[pa.Array]], utc_offset: float, order: str = ""):
        self.whole, self.utc_offset = whole, utc_offset
        self.given, self.order = order, ""  # "day" or "month": which of the two is first
        self.forms: dict[str, str] = {}  # form: an example
        self.zones: dict[str, str] = {}  # whether a time says its zone: an example
        self.odd = ""  # a number that is no date

    def days(self, column: pa.Array) -> np.ndarray:
        """(rows,) days since 1970 where the viewers live, the time of day as their part; NaN where
        empty, NO_DAY where there is no such day. Raises BadLog for text that is no date."""
        column = plain(column)
        kind = column.type
        if pa.types.is_date(kind):
            day = column.cast(pa.date32()).cast(pa.int32())
            return day.cast(pa.float64()).to_numpy(zero_copy_only=False)
        if pa.types.is_timestamp(kind):
            return self._stamps(column)
        if not pa.types.is_string(kind):
            return self._numbers(numbers(column, "date"))
        kinds = pc.utf8_trim_whitespace(column).dictionary_encode()
        found = np.append(self._texts(kinds.dictionary), np.nan)
        return found[kinds.indices.fill_null(-1).to_numpy(zero_copy_only=False)]

    def _stamps(self, column: pa.Array) -> np.ndarray:
        kind = column.type
        unit = {"s": 1e0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        ticks = column.cast(pa.int64()).cast(pa.float64(), safe=False)
        seconds = ticks.to_numpy(zero_copy_only=False) / unit
        return (seconds + (0 if kind.tz is None else 3600 * self.utc_offset)) / 86400

    def _numbers(self, values: np.ndarray) -> np.ndarray:
        out = np.where(np.isnan(values), np.nan, NO_DAY)
        for digits in (0, 4, 6):  # 20240309, and with hours and minutes, and with seconds behind
            scale = 10.0**digits
            with np.errstate(invalid="ignore"):
                here = (values >= 19000101 * scale) & (values < 21000000 * scale)
            if here.any():
                day, clock = np.divmod(values[here], scale)
                out[here] = day_of(day // 10000, day // 100 % 100, day % 100) + clock_of(
                    clock, digits
                )
                self._saw("the year first", f"{values[here][0]:.0f}")
        for unit, scale in UNITS.items():
            with np.errstate(invalid="ignore"):
                here = (values >= SINCE * scale) & (values < UNTIL * scale)
            if here.any():
                out[here] = (values[here] / scale / 3600 + self.utc_offset) / 24
                self._saw(f"{unit} since 1970", f"{values[here][0]:.0f}")
        if (out == NO_DAY).any():
            self.odd = f"{values[out == NO_DAY][0]:g}"
        return out

    def _texts(self, texts: pa.Array) -> np.ndarray:
        """Of different texts (n,)."""
        try:  # most columns
            days = self._stamps(texts.cast(pa.timestamp("us")))
            if len(days):
                self._saw("the year first", texts[0].as_py())
            return days
        except pa.ArrowInvalid:
            pass
        out = np.full(len(texts), np.nan)
        left = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
        for take in (self._year_first, self._numeric, self._year_last, self._by_name):
            place = np.flatnonzero(left)
            if len(place):
                good, days = take(texts.take(pa.array(place)))
                out[place[good]] = days
                left[place[good]] = False
        if left.any():
            got = texts[int(np.flatnonzero(left)[0])].as_py()[:60]
            raise BadLog(f"dates are written as {READ}", got, "Write them as 2024-03-09.")
        return out

    def _year_first(self, texts: pa.Array):
        return self._of(texts, YEAR_FIRST, "the year first", lambda part: part("m"))

    def _by_name(self, texts: pa.Array):
        def month(part):
            words = [word[:3].lower() for word in part("word", str)]
            return np.array([1 + MONTHS.index(w) if w in MONTHS else 0 for w in words], float)

        return self._of(texts, BY_NAME, "the month as a word", month)

    def _numeric(self, texts: pa.Array):
        good = pc.match_substring_regex(texts, NUMBER).to_numpy(zero_copy_only=False)
        values = texts.filter(pa.array(good)).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return good, self._numbers(values)

    def _year_last(self, texts: pa.Array):
        if not self.order and pc.any(pc.match_substring_regex(texts, YEAR_LAST)).as_py():
            self.order = self._found()
        pattern = YEAR_LAST.replace("<a>", "<d>").replace("<b>", "<m>")
        if self.order == "month":
            pattern = YEAR_LAST.replace("<a>", "<m>").replace("<b>", "<d>")
        return self._of(texts, (pattern,), "the year last", lambda part: part("m"))

    def _of(self, texts: pa.Array, patterns: tuple[str, ...], form: str, month: Callable):
        """Which texts have one of these forms, and the days of those."""
        out, good = np.full(len(texts), np.nan), np.zeros(len(texts), bool)
        for pattern in patterns:
            found = pc.extract_regex(texts, pattern)
            place = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False) & ~good)
            if not len(place):
                continue
            part = Parts(found.take(pa.array(place)))
            months, day = month(part), part("d")
            days = day_of(part("y"), months, day) + part.clock(self.utc_offset)
            out[place], good[place] = days, ~np.isnan(days)  # NaN: what follows is no time of day
            for i in np.flatnonzero(np.isfinite(days))[:1]:
                self._saw(form, texts[int(place[i])].as_py())
            for i in np.flatnonzero((months > 12) & (months <= 31) & (day > 0) & (day <= 12))[:1]:
                self._saw("the day before the month", texts[int(place[i])].as_py())
            for zoned, words in ((0, "without a time zone"), (1, "with one")):
                for i in np.flatnonzero((part.zoned == zoned) & np.isfinite(days))[:1]:
                    self._zone(words, texts[int(place[i])].as_py())
        return good, out[good]

    def _found(self) -> str:
        """Which of day and month comes first in 09/03/2024, by all values of the column."""
        first: dict[str, str] = {}
        either = ""
        for column in self.whole():
            texts = pc.utf8_trim_whitespace(plain(column)).dictionary_encode().dictionary
            found = pc.extract_regex(texts, YEAR_LAST)
            place = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
            part = Parts(found.take(pa.array(place)))
            a, b = part("a"), part("b")
            is_day = {"day": (a > 12) & (a <= 31), "month": (b > 12) & (b <= 31)}
            is_month = {"day": (b > 0) & (b <= 12), "month": (a > 0) & (a <= 12)}
            for order in ORDERS:
                for i in np.flatnonzero(is_day[order] & is_month[order])[:1]:
                    first.setdefault(order, texts[int(place[i])].as_py())
            for i in np.flatnonzero((a != b) & (a <= 12) & (b <= 12))[:1]:
                either = either or texts[int(place[i])].as_py()
        return self._decided(first, either)

    def _decided(self, first: dict[str, str], either: str) -> str:
        if len(first) == 2 or (self.given and set(first) - {self.given}):
            got = " and ".join(f"{text}, {ORDERS[order]}" for order, text in first.items())
            raise BadLog(
                "dates have one order for the whole column",
                got + (f", where {ORDERS[self.given]} was asked for" if self.given else ""),
                "Write them as 2024-03-09.",
            )
        if either and not first and not self.given:
            cure = "Say --date-order day or --date-order month, or write them as 2024-03-09."
            raise BadLog("some date shows which of day and month is first", either, cure)
        return self.given or next(iter(first), "day")

    def _zone(self, words: str, example: str) -> None:
        self.zones.setdefault(words, example)
        if len(self.zones) > 1:
            got = " and ".join(f"{text}, {words}" for words, text in self.zones.items())
            cure = "Write them all with a zone, or all where the viewers live."
            raise BadLog("all times of a column say their time zone, or none", got, cure)

    def _saw(self, form: str, example: str) -> None:
        self.forms.setdefault(form, example)
        if len(self.forms) > 1:
            got = " and ".join(f"{text}, {form}" for form, text in self.forms.items())
            rule = "dates have one order for the whole column"
            raise BadLog(rule, got, "Write them all as 2024-03-09.")
