"""Writes plain dictionaries as TOML that a person can read."""

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumps(tables: Mapping[str, Any], head: str = "", digits: int = 4) -> str:
    """Tables as TOML text: floats to `digits` significant digits, long arrays wrapped."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    _table(tables, (), lines, digits)
    return "\n".join(lines).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str], digits: int) -> None:
    values = {k: v for k, v in table.items() if not isinstance(v, Mapping)}
    if path and (values or not table):
        lines += ["", f"[{'.'.join(map(_key, path))}]"]
    for key, value in values.items():
        if value is not None:  # TOML has no null: a figure that is not there is left out
            lines += _wrap(f"{_key(key)} = {_value(value, digits)}")
    for key, value in table.items():
        if isinstance(value, Mapping):
            _table(value, (*path, key), lines, digits)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any, digits: int) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v, digits) for v in value) + "]"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float):
        raise TypeError(f"a preset holds numbers, text and lists: got {type(value).__name__}")
    text = f"{value:.{digits}g}"
    return text if any(c in text for c in ".en") else text + ".0"


def _wrap(line: str, width: int = 96) -> list[str]:
    """An array goes over several lines at its commas; text stays whole."""
    if len(line) <= width or not line.endswith("]") or '"' in line.split("=", 1)[1]:
        return [line]
    name, inside = line[:-1].split("[", 1)
    body = textwrap.wrap(inside + ",", width - 4, break_long_words=False)
    return [f"{name}[", *(f"    {part}" for part in body), "]"]
