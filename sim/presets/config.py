"""Presets and settings: from names, files and `key=value` to the parameters of a world."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from sim.presets.errors import BadInput, did_you_mean
from sim.world.rules import Params

PRESETS = Path(__file__).parent
_NOTES = ("provenance", "measured", "conflicts", "preset")  # tables that are not parameters


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput("the file must be readable", str(path), str(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput("the file must be TOML", str(path), str(error)) from None


def worlds() -> dict[str, dict]:
    return read_toml(PRESETS / "worlds.toml")


def platforms() -> list[str]:
    names = (path.stem for path in PRESETS.glob("*.toml"))
    return sorted(n for n in names if n != "worlds" and not n.startswith(("base_", "facts_")))


def platform_tables(name: str) -> dict[str, Any]:
    """The tables of a named platform or of a preset file."""
    if not name.endswith(".toml") and name not in platforms():
        raise did_you_mean(name, platforms(), "platform")
    path = Path(name) if name.endswith(".toml") else PRESETS / f"{name}.toml"
    own = read_toml(path)
    under = own.get("preset", {}).get("extends")
    return merged(platform_tables(under) if under else base_tables(), own)


def base_tables() -> dict[str, Any]:
    """What every platform starts from: published and assumed figures."""
    return read_toml(PRESETS / "base_kuaishou.toml")


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`under` deeply updated by `over`."""
    new = dict(under)
    for key, value in over.items():
        old = new.get(key)
        new[key] = (
            merged(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
        )
    return new


def resolve(
    world: str = "small",
    platform: str = "kuaishou",
    settings: Mapping[str, Any] | Iterable[str] = (),
    slots: int | None = None,
) -> Params:
    """The parameters of a world. `settings` are dotted keys, as in `sessions.scale=0.2`.

    Raises BadInput for an unknown world, platform or key, and for a value of the wrong kind.
    """
    if world not in worlds():
        raise did_you_mean(world, worlds(), "world")
    tables = merged(platform_tables(platform), worlds()[world])
    if slots is not None:
        if slots < 1:
            raise BadInput("--slots must be at least 1", slots, "Take 10, the default.")
        tables = merged(tables, {"size": {"slots": slots}})
    pairs = settings.items() if isinstance(settings, Mapping) else map(parse_setting, settings)
    for key, value in pairs:
        nested: Any = value
        for part in reversed(key.split(".")):
            nested = {part: nested}
        tables = merged(tables, nested)
    return build(Params, {k: v for k, v in tables.items() if k not in _NOTES}, "")


def parse_setting(text: str) -> tuple[str, Any]:
    """`key=value` with the value read as TOML, or as a bare word."""
    key, equals, value = text.partition("=")
    if not equals:
        raise BadInput("--set takes key=value", text, "Write, say, --set sessions.scale=0.2.")
    try:
        return key.strip(), tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()


def build(kind: type, table: Mapping[str, Any], where: str) -> Any:
    """A dataclass from a table, with every key known and every value of its kind."""
    hints = get_type_hints(kind)
    for key in table:
        if key not in hints:
            raise did_you_mean(f"{where}{key}", [f"{where}{h}" for h in hints], "setting")
    values = {}
    for field in fields(kind):
        name, hint = f"{where}{field.name}", hints[field.name]
        if field.name not in table:
            if is_dataclass(hint):
                values[field.name] = build(hint, {}, f"{name}.")  # type: ignore[arg-type]
            elif field.default is MISSING:
                raise BadInput(
                    f"the preset must say {name}", None, "Add it, or start from a shipped preset."
                )
            continue
        values[field.name] = _value(hint, table[field.name], name)
    return kind(**values)


def _value(hint: Any, value: Any, name: str) -> Any:
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise BadInput(f"{name} is a group of settings", value, f"Set {name}.<key>=value.")
        return build(hint, value, f"{name}.")  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple) or not all(
            isinstance(v, int | float) for v in value
        ):
            raise BadInput(f"{name} takes a list of numbers", value, "Write [0.1, 0.2].")
        return tuple(float(v) for v in value)
    wanted = (int, float) if hint is float else hint
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
        raise BadInput(f"{name} takes a {hint.__name__}", value, f"Write {name}=<{hint.__name__}>.")
    return hint(value)
