"""Finds the header of a text table: its separator, its names, the lines that stand above it."""

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sim.calibration.errors import BadLog

SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "\x01": "Ctrl-A"}
TYPES = re.compile(  # of RecBole and of graph databases: user_id:token
    r":(token|float|token_seq|float_seq|id|int|integer|long|double|string|str|bool|boolean)$", re.I
)
ABOVE = 20  # lines in which a header is looked for


@dataclass(frozen=True)
class Header:
    columns: tuple[str, ...]  # as the file calls them
    separator: str
    skip: int  # lines above the header
    quoted: bool  # some values stand in quotes, and so may hold line ends
    point: str = "."  # before decimals


def plain(name: str) -> str:
    """A column's name without spaces around it, a type behind it, or a mark before the file."""
    return TYPES.sub("", name.strip().strip("\ufeff").strip())


def header(head: str, known: Collection[str], name: str) -> Header:
    """The header in the first part of a table. `known` are names that tell one."""
    lines = re.split(r"\r\n|\n|\r", head)
    if not any(line.strip() for line in lines):
        raise BadLog("a log is a table with a header line", f"{name}, which is empty", "Check it.")
    first = next(i for i, line in enumerate(lines) if line.strip())
    found = (
        (i, mark)
        for i, line in enumerate(lines[first : first + ABOVE], first)
        for mark in SEPARATORS
        if _knows(_split(line, mark), known) >= 2
    )
    at, separator = next(found, (first, _widest(lines[first])))
    columns = _split(lines[at], separator)
    if _knows(columns, known) < 2:
        _other(lines[at], known, name)
    cells = [cell for line in lines[at + 1 :] for cell in _split(line, separator)]
    point = "," if separator == ";" and _comma(cells) else "."
    return Header(columns, separator, at if at > first else 0, '"' in head, point)


def _comma(cells: Iterable[str]) -> bool:
    """True where numbers have a comma before decimals; 1,234 alone may be a thousand."""
    return any(re.fullmatch(r"-?\d+,(\d{1,2}|\d{4,})|-?0,\d+", cell.strip()) for cell in cells)


def is_data(columns: Collection[str]) -> bool:
    """True for a first line that holds values where names should be."""
    return any(re.fullmatch(r"-?\d+(\.\d+)?", c.strip()) for c in columns)


def _split(line: str, separator: str) -> tuple[str, ...]:
    return tuple(next(csv.reader([line], delimiter=separator), []))


def _knows(columns: Collection[str], known: Collection[str]) -> int:
    return len({plain(c).lower() for c in columns} & {k.lower() for k in known})


def _widest(line: str) -> str:
    return max(SEPARATORS, key=lambda mark: len(_split(line, mark)))


def _other(line: str, known: Collection[str], name: str) -> None:
    """Refuse a line that names columns, but between marks that are not read as separators."""
    for mark in ("::", ", ", " ", "\x1f", "^", "~", "\u3001", "\uff0c", "\uff1b"):
        if _knows(line.split(mark), known) >= 2:
            rule = f"columns are separated by {', '.join(SEPARATORS.values())}"
            raise BadLog(rule, f"{name} with {mark!r} between them", "Write it with commas.")
