"""Writes plain dictionaries as TOML that a person can read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Array

_WIDTH = 92  # characters of a line of numbers


def dumps(tables: Mapping[str, Any], head: str = "", digits: int | None = 4) -> str:
    """Tables as TOML text: floats to `digits` significant digits, or exact; long lists wrapped.

    What is None is left out, for TOML has no word for it. Raises TypeError for what is neither
    number, text, list nor table.
    """
    document = tomlkit.document()
    for line in head.splitlines():
        plain = "".join(c if c.isprintable() else "?" for c in line)  # as TOML wants comments
        document.add(tomlkit.comment(plain) if plain else tomlkit.nl())
    _fill(document, tables, digits)
    return document.as_string().strip() + "\n"


def _fill(holder: Any, table: Mapping[str, Any], digits: int | None) -> None:
    there = {key: value for key, value in table.items() if value is not None}
    for key, value in sorted(there.items(), key=lambda item: isinstance(item[1], Mapping)):
        holder.add(tomlkit.key([key]), _item(value, digits))


def _item(value: Any, digits: int | None) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.table()
        _fill(table, value, digits)
        return table
    if isinstance(value, list | tuple):
        return _array([_item(inner, digits) for inner in value])
    if isinstance(value, float) and digits is not None:
        value = float(f"{value:.{digits}g}")
    return tomlkit.item(value)


def _array(items: Sequence[Any]) -> Array:
    """Numbers go over several lines where they are many; text stays on one."""
    array = tomlkit.array()
    texts = [item.as_string() for item in items]
    if len(", ".join(texts)) <= _WIDTH - 16 or not all(isinstance(x, int | float) for x in items):
        array.extend(items)
        return array
    for line in _lines(items, texts):
        array.add_line(*line, indent="    ")
    array.add_line(indent="")
    return array


def _lines(items: Sequence[Any], texts: Sequence[str]) -> Iterator[list[Any]]:
    line: list[Any] = []
    width = 0
    for item, text in zip(items, texts, strict=True):
        if line and width + len(text) > _WIDTH:
            yield line
            line, width = [], 0
        line.append(item)
        width += len(text) + 2
    yield line
