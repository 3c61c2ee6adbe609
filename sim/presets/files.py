"""Files of numbers: any TOML that a person hands in, and the presets by name."""

import contextlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.presets.errors import BadInput, did_you_mean

PRESETS = Path(__file__).parent
NOTES = ("provenance", "measured", "conflicts", "preset")  # tables that are not parameters


class Layer(NamedTuple):
    """Settings that lie over others, and the file they stand in; "" for what was typed."""

    file: str
    tables: Mapping[str, Any]


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises BadInput for what is not a file of TOML in UTF-8."""
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Windows' editors write the mark
    except UnicodeDecodeError as error:
        cure = f"Byte {error.start + 1} is of another encoding: save the file as UTF-8."
        raise BadInput("the file must be text in UTF-8", str(path), cure) from None
    except IsADirectoryError:
        raise BadInput("this must be a file", str(path), "It is a folder: name a file.") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        why = getattr(error, "strerror", None) or error
        raise BadInput("the file must be readable", str(path), f"{why}: check the path.") from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadInput("the file must be TOML", str(path), "It is nested too deeply.") from None
    except ValueError as error:
        raise BadInput("the file must be TOML", str(path), f"{error}.") from None


def place(given: Any, name: str) -> Path | None:
    """A path that a person gave, None where none was. Raises BadInput for one without a name: an
    empty one would mean the folder that the command was started in."""
    if given is None:
        return None
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise BadInput(f"{name} is a path with a name", given, "Name one, or leave it out.")
    try:
        text.encode()
        return Path(text).expanduser()  # as libraries that write there read a ~, too
    except (UnicodeError, RuntimeError) as error:
        cure = "Name another: letters of any language will do."
        raise BadInput(f"{name} is a path of text ({error})", ascii(given), cure) from None


def writable(given: Any, name: str) -> Path | None:
    """A file to write, None where none was given. Raises BadInput where it cannot be one."""
    path = place(given, name)
    if path is None:
        return None
    if path.is_dir():
        raise BadInput(f"{name} is a file", str(path), "It is a folder: name a file in it.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise BadInput(f"{name} can be written", str(path), "Check its folder and permissions.")
    return path


def worlds() -> dict[str, dict]:
    """World sizes by name."""
    return read_toml(PRESETS / "worlds.toml")


def platforms() -> list[str]:
    """The names of the shipped platforms."""
    names = (path.stem for path in PRESETS.glob("*.toml"))
    others = ("worlds", "policies")
    return sorted(n for n in names if n not in others and not n.startswith(("base_", "facts_")))


def platform_layers(name: str | None) -> list[Layer]:
    """What a platform is made of, the lowest first: its base, what it extends, its own file.

    Without a name the base alone, on which every preset stands.
    """
    found = [Layer(*pair) for pair in _chain(name, ())] if name is not None else []
    base = PRESETS / "base_kuaishou.toml"
    return [Layer(str(base), read_toml(base)), *reversed(found)]


def _chain(name: str, above: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A preset, then what it extends, and so on. `above` are the files that led here."""
    path = _place(name, above)
    file = str(path)
    if file in above:
        ring = " -> ".join(Path(one).name for one in (*above[above.index(file) :], file))
        rule = f"{above[-1]}: a preset extends another, never itself"
        cure = "Let this one extend a shipped platform, or none."
        raise BadInput(rule, ring, cure, "preset.extends")
    try:
        own = read_toml(path)
    except BadInput as error:
        raise error.said_in(f"{above[-1]}: preset.extends" if above else "") from None
    yield file, own
    under = extended(own, file)
    if under is not None:
        yield from _chain(under, (*above, file))


def _place(name: str, above: tuple[str, ...]) -> Path:
    """The file of a preset; one that another extends is looked for beside that one first."""
    if name.endswith(".toml"):
        beside = Path(above[-1]).parent / name if above else Path(name)
        with contextlib.suppress(OSError, ValueError):  # reading it says what is wrong
            return (beside if beside.exists() else Path(name)).resolve()
        return beside
    if name not in platforms():
        error = did_you_mean(name, platforms(), "platform")
        raise error.said_in(f"{above[-1]}: preset.extends" if above else "")
    return PRESETS / f"{name}.toml"


def extended(own: Mapping[str, Any], file: str) -> str | None:
    """The name of the preset that these tables extend, if they do."""
    preset = own.get("preset", {})
    if not isinstance(preset, Mapping):
        rule, cure = f"{file}: preset is a table", 'Write [preset] and extends = "kuaishou".'
        raise BadInput(rule, preset, cure, "preset")
    for key in preset:
        if key != "extends":
            raise did_you_mean(f"preset.{key}", ["preset.extends"], "setting").said_in(file)
    under = preset.get("extends")
    if under is not None and not isinstance(under, str):
        rule, cure = f"{file}: preset.extends is a name", 'Write extends = "kuaishou".'
        raise BadInput(rule, under, cure, "preset.extends")
    return under


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`under` deeply updated by `over`."""
    new = dict(under)
    for key, value in over.items():
        old = new.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        new[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return new
