"""The registry of streams: a number for each, made from the names of its law and of itself."""

from hashlib import blake2b

_LAWS: dict[str, tuple[str, ...]] = {}  # the names of each law's streams
NAMES: dict[int, str] = {}  # law.stream, by number


def streams(law: str, *names: str) -> tuple[int, ...]:
    """The numbers of a law's streams of draws, 63 bits each.

    One list a law and no name twice: a draw that two shared would be the same draw. Raises
    ValueError.
    """
    if _LAWS.setdefault(law, names) != names:
        rule = f"a law's streams are named in one list, those of {law!r} are {_LAWS[law]}"
        cure = "Give the law another name, or, where its list was edited, start Python anew."
        raise ValueError(f"{rule}; got {names}. {cure}")
    return tuple(_number(f"{law}.{name}", names.count(name)) for name in names)


def _number(name: str, times: int) -> int:
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1
    held = NAMES.setdefault(number, name)
    if held != name or times > 1:
        raise ValueError(
            f"every stream has a name and a number of its own; got {name!r} twice, or with the "
            f"number of {held!r}. Give it another name."
        )
    return number
