"""Opens one table, whatever it is written as: says what it is by its bytes, then hands out chunks.

A file's name is no proof: a .csv may be a zip, a workbook, Parquet, or text in UTF-16.
"""

import codecs
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from sim.calibration.columns import NULLS
from sim.calibration.encodings import CHINESE, encoding, reads, unsure
from sim.calibration.errors import BadLog
from sim.calibration.header import Header, header

ROWS = 1 << 18  # a Parquet chunk
BLOCK = 1 << 24  # bytes of a chunk of text
HEAD = 1 << 20  # bytes that show what a file is
PACKED = ((b"\x1f\x8b\x08", "gzip"), (b"BZh91AY", "bz2"), (b"\x28\xb5\x2f\xfd", "zstd"))
REFUSED = (  # first bytes: what they are, and the cure
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"PK\x05\x06", "an empty zip archive", "Give the table itself."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV in UTF-8."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it."),
    (b"Rar!\x1a", "a rar archive", "Unpack it."),
    (b"\xfd7zXZ", "packed by xz", "Unpack it."),
    (b"\x04\x22\x4d\x18", "packed by lz4", "Unpack it."),
    (b"PAR1", "packed Parquet", "Unpack it; Parquet packs its columns itself."),
    (b"ARROW1\0", "an Arrow or Feather file", "Write it as Parquet."),
    (b"\x89HDF", "an HDF5 file", "Write it as Parquet."),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV."),
    (b"%PDF", "a PDF", "Give the table itself, as CSV or Parquet."),
    (b"{", "JSON", "Write it as CSV or Parquet."),
    (b"[", "JSON", "Write it as CSV or Parquet."),
    (b"<", "HTML or XML", "Give the table itself, as CSV or Parquet."),
)


@dataclass(frozen=True)
class Table:
    """A file and how to read it; `columns` as the file calls them."""

    path: Path
    columns: tuple[str, ...]
    text: Header | None = None  # None: Parquet
    packed: str | None = None
    encoding: str = "utf-8"
    within: list[int] = field(default_factory=list, compare=False)  # lines that are no rows


def examine(path: Path, known: Collection[str], given: str = "") -> Table:
    """What a file is. `known` are names of columns that tell a header; `given` is an encoding.

    Raises BadLog for what is not a table, or a table whose encoding or separator is not sure.
    """
    with path.open("rb") as file:
        start = file.read(8)
    with _told(path):
        if start.startswith(b"PAR1"):
            with pq.ParquetFile(path) as parquet:
                return Table(path, tuple(parquet.schema_arrow.names))
        packed = next((codec for magic, codec in PACKED if start.startswith(magic)), None)
        with pa.input_stream(str(path), compression=packed) as stream:
            head = stream.read(HEAD)
    for magic, what, cure in REFUSED:
        if head.startswith(magic):
            raise BadLog("a log is a readable table", f"{path.name}, which is {what}", cure)
    if head[257:262] == b"ustar":
        raise BadLog("a log is a readable table", f"{path.name}, a tar archive", "Unpack it.")
    codec = given or encoding(head, known, path.name)
    try:
        "".encode(codec)  # base64 and the like are no encodings of text
        said = codecs.getincrementaldecoder(codec)().decode(head).removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        rule = "a table is text in the encoding that it begins with, or that --encoding names"
        cure = "Name another, such as utf-8, gb18030 or big5, or save it as UTF-8."
        raise BadLog(rule, f"{path.name}, which is not {codec}: {error}", cure) from None
    text = header(said, known, path.name)
    return Table(path, text.columns, text, packed, codec)


def batches(table: Table, columns: Mapping[str, pa.DataType | None]) -> Iterator[pa.RecordBatch]:
    """Chunks of some columns, never the whole. The types are those that text is read as."""
    with _told(table.path, table):
        if table.text is not None:
            yield from _text(table, columns)
            return
        with pq.ParquetFile(table.path) as file:
            for batch in file.iter_batches(ROWS, columns=list(columns), use_threads=False):
                batch.validate(full=True)  # a damaged file may hold text that is none
                yield batch


def _text(table: Table, columns: Mapping[str, pa.DataType | None]) -> Iterator[pa.RecordBatch]:
    assert table.text is not None
    reading = csv.ReadOptions(
        block_size=BLOCK, use_threads=False, encoding=table.encoding, skip_rows=table.text.skip
    )
    parsing = csv.ParseOptions(delimiter=table.text.separator, newlines_in_values=table.text.quoted)
    converting = csv.ConvertOptions(
        column_types=columns, include_columns=list(columns), null_values=list(NULLS),
        strings_can_be_null=True,
        decimal_point=table.text.point,
    )  # fmt: skip
    rows = 0
    with pa.input_stream(str(table.path), compression=table.packed) as stream:
        lines = _Lines(stream)
        try:
            with csv.open_csv(lines, reading, parsing, converting) as reader:
                for batch in reader:
                    rows += batch.num_rows
                    yield batch
        except pa.ArrowInvalid as error:
            if "columns, got" in str(error) and lines.odd(table):
                raise _open_quote(table, str(error)) from None
            raise
    swallowed = lines.count - (rows + 1 + table.text.skip)
    if swallowed > 0 and lines.odd(table):
        raise _open_quote(table, f"{swallowed:,} of {lines.count:,} lines are no rows of their own")
    table.within[:] = [swallowed] if swallowed > 0 and lines.quotes else []


def _open_quote(table: Table, got: str) -> BadLog:
    rule = "a value that begins with a quote ends with one"
    cure = "Close the quote, or double the quotes within values."
    return BadLog(rule, f"{table.path.name} with an odd number of quotes: {got}", cure)


class _Lines:
    """A stream that counts its lines and quotes, to find rows that a quote left open swallows."""

    def __init__(self, stream: pa.NativeFile):
        self.stream, self.ends, self.quotes, self.last = stream, 0, 0, b"\n"

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.ends += data.count(b"\n")
        self.quotes += data.count(b'"')
        self.last = data[-1:] or self.last
        return data

    @property
    def closed(self) -> bool:
        return self.stream.closed

    @property
    def count(self) -> int:
        return self.ends + (self.last != b"\n")

    def odd(self, table: Table) -> bool:
        """True for an odd number of quotes, where bytes tell them."""
        return self.quotes % 2 == 1 and not table.encoding.startswith(("utf-16", "utf-32"))


@contextmanager
def _told(path: Path, table: Table | None = None) -> Iterator[None]:
    """What a library says of a table, as an error that a person can act on."""
    try:
        yield
    except (pa.ArrowException, UnicodeError, OSError) as error:
        if isinstance(error, OSError) and error.errno and not isinstance(error, pa.ArrowException):
            raise  # the path or the disk, not the table
        if (
            table is not None
            and table.text
            and ("UTF8" in str(error) or isinstance(error, UnicodeError))
        ):
            raise _stray(table) from None
        said = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        rule, cure = "a log is a readable table", "It is damaged: get or unpack it again."
        if "Empty CSV" in said:
            rule, cure = "a log has rows below its header", "Check what was exported."
        elif "CSV" in said:
            rule = "every value fits its column"
            cure = "Mend that row, or leave the column out if it is not needed."
        raise BadLog(rule, f"{path.name}: {said}", cure) from None


def _stray(table: Table) -> BadLog:
    """Name the encoding of a table that is not, further down, what its beginning is."""
    before = b""
    with pa.input_stream(str(table.path), compression=table.packed) as stream:
        while block := stream.read(HEAD):
            some = before[before.rfind(b"\n") + 1 :] + block
            if not reads(some[: some.rfind(b"\n") + 1], table.encoding):
                lines = [x for x in some.split(b"\n") if not reads(x + b"\n", table.encoding)]
                bad = b"\n".join(lines)
                return unsure(table.path.name, [c for c in CHINESE if reads(bad, c)])
            before = block
    return unsure(table.path.name)
