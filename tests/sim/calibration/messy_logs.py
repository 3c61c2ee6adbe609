"""Logs as people really have them: columns of every kind, written in every way."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

MARKS = ("-1", "0", "999999999", "1e300", "inf", "-inf", "NaN", "", "1e-300", "9223372036854775808")
Column = Callable[[np.random.Generator, int], list]


def _ints(rng, n):
    return rng.integers(0, 30, n).tolist()


def _long(rng, n):
    return (7_123_456_789_012_345_678 + rng.integers(0, 30, n)).tolist()


IDS: dict[str, Column] = {
    "small": _ints,
    "long": _long,
    "long with blanks": lambda r, n: [v if i % 7 else None for i, v in enumerate(_long(r, n))],
    "negative": lambda r, n: [-v for v in _long(r, n)],
    "beyond 63 bits": lambda r, n: [str(2**63 + v) for v in _ints(r, n)],
    "zeros in front": lambda r, n: [f"{v:05d}" for v in _ints(r, n)],
    "floats": lambda r, n: [float(v) for v in _ints(r, n)],
    "rounded": lambda r, n: [f"{float(v):.15e}" for v in _long(r, n)],
    "words": lambda r, n: [f"u{v}" for v in _ints(r, n)],
    "one word": lambda r, n: ["abc", *map(str, _ints(r, n))][:n],
    "nothing": lambda r, n: [None] * n,
}


def _days(form: str) -> Column:
    def column(rng, n):
        days = pd.Timestamp("2024-03-09") + pd.to_timedelta(np.arange(n) * 4 // max(n, 1), "D")
        return list(days.strftime(form))

    return column


DATES: dict[str, Column] = {
    "iso": _days("%Y-%m-%d"),
    "iso and clock": _days("%Y-%m-%dT%H:%M:%SZ"),
    "compact": _days("%Y%m%d"),
    "day first": _days("%d/%m/%Y"),
    "month first": _days("%m/%d/%Y"),
    "Chinese": _days("%Y年%m月%d日"),
    "seconds": lambda r, n: [1_709_942_400 + 86_400 * (i * 4 // n) for i in range(n)],
    "milliseconds": lambda r, n: [1_709_942_400_000 + 86_400_000 * (i * 4 // n) for i in range(n)],
    "mixed": lambda r, n: [("2024-03-09", "13/03/2024", "20240311")[i % 3] for i in range(n)],
    "zero": lambda r, n: ["0000-00-00", *_days("%Y-%m-%d")(r, n)][:n],
    "far": lambda r, n: ["9999-12-31", *_days("%Y-%m-%d")(r, n)][:n],
    "sheet": lambda r, n: [45_000 + i * 4 // n for i in range(n)],
    "typed": lambda r, n: pd.to_datetime(_days("%Y-%m-%d")(r, n)).tolist(),
    "words": lambda r, n: ["yesterday"] * n,
}
FLAGS: dict[str, Column] = {
    "0 and 1": lambda r, n: r.integers(0, 2, n).tolist(),
    "bools": lambda r, n: (r.random(n) < 0.2).tolist(),
    "words": lambda r, n: [("yes", "no", "TRUE", "")[v] for v in r.integers(0, 4, n)],
    "floats": lambda r, n: [(0.0, 1.0, None)[v] for v in r.integers(0, 3, n)],
    "all": lambda r, n: [1] * n,
    "none": lambda r, n: [0] * n,
    "empty": lambda r, n: [None] * n,
    "marks": lambda r, n: [(0, 1, -1, 7, 1e300)[v] for v in r.integers(0, 5, n)],
    "maybe": lambda r, n: ["maybe"] * n,
}
CATEGORIES: dict[str, Column] = {
    "numbers": _ints,
    "Chinese": lambda r, n: [("美食", "搞笑", "游戏", "音乐")[v % 4] for v in _ints(r, n)],
    "lists": lambda r, n: [f"[{v}, 9]" for v in _ints(r, n)],
    "floats": lambda r, n: [float(v) if v else None for v in _ints(r, n)],
    "many": lambda r, n: [f"c{i}" for i in range(n)],
    "quoted": lambda r, n: ['a "b", c'] * n,
    "lines": lambda r, n: ["a\nb"] * n,
    "empty": lambda r, n: [None] * n,
}


def _watch(rng, n):
    return np.round(rng.exponential(12, n), 3)


def _numbers(plain: np.ndarray, mark: str, share: float, rng: np.random.Generator) -> list:
    some = rng.random(len(plain)) < share
    return [mark if here else float(v) for v, here in zip(plain, some, strict=True)]


NUMBERS = st.tuples(st.sampled_from(MARKS), st.sampled_from([0.05, 0.4, 1.0]))
WHOLE = {  # a log that nothing is wrong with
    "rows": 240, "user_id": "small", "item_id": "small", "creator": "small", "date": "iso",
    "like": "0 and 1", "hide": "0 and 1", "category": "numbers", "watch_s": ("", 0.0),
    "duration_s": ("", 0.0), "time_ms": None, "scale": 1.0, "drop": "", "end": "csv",
    "separator": ",", "encoding": "utf-8", "packed": "", "header": "", "line": "\n", "damage": "",
}  # fmt: skip
ODD = {  # and what may be
    "rows": st.sampled_from([0, 1, 40]),
    **{name: st.sampled_from(sorted(IDS)) for name in ("user_id", "item_id", "creator")},
    "date": st.sampled_from(sorted(DATES)),
    "like": st.sampled_from(sorted(FLAGS)),
    "hide": st.sampled_from(sorted(FLAGS)),
    "category": st.sampled_from(sorted(CATEGORIES)),
    "watch_s": NUMBERS,
    "duration_s": NUMBERS,
    "time_ms": NUMBERS,
    "scale": st.sampled_from([1000.0, 1e-3]),
    "drop": st.sampled_from(["creator", "like", "date", "watch_s"]),
    "end": st.sampled_from(["parquet", "parquet as text"]),
    "separator": st.sampled_from([";", "\t", "|"]),
    "encoding": st.sampled_from(
        ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5", "cp1252"]
    ),
    "packed": st.sampled_from(["gzip", "zip"]),
    "header": st.sampled_from(["typed", "capitals", "spaces", "twice", "none", "short"]),
    "line": st.sampled_from(["\r\n", "\r"]),
    "damage": st.sampled_from(["cut", "flipped", "quote", "ragged"]),
}
COLUMNS = ("user_id", "item_id", "creator", "date", "like", "hide", "category")


@st.composite
def messy(draw) -> dict:
    """The choices that make one log, up to five of them odd; `write` makes it."""
    odd = draw(st.lists(st.sampled_from(sorted(ODD)), max_size=5, unique=True))
    return {**WHOLE, "seed": draw(st.integers(0, 2**32 - 1)), **{n: draw(ODD[n]) for n in odd}}


def table(case: dict) -> pd.DataFrame:
    rng, n = np.random.default_rng(case["seed"]), case["rows"]
    out: dict[str, list] = {}
    for name in COLUMNS:
        out[name] = _kinds(name)[case[name]](rng, n)
    seconds = rng.uniform(20, 29, n) * case["scale"]
    out["watch_s"] = _numbers(_watch(rng, n), *case["watch_s"], rng)
    out["duration_s"] = _numbers(seconds, *case["duration_s"], rng)
    if case["time_ms"] is not None:
        moments = 1_709_942_400_000 + np.sort(rng.integers(0, 4 * 86_400_000, n))
        out["time_ms"] = _numbers(moments, *case["time_ms"], rng)
    out.pop(case["drop"], None)
    return pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in out.items()})


def _kinds(name: str) -> dict[str, Column]:
    return {"date": DATES, "like": FLAGS, "hide": FLAGS, "category": CATEGORIES}.get(name, IDS)


def write(case: dict, folder: Path) -> Path:
    """The log of a case as one file."""
    log = table(case)
    if case["end"] == "csv":
        path, data = folder / "log.csv", _text(log, case)
    else:
        path, data = folder / "log.parquet", _parquet(log, as_text="text" in case["end"])
    data = _damaged(data, case)
    if case["packed"] == "gzip":
        data = gzip.compress(data, mtime=0)
    elif case["packed"] == "zip":
        data = b"PK\x03\x04" + data
    path.write_bytes(data)
    return path


def _text(log: pd.DataFrame, case: dict) -> bytes:
    names = {
        "typed": [f"{c}:token" for c in log],
        "capitals": [c.upper() for c in log],
        "spaces": [f" {c}" for c in log],
        "twice": [*list(log)[:-1], next(iter(log))],
        "short": list(log)[:-1],
    }.get(case["header"], list(log))
    text = log.to_csv(index=False, sep=case["separator"], header=False, lineterminator=case["line"])
    head = "" if case["header"] == "none" else case["separator"].join(names) + case["line"]
    return (head + text).encode(case["encoding"], errors="replace")


def _parquet(log: pd.DataFrame, as_text: bool) -> bytes:
    columns = []
    for name in log:
        values = [None if v is None or v != v else v for v in log[name]]
        try:
            columns.append(pa.array(_words(values) if as_text else values))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            columns.append(pa.array(_words(values)))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(zip(log.columns, columns, strict=True))), sink)
    return sink.getvalue().to_pybytes()


def _words(values: list) -> list:
    return [None if v is None else str(v) for v in values]


def _damaged(data: bytes, case: dict) -> bytes:
    rng = np.random.default_rng(case["seed"] + 1)
    at = int(rng.integers(0, max(len(data), 1)))
    if case["damage"] == "cut":
        return data[:at]
    if case["damage"] == "flipped" and data:
        return data[:at] + bytes([data[at] ^ (1 << int(rng.integers(0, 8)))]) + data[at + 1 :]
    if case["damage"] == "quote":
        return data[:at] + b'"' + data[at:]
    if case["damage"] == "ragged":
        return data + b"1,2\n"
    return data
