"""What was shown and what became of it: a row per impression, of a sample of viewers if many."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import Tensor

from sim.lab.run.arm import Day
from sim.lab.run.files import replaced
from sim.lab.run.parts import LEVELS, Tale
from sim.measure.columns import Column, Impressions, columns
from sim.world.rng import key
from sim.world.state import Events, World

_NAMES = pa.dictionary(pa.int8(), pa.string())


def schema(truth: bool) -> pa.Schema:
    """Names and types of the columns, as the table of columns has them."""
    kinds = {"name": _NAMES, "bool": pa.bool_()}
    fields = [(c.name, kinds.get(c.kind) or pa.type_for_alias(c.kind)) for c in columns(truth)]
    return pa.schema(fields)


def level(viewer: Tensor) -> Tensor:
    """How long each viewer stays in the sample: level k or more is 1 viewer in 2^k, by a hash of
    the permanent id, so that every agent and seed keeps the same viewers."""
    u = key(20_240_229, viewer.device).uniform(viewer)
    return (-u.log2()).floor().long().clamp(0, LEVELS - 1)


class EventLog:
    """All arms' rows, at most `most` of them: viewers are thinned to 1 in 2, 4, 8, ... as needed.

    A viewer's rows are kept whole or not at all. Which viewers stay depends only on how many rows
    there were in all, so a resumed run keeps what an uninterrupted one keeps.
    """

    def __init__(self, most: int, truth: bool):
        self.most = most
        self.columns, self.schema = columns(truth), schema(truth)
        self.tales: list[Tale] = []

    @property
    def depth(self) -> int:
        """Rows are kept of viewers at this level or above."""
        if self.most == 0:
            return LEVELS
        total = np.sum([tale.counts for tale in self.tales], axis=0)
        left = np.cumsum(total[::-1])[::-1]  # rows at level k or above
        fits = np.flatnonzero(left <= self.most)
        return int(fits[0]) if len(fits) else LEVELS

    @property
    def seen(self) -> int:
        return int(sum(tale.counts.sum() for tale in self.tales))

    def sample(self) -> dict:
        """What part of the impressions the file holds."""
        kept = int(sum(tale.counts[self.depth :].sum() for tale in self.tales))
        share = 0.0 if self.depth >= LEVELS else 0.5**self.depth
        return {"rows": kept, "of": self.seen, "viewers_kept": share}

    def add(self, tale: Tale, day: Day) -> None:
        """One day's pages, page by page, so that a large world never holds a day of rows twice."""
        pages, before = [], self.depth
        for events in day.events:
            seen = events.response.seen.sum(1)
            if events.ads_seen is not None:
                seen = seen + events.ads_seen.sum(1)
            depth = level(events.request.viewer)
            count = torch.bincount(depth, weights=seen.double(), minlength=LEVELS)
            tale.counts += count.long().cpu().numpy()
            keep = (depth >= self.depth).nonzero().squeeze(1)
            pages.append(self._table(tale, events, day.world, keep))
        if pages:
            tale.add(pa.concat_tables(pages), day.day)
        if self.depth > before:  # memory holds no more than the sample; files wait for the end
            for each in self.tales:
                each.tables = [self._thinned(table) for table in each.tables]

    def _table(self, tale: Tale, e: Events, world: World, keep: Tensor) -> pa.Table:
        """Videos first, then the advertisements between them."""
        parts = Impressions.of(e, world, keep), Impressions.of_ads(e, world, keep)
        return pa.concat_tables(self._rows(tale, part) for part in parts if part is not None)

    def _rows(self, tale: Tale, seen: Impressions) -> pa.Table:
        run = {
            "seed": pa.array(np.full(len(seen), tale.seed)),
            "agent": _one(tale.agent, len(seen)),
        }
        arrays = [run[c.name] if c.read is None else _array(c, seen) for c in self.columns]
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def write(self, path: Path) -> None:
        """Join all parts into one file, in the order of the arms, thinned to the final sample."""
        with replaced(path) as part, pq.ParquetWriter(part, self.schema) as out:
            for table in self._kept():
                out.write_table(table)

    def frame(self) -> pd.DataFrame:
        """All rows kept, in memory."""
        tables = [*self._kept(), self.schema.empty_table()]
        return pa.concat_tables(tables).unify_dictionaries().to_pandas()

    def _kept(self) -> Iterator[pa.Table]:
        for tale in self.tales:
            yield from map(self._thinned, tale.kept())

    def _thinned(self, table: pa.Table) -> pa.Table:
        if not self.depth:
            return table
        viewer = torch.from_numpy(table["viewer"].to_numpy().copy())
        return table.filter(pa.array((level(viewer) >= self.depth).numpy()))


def _array(column: Column, seen: Impressions) -> pa.Array:
    values = column.values(seen)
    if column.names:
        return pa.DictionaryArray.from_arrays(values.cpu().numpy(), list(column.names))
    if column.missing is None:
        return pa.array(values.cpu().numpy())
    missing = values.isnan() if math.isnan(column.missing) else values == column.missing
    return pa.array(values.cpu().numpy(), mask=missing.cpu().numpy())


def _one(name: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(n, dtype=np.int8), [name])
