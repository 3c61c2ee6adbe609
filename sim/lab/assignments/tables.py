"""A submission that is a file of numbers: TOML without code in it, wrong lines told by number."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from sim.lab.studio.plan.reading import line_of
from sim.presets.errors import BadInput

# A policy or a plan takes some 2,000 characters. Long keys cost the reader the square of their
# length, so a file that is all dots would keep it busy for hours.
LONGEST, WIDEST, DEEPEST = 16_384, 400, 4


def tables(text: str, file: str, exam: str) -> dict[str, Any]:
    """The tables of a file. Raises BadInput that names the line, the rule and the cure."""
    example = f"python -m sim.check {exam} example prints a file to start from."
    _small(text, file, example)
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise _deep(text, file) from None
    except ValueError as error:
        line, reason = _line(str(error), text), str(error).partition(" (at ")[0]
        got = (text.splitlines() or [""])[line - 1].strip()[:80]
        cure = f"{reason}. Texts stand in quotes, tables in [brackets]; {example}"
        raise _at(file, line, BadInput("the file is TOML", got, cure)) from None
    if not found:
        raise _at(file, 1, BadInput("the file says something", text.strip()[:80], example))
    if any(depth > DEEPEST for depth in _depths(found)):
        raise _deep(text, file)
    return found


def in_file(error: BadInput, text: str, file: str, key: str | None = None) -> BadInput:
    """The same error with the line that it is about; `key` is dotted, the error's own if None."""
    return _at(file, line_of(text, error.key if key is None else key), error)


def flat(head: str, found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Dotted keys and their values."""
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from flat(f"{head}.{key}", value)
        else:
            yield f"{head}.{key}", value


def _small(text: str, file: str, example: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDEST:
            rule, cure = f"a line has at most {WIDEST} characters", "Break it, or leave it out."
            raise _at(file, number, BadInput(rule, len(line), cure))
    if len(text) > LONGEST:
        rule = f"the file has at most {LONGEST} characters"
        raise _at(file, 1, BadInput(rule, len(text), example))


def _deep(text: str, file: str) -> BadInput:
    rule, cure = f"tables and lists are nested at most {DEEPEST} deep", "Write them flat."
    return _at(file, 1, BadInput(rule, text.strip()[:80], cure))


def _depths(found: Any) -> Iterator[int]:
    """How deep each thing stands; without recursion, for that is what is looked for."""
    waiting = [(found, 0)]
    while waiting:
        thing, depth = waiting.pop()
        yield depth
        inner = thing.values() if isinstance(thing, Mapping) else thing
        if isinstance(inner, list) or isinstance(thing, Mapping):
            waiting += [(each, depth + 1) for each in inner]


def _line(said: str, text: str) -> int:
    """The line that the reader of TOML complains of; the last one where it came to the end."""
    met = re.search(r"at line (\d+)", said)
    last = max(1, len(text.splitlines()))
    return min(int(met[1]), last) if met else last


def _at(file: str, line: int, error: BadInput) -> BadInput:
    return error.said_in(f"{file}, line {line}")
