"""Finds a user's log, names its columns and reads it in chunks, whatever its layout."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from sim.presets.errors import BadInput

ROWS = 1 << 18  # a Parquet chunk
BLOCK = 1 << 24  # bytes of a CSV chunk
FLAGS = {  # ours: theirs
    "like": "is_like",
    "comment": "is_comment",
    "share": "is_forward",
    "follow": "is_follow",
    "collect": "is_collect",
    "hide": "is_hate",
}
NOT_NUMBERS = {"user_id", "video_id", "item_id", "date", "time", "tag", "feat", "category"}
NOT_NUMBERS |= {"creator", "author_id"}


class BadLog(BadInput):
    """A log that cannot be used: the rule, the value got, the likely cure."""

    def __init__(self, rule: str, got: str, cure: str):
        super().__init__(rule, got, cure)
        self.rule, self.got, self.cure = rule, got, cure


@dataclass(frozen=True)
class Layout:
    """What a kind of log calls its columns."""

    name: str
    needs: Mapping[str, str]  # ours: theirs
    may: Mapping[str, str]
    second: float  # how many of the log's units make a second
    tab: int | None = None  # the scenario kept: kuaishou's single-column autoplay feed is 1
    when: tuple[str, ...] = ("time_ms", "date")  # of these columns at least one
    tick: float = 1.0  # milliseconds in the log's unit of time


COMMON = {"hourmin": "hourmin", "random": "is_rand", "tab": "tab"}
LAYOUTS = (
    Layout(
        "KuaiRand",
        {
            "viewer": "user_id",
            "video": "video_id",
            "watch": "play_time_ms",
            "seconds": "duration_ms",
        },
        {"time": "time_ms", "date": "date", "creator": "author_id", "tag": "tag"} | COMMON | FLAGS,
        second=1000.0,
        tab=1,
    ),
    Layout(
        "KuaiRec",
        {
            "viewer": "user_id",
            "video": "video_id",
            "watch": "play_duration",
            "seconds": "video_duration",
        },
        {"time": "timestamp", "date": "date"},
        second=1000.0,
        when=("timestamp", "date"),
        tick=1000.0,
    ),
    Layout(
        "table",
        {"viewer": "user_id", "video": "item_id", "watch": "watch_s", "seconds": "duration_s"},
        {"time": "time_ms", "date": "date", "creator": "creator", "tag": "category"}
        | COMMON
        | {name: name for name in FLAGS},
        second=1.0,
    ),
)


@dataclass(frozen=True)
class Log:
    """A log that was found: its layout, its files and the tables of videos beside them."""

    layout: Layout
    files: tuple[Path, ...]
    source: str
    columns: Mapping[str, str]  # ours: as the files call them
    videos: tuple[Path, ...] = ()
    notes: tuple[str, ...] = field(default=())


def find(where: Path, renamed: Mapping[str, str]) -> Log:
    """The log in a folder (or its data/ folder) or a single file; `renamed` is theirs: ours."""
    if not where.exists():
        raise BadLog(
            "--log names a folder or a file", f"{where}, which does not exist", "Check it."
        )
    tables = {path: names(path, renamed) for path in _tables(where)}
    if not tables:
        cure = "Unpack the download and name the folder that holds its data."
        raise BadLog("a log is .parquet or .csv", f"no such file in {where}", cure)
    for layout in LAYOUTS:
        files = tuple(p for p, have in tables.items() if _fits(layout, have))
        if files:
            return _log(layout, files, tables, renamed)
    raise _missing(tables)


def _tables(where: Path) -> list[Path]:
    if where.is_file():
        return [where]
    inside = [where, where / "data", *sorted(p / "data" for p in where.iterdir() if p.is_dir())]
    for folder in filter(Path.is_dir, inside):
        found = sorted(
            p for p in folder.iterdir() if re.search(r"\.(csv|csv\.gz|parquet)$", p.name)
        )
        if found:
            return found
    return []


def names(path: Path, renamed: Mapping[str, str]) -> dict[str, str]:
    """Columns of a file, as the layouts know them: as the file calls them."""
    try:
        if path.suffix == ".parquet":
            have = pq.read_schema(path).names
        else:
            with csv.open_csv(path, read_options=csv.ReadOptions(block_size=1 << 20)) as reader:
                have = reader.schema.names
    except pa.ArrowInvalid as error:
        cure = "Write it again, with a header line."
        raise BadLog("a log is a readable table", f"{path.name}: {error}", cure) from error
    out = {renamed.get(name, name): name for name in have}
    if "watch_s" in out and "video_id" in out:
        out.setdefault("item_id", out["video_id"])
    return out


def _fits(layout: Layout, have: Mapping[str, str]) -> bool:
    return set(layout.needs.values()) <= set(have) and any(w in have for w in layout.when)


def _missing(tables: Mapping[Path, Mapping[str, str]]) -> BadLog:
    """Say what the nearest layout lacks in the nearest file."""

    def lack(layout: Layout, have: Mapping[str, str]) -> list[str]:
        gaps = [n for n in layout.needs.values() if n not in have]
        return gaps + ([] if any(w in have for w in layout.when) else [" or ".join(layout.when)])

    pairs = [
        (lack(layout, have), layout, path) for path, have in tables.items() for layout in LAYOUTS
    ]
    gaps, layout, path = min(pairs, key=lambda pair: len(pair[0]) / (len(pair[1].needs) + 1))
    needed = ", ".join([*layout.needs.values(), " or ".join(layout.when)])
    return BadLog(
        f"a log in the layout {layout.name} has the columns {needed}",
        f"{path.name} without {', '.join(gaps)}",
        f"Name yours with --map yours={gaps[0].split(' or ')[0]}.",
    )


def _log(layout: Layout, files: tuple[Path, ...], tables, renamed: Mapping[str, str]) -> Log:
    notes = []
    if layout.name == "KuaiRec" and len(files) > 1:  # small_matrix is everybody shown everything
        files = tuple(p for p in files if not p.name.startswith("small_matrix")) or files
        notes.append("small_matrix is left out: its videos were not chosen by a feed")
    have = tables[files[0]]
    for path in files[1:]:
        have = {ours: name for ours, name in have.items() if tables[path].get(ours) == name}
    wanted = {**layout.needs, **layout.may}
    columns = {ours: have[theirs] for ours, theirs in wanted.items() if theirs in have}
    about = ("video_features", "video_month_stats", "item_categories", "item_daily_features")
    videos = tuple(p for p in tables if p.name.startswith(about) and p not in files)
    if layout.tab is not None and "tab" not in columns:
        notes.append("no column tab: rows of every scenario are used, not the autoplay feed alone")
    return Log(layout, files, _source(layout, files), columns, videos, tuple(notes))


def _source(layout: Layout, files: tuple[Path, ...]) -> str:
    names = " ".join(p.name for p in files)
    if layout.name != "KuaiRand":
        return layout.name if layout.name == "KuaiRec" else files[0].name
    for end, title in (("_pure", "Pure"), ("_1k", "1K"), ("_27k", "27K")):
        if end in names:
            return f"KuaiRand-{title}"
    return "KuaiRand-Pure extract" if "interactions_2022" in names else "KuaiRand"


def read(path: Path, columns: list[str]) -> Iterator[pd.DataFrame]:
    """Chunks of some columns of a .parquet or .csv file, never the whole."""
    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(ROWS, columns=columns, use_threads=False):
                    yield batch.to_pandas(use_threads=False)
            return
        numbers = {c: pa.float64() for c in columns if c not in NOT_NUMBERS}
        convert = csv.ConvertOptions(column_types=numbers, include_columns=columns)
        options = csv.ReadOptions(block_size=BLOCK, use_threads=False)
        with csv.open_csv(path, read_options=options, convert_options=convert) as reader:
            for batch in reader:
                yield batch.to_pandas(use_threads=False)
    except pa.ArrowInvalid as error:
        cure = "Mend that row, or leave the column out if it is not needed."
        raise BadLog("every value fits its column", f"{path.name}: {error}", cure) from error
