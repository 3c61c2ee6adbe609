"""Counters of bounded memory for logs too long to hold: sums by name, rows seen, fair samples."""

from collections.abc import Sequence

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(*columns: np.ndarray, salt: int = 0) -> np.ndarray:
    """One 64-bit hash (rows,) uint64 of integer columns (splitmix64, Steele et al. 2014)."""
    out = np.full(len(columns[0]), salt, np.uint64)
    for column in columns:
        out = out * GOLDEN + column.astype(np.int64).view(np.uint64) + GOLDEN
        out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        out ^= out >> np.uint64(31)
    return out


class Tally:
    """Columns joined by 64-bit name: summed, unless told otherwise. Memory follows the number of
    names, not of rows."""

    def __init__(self, dtypes: Sequence[type], joins: Sequence[np.ufunc] = ()):
        self.joins = joins or [np.add] * len(dtypes)
        self.keys = np.empty(0, np.int64)
        self.columns: list[np.ndarray] = [np.empty(0, dtype) for dtype in dtypes]
        self._waiting: list[tuple[np.ndarray, list[np.ndarray]]] = []
        self._rows = 0

    def add(self, keys: np.ndarray, *values: np.ndarray) -> None:
        self._waiting.append(self._group(keys, values))
        self._rows += len(self._waiting[-1][0])
        if self._rows > max(1_000_000, len(self.keys) // 4):  # so merging costs a few passes in all
            self.settle()

    def settle(self) -> "Tally":
        """Fold what waits into `keys` (sorted) and `columns`."""
        if self._waiting:
            parts = [(self.keys, self.columns), *self._waiting]
            values = [np.concatenate([p[1][i] for p in parts]) for i in range(len(self.columns))]
            self.keys, self.columns = self._group(np.concatenate([p[0] for p in parts]), values)
            self._waiting, self._rows = [], 0
        return self

    def _group(self, keys: np.ndarray, values: Sequence[np.ndarray]):
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else order
        sums = [
            join.reduceat(v[order], first, dtype=c.dtype) if len(keys) else v.astype(c.dtype)
            for v, c, join in zip(values, self.columns, self.joins, strict=True)
        ]
        return keys[first], sums


class Seen:
    """Which rows came before, exact over the last `window` rows (8 bytes a row)."""

    def __init__(self, window: int = 1 << 25):
        self.window = window
        self._runs: list[np.ndarray] = []  # sorted, the oldest first
        self.forgot = False

    def again(self, names: np.ndarray) -> np.ndarray:
        """True where a name came earlier, in this call or before it; the names are remembered."""
        _, first = np.unique(names, return_index=True)
        before = np.ones(len(names), bool)
        before[first] = False
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, names), len(run) - 1)
            before |= run[place] == names
        self._remember(np.sort(names[~before]))
        return before

    def _remember(self, run: np.ndarray) -> None:
        if not len(run):
            return
        while self._runs and len(run) >= len(self._runs[-1]) and len(run) < self.window // 4:
            run = np.sort(np.concatenate([self._runs.pop(), run]))
        self._runs.append(run)
        while sum(map(len, self._runs)) > self.window:
            self._runs.pop(0)
            self.forgot = True


class Reservoir:
    """A fair sample of at most `size` rows in each group; the chunks' sizes change nothing."""

    def __init__(self, groups: int, size: int, width: int, seed: int):
        self.groups, self.size, self.seed = groups, size, seed
        self.group, self.rank = np.empty(0, np.int64), np.empty(0, np.uint64)
        self.rows = np.empty((0, width), np.float32)
        self._next, self._bar = 0, np.full(groups, np.iinfo(np.uint64).max, np.uint64)

    def add(self, group: np.ndarray, *columns: np.ndarray) -> None:
        """Each row draws a rank from (seed, its place in the log); the lowest ranks stay."""
        rank = mix(np.arange(self._next, self._next + len(group)), salt=self.seed)
        self._next += len(group)
        maybe = rank < self._bar[group]
        fresh = np.stack([c[maybe] for c in columns], axis=1).astype(np.float32)
        self.group = np.concatenate([self.group, group[maybe]])
        self.rank = np.concatenate([self.rank, rank[maybe]])
        self.rows = np.concatenate([self.rows, fresh])
        self._trim()

    def _trim(self) -> None:
        order = np.lexsort((self.rank, self.group))
        group = self.group[order]
        start = np.searchsorted(group, np.arange(self.groups))
        keep = order[np.arange(len(group)) - start[group] < self.size]
        self.group, self.rank, self.rows = self.group[keep], self.rank[keep], self.rows[keep]
        count = np.bincount(self.group, minlength=self.groups)
        full = np.flatnonzero(count == self.size)
        self._bar[full] = self.rank[np.cumsum(count)[full] - 1]

    def of(self, *groups: int) -> np.ndarray:
        """(rows, width) float64 kept of these groups."""
        return self.rows[np.isin(self.group, groups)].astype(float)
