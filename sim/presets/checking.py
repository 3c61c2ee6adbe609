"""What people write is held to what a dataclass says of its fields: kinds, ranges, lengths, words.

Pydantic does the checking, from the notes in the annotations (`sim.world.ranges`); the words
of its errors are ours, since they name the rule as a whole, and the cure.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from sim.presets.describing import describe, number, unwrapped
from sim.presets.errors import BadInput, did_you_mean, nearest
from sim.world.ranges import Within

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)
_UNKNOWN = ("extra_forbidden", "invalid_key")


def build(kind: type, table: Any, where: str = "") -> Any:
    """A dataclass from a table, with every key known and every value of its kind and range.

    `where` is what stands before its keys in errors, as in "sessions.". Raises BadInput.
    """
    names = tuple(f.name for f in fields(kind))
    try:
        found = _adapter(kind, names, True).validate_python(_filled(kind, plain(table)))
    except ValidationError as error:
        raise _said(kind, names, error, where) from None
    return _made(kind, found)


def values(kind: type, table: Any, where: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Those values of a dataclass that the table gives, checked likewise; none is missed.

    `names` are the fields that it may give.
    """
    try:
        return _adapter(kind, names, False).validate_python(plain(table))
    except ValidationError as error:
        raise _said(kind, names, error, where) from None


def value(hint: Any, given: Any, key: str) -> Any:
    """One value, checked against an annotation. Raises BadInput."""
    try:
        return TypeAdapter(_strict("one", {"it": hint})).validate_python({"it": plain(given)})["it"]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(hint, first, key, first["loc"][1:]) from None


def plain(given: Any) -> Any:
    """Lists as tuples, and numbers of numpy and torch as Python's own."""
    if isinstance(given, Mapping):
        return {key: plain(inner) for key, inner in given.items()}
    if hasattr(given, "tolist"):
        given = given.tolist()
    return tuple(map(plain, given)) if isinstance(given, list | tuple) else given


@cache
def hints(kind: type) -> dict[str, Any]:
    """The annotation of every field, notes included."""
    return get_type_hints(kind, include_extras=True)


def _strict(name: str, entries: dict[str, Any]) -> Any:
    shape = TypedDict(name, entries)  # type: ignore[operator, misc]
    return with_config(_STRICT)(shape)  # type: ignore[arg-type]


@cache
def _shape(kind: type, names: tuple[str, ...], whole: bool) -> Any:
    """A dictionary with a key for every field; a dataclass would not refuse unknown ones."""
    entries = {}
    for field in fields(kind):
        if field.name not in names:
            continue
        hint = hints(kind)[field.name]
        if is_dataclass(hint):
            inner = tuple(f.name for f in fields(hint))
            hint = _shape(hint, inner, whole)  # type: ignore[arg-type]
        must = whole and field.default is MISSING and field.default_factory is MISSING
        entries[field.name] = hint if must else NotRequired[hint]
    return _strict(kind.__name__, entries)


@cache
def _adapter(kind: type, names: tuple[str, ...], whole: bool) -> TypeAdapter:
    return TypeAdapter(_shape(kind, names, whole))


def _filled(kind: type, table: Any) -> Any:
    """With an empty group for each that the table leaves out: it may be all defaults."""
    if not isinstance(table, Mapping):
        return table
    groups = [f.name for f in fields(kind) if is_dataclass(hints(kind)[f.name])]
    return {**table, **{name: table.get(name, {}) for name in groups}}


def _made(kind: type, found: Mapping[str, Any]) -> Any:
    groups = hints(kind)
    return kind(
        **{k: _made(groups[k], v) if is_dataclass(groups[k]) else v for k, v in found.items()}
    )


def _said(kind: type, known: tuple[str, ...], found: ValidationError, where: str) -> BadInput:
    """The first error of the checker in words of this platform."""
    # a key that is written wrongly is missed as well: say the first
    errors = sorted(found.errors(include_url=False), key=lambda e: e["type"] not in _UNKNOWN)
    error = errors[0]
    path, hint, group = list(error["loc"]), kind, kind
    names: list[str] = []
    while path and is_dataclass(hint):
        group, name = hint, str(path.pop(0))
        names.append(name)
        hint = hints(hint).get(name)  # type: ignore[assignment]
    key = where + ".".join(names)
    if error["type"] in _UNKNOWN:
        inside = known if group is kind else tuple(f.name for f in fields(group))
        return _unknown(kind, inside, names, where)
    if error["type"] == "missing" and not path:
        cure = "Add it, or start from a shipped preset."
        return BadInput(f"the preset must say {key}", None, cure, key)
    if is_dataclass(hint):
        name = key or where.rstrip(".") or "what is set"
        cure = (
            f"Set {key or where.rstrip('.')}.<key>=value." if key or where else "Write key=value."
        )
        return BadInput(f"{name} is a group of settings", error["input"], cure, key)
    return _wrong(hint, error, key, tuple(path))


def _unknown(root: type, known: tuple[str, ...], names: list[str], where: str) -> BadInput:
    """An unknown key: one that stands in another group, or like one of its own group."""
    *above, word = names
    before = where + "".join(f"{name}." for name in above)
    near = nearest(word, known)
    full = _elsewhere(root, word, where) or (before + near if near else None)
    cure = f"Did you mean {full!r}? " if full else ""
    listed = ", ".join(before + name for name in sorted(known))
    key = before + word
    return BadInput("unknown setting", key, f"{cure}Known: {listed}.", key)


def _elsewhere(root: type, word: str, where: str) -> str | None:
    """A setting of this very name in some group of the root."""
    for field in fields(root):
        group = hints(root)[field.name]
        if is_dataclass(group) and word in hints(group):  # type: ignore[arg-type]
            return f"{where}{field.name}.{word}"
    return None


def _wrong(hint: Any, error: Any, key: str, path: tuple) -> BadInput:
    base, _ = unwrapped(hint)
    got, rule = error["input"], f"{key} is {describe(hint)}"
    if get_origin(base) is Literal:
        words = [str(word) for word in get_args(base)]
        return did_you_mean(got, words, f"value of {key}", key)
    place = [part for part in path if isinstance(part, int)]
    if place and error["type"] != "missing":
        rule = f"{rule}, and number {place[0] + 1} is none of these"
        hint = get_args(base)[0]
    return BadInput(rule, got, _cure(hint, got), key)


def _cure(hint: Any, got: Any) -> str:
    limits = [note for note in unwrapped(hint)[1] if isinstance(note, Within)]
    if limits and isinstance(got, int | float) and not isinstance(got, bool):
        low, high = limits[0].low, limits[0].high
        if got < low or got > high:
            return f"The nearest is {number(low if got < low else high)}."
    if isinstance(got, str) and re.fullmatch(r"\s*[-+]?[\d.]+\s*", got):
        return "Write it without quotes."
    return "Leave it out for the default."
