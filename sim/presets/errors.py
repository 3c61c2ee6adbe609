"""Errors that a person can act on: the rule, the value got, the likely cure."""

import difflib
from collections.abc import Iterable

_LONGEST = 120  # characters of a value that an error repeats, but of a text, which may be a path
_LONGEST_TEXT = 500


class BadInput(ValueError):
    """Bad input from a person; commands exit with 2. `key` is the setting it is about, dotted."""

    def __init__(self, rule: str, got: object, cure: str, key: str = ""):
        super().__init__(f"{rule}; got {_shown(got)}. {cure}")
        self.key = key

    @classmethod
    def plain(cls, text: str, key: str = "") -> "BadInput":
        """The same from a sentence that is whole already."""
        error = cls.__new__(cls)
        ValueError.__init__(error, text)
        error.key = key
        return error

    def said_in(self, place: str) -> "BadInput":
        """The same error, with the file that it stands in."""
        return BadInput.plain(f"{place}: {self}", self.key) if place else self

    def __reduce__(self):  # as another process hands it on
        return BadInput.plain, (str(self), self.key)


def _shown(value: object) -> str:
    text, most = repr(value), _LONGEST_TEXT if isinstance(value, str) else _LONGEST
    return text if len(text) <= most else f"{text[: most - 4]} ..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a slip of the hand makes into `word`, if there is one. A group that all
    share, as in "run.days" and "run.seeds", makes none of them nearer."""
    group = word.rpartition(".")[0] + "."
    names = [name for name in known if name != word]
    shared = len(group) if all(name.startswith(group) for name in names) else 0
    ends = {name[shared:].lower(): name for name in names}
    near = difflib.get_close_matches(word[shared:].lower(), ends, n=1, cutoff=0.6)
    return ends[near[0]] if near else None


def did_you_mean(word: object, known: Iterable[str], what: str, key: str = "") -> BadInput:
    """An unknown name, with the nearest known one as the cure."""
    names = sorted(known)
    near = nearest(word, names) if isinstance(word, str) else None
    cure = f"Did you mean {near!r}? " if near else ""
    return BadInput(f"unknown {what}", word, f"{cure}Known: {', '.join(names)}.", key)
