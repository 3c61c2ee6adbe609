"""Errors that a person can act on: the rule, the value got, the likely cure."""

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Bad input from a person; commands exit with 2."""

    def __init__(self, rule: str, got: object, cure: str):
        super().__init__(f"{rule}; got {got!r}. {cure}")

    @classmethod
    def plain(cls, text: str) -> "BadInput":
        """The same from a sentence that is whole already."""
        error = cls.__new__(cls)
        ValueError.__init__(error, text)
        return error


def did_you_mean(word: str, known: Iterable[str], what: str) -> BadInput:
    """An unknown name, with the nearest known one as the cure."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    cure = f"Did you mean {near[0]!r}? " if near else ""
    return BadInput(f"unknown {what}", word, f"{cure}Known: {', '.join(names)}.")
