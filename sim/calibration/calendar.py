"""The calendar and the clock: parts of dates that were matched in text, as days since 1970."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NO_DAY = np.inf  # of a value that is there and is no day: 31 April, 0000-00-00, -1
TIMES = (
    r"^日?[Tt\s,_]*(?P<before>上午|下午)?\s*(?P<h>\d{1,2})[:：时點点]\s*(?P<mi>\d{0,2})[:：分]?\s*"
    r"(?P<s>\d{0,2}(?:[.,]\d+)?)秒?\s*(?P<after>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>Z|z|UTC|GMT|[+-]\d{1,2}:?(?:\d{2})?)?$",
    r"^[T\s_](?P<before>)(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{0,2}(?:\.\d+)?)(?P<after>)"
    r"(?P<zone>Z|[+-]\d{2}:?(?:\d{2})?)?$",
)
WEEKDAY = r"周.|星期.|[(（]\S+[)）]|(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
NO_TIME = rf"^日?[\s,]*(?:{WEEKDAY})?\s*$"


class Parts:
    """The parts of texts that match a pattern, as numbers."""

    def __init__(self, found: pa.StructArray):
        self.found = found

    def __call__(self, name: str, kind: type = float) -> np.ndarray:
        texts = self.found.field(name).to_numpy(zero_copy_only=False)
        return texts if kind is str else texts.astype(float)

    def clock(self, utc_offset: float) -> np.ndarray:
        """Days to add for the time behind a date: NaN where what follows is no time. `zoned` then
        says whether that time names its zone: 1 does, 0 does not, -1 no time is there."""
        rest, self.zoned = self.found.field("rest"), np.full(len(self.found), -1)
        out = np.where(
            pc.match_substring_regex(rest, NO_TIME).to_numpy(zero_copy_only=False), 0, np.nan
        )
        for pattern in TIMES:
            found = pc.extract_regex(rest, pattern)
            place = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False) & np.isnan(out))
            if len(place):
                part = Parts(found.take(pa.array(place)))
                out[place] = _ofday_of(part, utc_offset)
                self.zoned[place] = part("zone", str) != ""
        return out


def _ofday_of(part: Parts, utc_offset: float) -> np.ndarray:
    hours, minutes, seconds = (
        np.array([float(t.replace(",", ".") or 0) for t in part(name, str)])
        for name in ("h", "mi", "s")
    )
    half = np.char.add(part("before", str).astype(str), part("after", str).astype(str))
    late = np.array([h.startswith(("下午", "p", "P")) for h in half])
    early = np.array([h.startswith(("上午", "a", "A")) for h in half])
    hours = hours + 12 * (late & (hours < 12)) - 12 * (early & (hours == 12))
    zone = np.array([_ahead(z, utc_offset) for z in part("zone", str)])
    out = (hours + minutes / 60 + seconds / 3600 + zone) / 24
    return np.where((hours < 25) & (minutes < 60) & (seconds < 61), out, np.nan)


def _ahead(zone: str, utc_offset: float) -> float:
    """Hours to add so that a time in a zone is one where the viewers live; none where unsaid."""
    if not zone:
        return 0.0
    digits = zone[1:].replace(":", "")
    if not digits.isdigit():
        return utc_offset
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    return utc_offset - (1 if zone[0] == "+" else -1) * (hours + minutes / 60)


def day_of(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since 1970 of the calendar, NO_DAY where there is no such day."""
    first = np.array((year - 1970) * 12 + np.clip(month, 1, 12) - 1, np.int64)
    begins, ends = (
        (first + after).astype("datetime64[M]").astype("datetime64[D]").astype(float)
        for after in (0, 1)
    )
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= ends - begins) & (year > 0)
    return np.where(good, begins + day - 1, NO_DAY)


def clock_of(digits: np.ndarray, n: int) -> np.ndarray:
    """Part of a day of HHMM or HHMMSS."""
    if not n:
        return np.zeros(len(digits))
    digits = digits if n == 6 else digits * 100
    hours, minutes, seconds = digits // 10000, digits // 100 % 100, digits % 100
    out = (hours + minutes / 60 + seconds / 3600) / 24
    return np.where((hours < 24) & (minutes < 60) & (seconds < 61), out, NO_DAY)
