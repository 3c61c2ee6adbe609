"""Finds a user's log, names its columns and reads it in chunks, whatever its layout."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from sim.calibration.errors import BadLog
from sim.calibration.files import Table, batches, examine
from sim.calibration.header import is_data, plain
from sim.calibration.layouts import KNOWN, LAYOUTS, Layout, text_type

TABLES = re.compile(r"\.(csv|tsv|parquet|pq|inter|item)(\.(gz|bz2|zst))?$", re.I)
OTHERS = re.compile(r"\.(txt|dat|log)(\.(gz|bz2|zst))?$", re.I)  # where there are no such tables
PACKS = re.compile(r"\.(zip|tar|tgz|7z|rar|xz|xlsx?)$|\.tar\.", re.I)
VIDEOS = ("video_features", "video_month_stats", "item_categories", "item_daily_features")
Names = Mapping[str, str]  # as the layouts know a column: as the file calls it


@dataclass(frozen=True)
class LogFiles:
    """A log that was found: its layout, its files and the tables of videos beside them."""

    layout: Layout
    files: tuple[Path, ...]
    source: str
    columns: Mapping[str, str]  # ours: as the layout calls it
    tables: Mapping[Path, Table] = field(repr=False)
    names: Mapping[Path, Names] = field(repr=False)
    videos: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def read(self, path: Path, wanted: Mapping[str, str]) -> Iterator[dict[str, pa.Array]]:
        """Chunks of some columns, ours: as the layouts know them; never the whole file."""
        names = {ours: self.names[path][theirs] for ours, theirs in wanted.items()}
        types = {name: text_type(ours) for ours, name in names.items()}
        for batch in batches(self.tables[path], types):
            yield {ours: batch.column(name) for ours, name in names.items()}


def find(where: Path, renamed: Mapping[str, str], encoding: str = "") -> LogFiles:
    """The log in a folder (or its data/ folder) or a single file; `renamed` is theirs: ours.

    Raises BadLog where there is none, or a table that cannot be read with certainty.
    """
    if not where.exists():
        raise BadLog(
            "--log names a folder or a file", f"{where}, which does not exist", "Check it."
        )
    known = {*KNOWN, *renamed}
    tables = {path: examine(path, known, encoding) for path in _paths(where)}
    if not tables:
        raise _nothing(where)
    _check_map(tables.values(), renamed)
    names = {path: names_of(table, renamed) for path, table in tables.items()}
    for layout in LAYOUTS:
        files = tuple(p for p, have in names.items() if _fits(layout, have))
        if files:
            return _log(layout, files, tables, names)
    raise _missing(tables, names)


def _paths(where: Path) -> list[Path]:
    if not where.is_dir():
        return [where]
    inside = [where, where / "data", *sorted(p / "data" for p in where.iterdir() if p.is_dir())]
    for kind in (TABLES, OTHERS):
        for folder in filter(Path.is_dir, inside):
            if found := sorted(p for p in folder.iterdir() if _is_table(p, kind)):
                return found
    return []


def _is_table(path: Path, kind: re.Pattern) -> bool:
    return bool(kind.search(path.name)) and path.is_file() and path.name[0] not in "._"


def _nothing(where: Path) -> BadLog:
    packed = sorted(p.name for p in where.iterdir() if PACKS.search(p.name))
    got = f"no such file in {where}" + (f", but {packed[0]}" if packed else "")
    cure = "Unpack the download and name the folder that holds its data."
    return BadLog("a log is .parquet or .csv", got, cure)


def _check_map(tables: Iterable[Table], renamed: Mapping[str, str]) -> None:
    have = {name for table in tables for raw in table.columns for name in (raw, plain(raw))}
    for name in renamed:
        if name not in have:
            near = difflib.get_close_matches(name, have, n=1)
            cure = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(sorted(have))}."
            raise BadLog("--map names columns of the log", name, cure[:500])


def names_of(table: Table, renamed: Mapping[str, str]) -> dict[str, str]:
    """Columns of a file. Raises BadLog where two have one name that matters."""
    out: dict[str, str] = {}
    for raw in table.columns:
        name = plain(raw)
        name = name.lower() if name.lower() in KNOWN else name
        name = renamed.get(raw, renamed.get(plain(raw), name))
        if name in out and name in KNOWN:
            got = f"{out[name]!r} and {raw!r} in {table.path.name}, both {name}"
            raise BadLog("a column has a name of its own", got, "Rename or drop one of them.")
        out[name] = raw
    for name, other in (("item_id", "video_id"), ("video_id", "item_id")):
        if other in out:
            out.setdefault(name, out[other])
    return out


def _fits(layout: Layout, have: Names) -> bool:
    return set(layout.needs.values()) <= set(have) and any(w in have for w in layout.when)


def _missing(tables: Mapping[Path, Table], names: Mapping[Path, Names]) -> BadLog:
    """Say what the nearest layout lacks in the nearest file."""

    def lack(layout: Layout, have: Names) -> list[str]:
        gaps = [n for n in layout.needs.values() if n not in have]
        return gaps + ([] if any(w in have for w in layout.when) else [" or ".join(layout.when)])

    pairs = [(lack(layout, have), layout, p) for p, have in names.items() for layout in LAYOUTS]
    gaps, layout, path = min(pairs, key=lambda pair: len(pair[0]) / (len(pair[1].needs) + 1))
    table = tables[path]
    if is_data(table.columns):
        got = f"{path.name}, which begins with {', '.join(table.columns)[:100]!r}"
        raise BadLog("the first line of a table names its columns", got, "Write a header line.")
    needed = ", ".join([*layout.needs.values(), " or ".join(layout.when)])
    wanted = gaps[0].split(" or ")[0]
    near = difflib.get_close_matches(wanted, table.columns, n=1)
    read = "" if table.encoding == "utf-8" else f" (read as {table.encoding})"
    return BadLog(
        f"a log in the layout {layout.name} has the columns {needed}",
        f"{path.name} without {', '.join(gaps)}; it has {', '.join(table.columns)[:200]}{read}",
        f"Name yours with --map {near[0] if near else 'yours'}={wanted}.",
    )


def _log(layout: Layout, files: tuple[Path, ...], tables: Mapping[Path, Table], names) -> LogFiles:
    notes = []
    if layout.name == "KuaiRec" and len(files) > 1:  # small_matrix is everybody shown everything
        files = tuple(p for p in files if not p.name.startswith("small_matrix")) or files
        notes.append("small_matrix is left out: its videos were not chosen by a feed")
    files, twice = _once(files)
    notes += [
        f"{p.name} is left out: the same table, by its name, is there in another format"
        for p in twice
    ]
    have: list[set[str]] = [set(layout.names.values()) & set(names[p]) for p in files]
    shared = set(have[0]).intersection(*have)
    lost = sorted(shared.union(*have) - shared)
    notes += [f"{name} is left out: not every file of the log has it" for name in lost]
    columns = {ours: theirs for ours, theirs in layout.names.items() if theirs in shared}
    if not any(w in shared for w in layout.when):
        raise BadLog("all files say when in one column", ", ".join(lost), "Give each the same.")
    videos = tuple(p for p in tables if p.name.startswith(VIDEOS) and p not in files)
    unread = [p.name for p in tables if p not in (*files, *videos, *twice)]
    if unread := [n for n in unread if not n.startswith("small_matrix")]:
        notes.append(f"not read, since no columns of a log are there: {', '.join(unread)}")
    if layout.tab is not None and "tab" not in columns:
        notes.append("no column tab: rows of every scenario are used, not the autoplay feed alone")
    source = _source(layout, files)
    return LogFiles(layout, files, source, columns, tables, names, videos, tuple(notes))


def _once(files: tuple[Path, ...]) -> tuple[tuple[Path, ...], list[Path]]:
    """One table written in two formats, by its name, is read once: as Parquet if it is there."""
    kept: dict[str, Path] = {}
    for path in sorted(files, key=lambda p: p.suffix != ".parquet"):
        kept.setdefault(TABLES.sub("", path.name), path)
    chosen = tuple(p for p in files if p in kept.values())
    return chosen, [p for p in files if p not in chosen]


def _source(layout: Layout, files: tuple[Path, ...]) -> str:
    names = " ".join(p.name for p in files)
    if layout.name != "KuaiRand":
        return layout.name if layout.name == "KuaiRec" else files[0].name
    for end, title in (("_pure", "Pure"), ("_1k", "1K"), ("_27k", "27K")):
        if end in names:
            return f"KuaiRand-{title}"
    return "KuaiRand-Pure extract" if "interactions_2022" in names else "KuaiRand"
