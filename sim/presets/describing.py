"""The rule that an annotation stands for, in words: "a number from 0 to 1"."""

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Len

from sim.world.ranges import That, Within

_WORD = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}
_MANY = {float: "numbers", int: "whole numbers", str: "words"}


def unwrapped(hint: Any) -> tuple[Any, tuple]:
    """What is annotated, None aside, and the notes on it."""
    notes: tuple = ()
    while True:
        parts = get_args(hint)
        if get_origin(hint) is Annotated:
            hint, notes = parts[0], (*notes, *parts[1:])
        elif get_origin(hint) in (Union, UnionType) and type(None) in parts and len(parts) == 2:
            hint = next(part for part in parts if part is not type(None))
        else:
            return hint, notes


def describe(hint: Any) -> str:
    """The rule that an annotation stands for: "a number from 0 to 1"."""
    base, notes = unwrapped(hint)
    if get_origin(base) is tuple:
        return _described_list(base, notes)
    if get_origin(base) is Literal:
        return " or ".join(repr(word) for word in get_args(base))
    if get_origin(base) in (Union, UnionType):
        return " or ".join(map(describe, get_args(base)))
    return _WORD.get(base, getattr(base, "__name__", str(base))) + _limits(notes)


def _described_list(base: Any, notes: tuple) -> str:
    one, *rest = get_args(base)
    inner, limits = unwrapped(one)
    length = next((n for n in notes if isinstance(n, Len)), None)
    many = f"{length.min_length} to {length.max_length} " if length else ""
    if length and length.min_length == length.max_length:
        many = f"{length.min_length} "
    if rest and rest != [...]:
        many = f"{1 + len(rest)} "
    says = "".join(f", {note.says}" for note in notes if isinstance(note, That))
    return f"a list of {many}{_MANY.get(inner, 'values')}{_limits(limits)}{says}"


def _limits(notes: tuple) -> str:
    for note in notes:
        if isinstance(note, Within):
            return f" from {number(note.low)} to {number(note.high)}"
    return ""


def number(x: float) -> str:
    """As a person reads it."""
    if x == (1 << 63) - 1:
        return "2^63 - 1"
    if isinstance(x, int):
        return f"{x:,}" if abs(x) < 1 << 40 else str(x)
    return f"{x:g}"
