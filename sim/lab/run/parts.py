"""One arm's rows of events: kept in memory, or as files, each with its checksum."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.lab.run.files import digest, named, settled
from sim.presets.errors import BadInput

LEVELS = 24


@dataclass
class Tale:
    """One arm's rows: counts by level, and what was kept, in memory or as files."""

    seed: int
    agent: str
    folder: Path | None  # None keeps tables in memory
    counts: np.ndarray = field(default_factory=lambda: np.zeros(LEVELS, dtype=np.int64))
    tables: list[pa.Table] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)  # SHA-256 by the name of a finished file
    settled: np.ndarray | None = None  # `counts` as the last of these was finished
    writer: pq.ParquetWriter | None = None
    path: Path | None = None  # of the file being written

    def parts(self) -> list[Path]:
        """The finished files, in the order of their days."""
        return [self.folder / name for name in self.sums] if self.folder else []

    def add(self, table: pa.Table, day: int) -> None:
        """Raises OSError where the file cannot be written; its rows are lost then."""
        if self.folder is None:
            self.tables.append(table)
            return
        try:
            if self.writer is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self.path = self.folder / f"events-{day:06d}.parquet"
                self.writer = pq.ParquetWriter(self.path, table.schema)
            self.writer.write_table(table)
        except OSError as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """End the file being written; the next day begins another."""
        if self.writer is not None and self.path is not None:
            try:
                self.writer.close()
                self.sums[self.path.name] = settled(self.path)
            except OSError as error:
                raise self._lost(error) from error
        self.writer = self.path = None
        self.settled = self.counts.copy()

    def _lost(self, error: OSError) -> OSError:
        """Half a file is no file: its rows are not counted, and its room is given back."""
        self.counts = np.zeros_like(self.counts) if self.settled is None else self.settled.copy()
        writer, path, self.writer, self.path = self.writer, self.path, None, None
        assert path is not None
        with contextlib.suppress(OSError):
            if writer is not None:
                writer.close()
        with contextlib.suppress(OSError):
            path.unlink()
        return named(error, path)

    def go_on_from(self, counts: list[int], sums: dict[str, str]) -> None:
        """As a checkpoint has it."""
        self.counts = np.asarray(counts, dtype=np.int64)
        self.settled, self.sums = self.counts.copy(), dict(sums)

    def rewind(self, day: int) -> None:
        """Forget what was written from `day` on, as a killed run may have left it."""
        for path in self._since(day):
            path.unlink()
            self.sums.pop(path.name, None)

    def refuse_damage(self, day: int, sums: dict[str, str]) -> None:
        """Raises BadInput where a part of the days before `day` is missing, damaged, or one too
        many."""
        assert self.folder is not None
        for name, wanted in sums.items():
            _refuse(self.folder / name, wanted)
        strays = {path for path in self.folder.glob("events*") if path.name not in sums}
        strays -= set(self._since(day))
        if strays:
            rule = f"the events of days before {day} are in {', '.join(sums) or 'no file'}"
            cure = "It is of another run: move it out of the folder."
            raise BadInput(rule, str(min(strays)), cure)

    def _since(self, day: int) -> list[Path]:
        """Files that begin with `day` or a later one."""
        files = self.folder.glob("events-*.parquet") if self.folder else ()
        numbers = {path: path.stem.removeprefix("events-") for path in files}
        return [p for p, n in numbers.items() if n.isdecimal() and int(n) >= day]

    def kept(self) -> Iterator[pa.Table]:
        """All rows, in their order. Raises BadInput where a part is not as it was written."""
        self.close()
        yield from self.tables
        for path in self.parts():
            _refuse(path, self.sums[path.name])
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group)


def _refuse(path: Path, wanted: str) -> None:
    """Raises BadInput where a file is not there, cannot be read, or is not as it was written."""
    cure = "Put back a copy of it, or run anew to another --out."
    try:
        found = digest(path)
    except OSError as error:
        why = "it is missing" if isinstance(error, FileNotFoundError) else error.strerror
        raise BadInput(f"every part of the events can be read ({why})", str(path), cure) from None
    if found != wanted:
        rule = "a part of the events is as it was written: its checksum is another"
        raise BadInput(rule, str(path), f"It is damaged. {cure}")
