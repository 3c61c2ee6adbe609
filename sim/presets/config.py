"""Presets and settings: from names, files and `key=value` to the parameters of a world."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import reduce
from typing import Any

from sim.presets import policies, together
from sim.presets.checking import build, values
from sim.presets.errors import BadInput, did_you_mean
from sim.presets.files import (
    NOTES,
    PRESETS,
    Layer,
    extended,
    merged,
    platform_layers,
    platforms,
    read_toml,
    worlds,
)
from sim.world.rules import Params

__all__ = [
    "NOTES",
    "PRESETS",
    "Layer",
    "check",
    "merged",
    "nested",
    "pairs",
    "parse_setting",
    "platform_layers",
    "platform_tables",
    "platforms",
    "read_toml",
    "resolve",
    "settled",
    "typed",
    "world_layer",
    "worlds",
]

_WORLDS = str(PRESETS / "worlds.toml")
_GROUPS = tuple(field.name for field in fields(Params))


def platform_tables(name: str) -> dict[str, Any]:
    """The tables of a named platform or of a preset file."""
    return _joined(platform_layers(name))


def world_layer(name: Any) -> Layer:
    """The size of a named world."""
    known = worlds()
    if not isinstance(name, str) or name not in known:
        raise did_you_mean(name, known, "world")
    return Layer(_WORLDS, known[name])


def resolve(
    world: str = "small",
    platform: str = "kuaishou",
    settings: Mapping[str, Any] | Iterable[str] = (),
    slots: int | None = None,
) -> Params:
    """The parameters of a world. `settings` are dotted keys, as in `sessions.scale=0.2`.

    Raises BadInput for an unknown world, platform or key, and for a value of the wrong kind or
    outside its range, with the file it stands in.
    """
    layers = [*platform_layers(_named(platform)), world_layer(world)]
    if slots is not None:
        layers.append(Layer("", {"size": {"slots": slots}}))
    return settled([*layers, *typed(settings)])


def check(tables: Mapping[str, Any], file: str = "") -> Params:
    """Whether the tables of a preset make a platform whole, in the smallest world.

    `file` is the name that errors give. Raises BadInput for the first table, key or value that
    does not: unknown, missing, of the wrong kind, outside its range, or not finite anywhere.
    """
    together.finite({name: tables[name] for name in NOTES if name in tables}, file)
    below = platform_layers(extended(tables, file))
    return settled([*below, world_layer("nano"), Layer(file, tables)])


def settled(layers: Sequence[Layer]) -> Params:
    """The parameters that layers of settings come to, the last on top.

    Every layer must be right, also where another one lies over it.
    """
    for layer in layers:
        try:
            values(Params, _settings(layer.tables), "", _GROUPS)
        except BadInput as error:
            raise error.said_in(layer.file) from None
    try:
        params = build(Params, _settings(_joined([policies.named(layers), *layers])))
        together.hold(params)
    except BadInput as error:
        file = _file_of(error.key, layers)
        raise error.said_in(_own_preset(layers) if file is None else file) from None
    return params


def _settings(tables: Any) -> Any:
    """Without the notes of a preset; what is no table is left for the check."""
    if not isinstance(tables, Mapping):
        return tables
    return {key: value for key, value in tables.items() if key not in NOTES}


def typed(settings: Mapping[str, Any] | Iterable[str]) -> list[Layer]:
    """What was typed or handed in, setting by setting."""
    return [Layer("", nested(key, value)) for key, value in pairs(settings)]


def pairs(settings: Any) -> list[tuple[str, Any]]:
    """Settings as (dotted key, value), from a mapping or from texts `key=value`."""
    cure = 'Hand in {"sessions.scale": 0.2}, or ["sessions.scale=0.2"].'
    if isinstance(settings, Mapping):
        for key in settings:
            if not isinstance(key, str):
                raise BadInput("the name of a setting is text", key, cure)
        return _no_notes(list(settings.items()))
    texts = [settings] if isinstance(settings, str) else settings
    if not isinstance(texts, Iterable):
        raise BadInput("settings are a mapping, or texts key=value", settings, cure)
    return _no_notes([parse_setting(text) for text in texts])


def _no_notes(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What a file may note beside its settings sets nothing, so nobody may think that it did."""
    for key, _ in pairs:
        if (head := key.partition(".")[0]) in NOTES:
            cure = f"A file may have a table [{head}]; a preset is chosen by --platform."
            raise BadInput("unknown setting", key, cure, key)
    return pairs


def parse_setting(text: Any) -> tuple[str, Any]:
    """`key=value` with the value read as TOML, or as a bare word."""
    key, equals, value = text.partition("=") if isinstance(text, str) else ("", "", "")
    key, value = key.strip(), value.strip()
    if not equals or not key:
        raise BadInput("--set takes key=value", text, "Write, say, --set sessions.scale=0.2.")
    for text in (value, re.sub(r"(?<![\w.\"'])\.(?=\d)", "0.", value)):  # .2 is no TOML, but meant
        try:
            found = tomllib.loads(f"x = {text}")
        except (ValueError, RecursionError):
            continue
        if len(found) == 1:
            return key, found["x"]
    return key, value


def nested(key: str, value: Any) -> dict[str, Any]:
    """{"a": {"b": value}} of "a.b"."""
    first, *rest = key.split(".")
    return {first: reduce(lambda inner, part: {part: inner}, reversed(rest), value)}


def _named(platform: Any) -> str:
    if not isinstance(platform, str | os.PathLike):
        raise did_you_mean(platform, platforms(), "platform")
    return os.fspath(platform)  # type: ignore[return-value]


def _joined(layers: Iterable[Layer]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for layer in layers:
        joined = merged(joined, layer.tables)
    return joined


def _file_of(key: str, layers: Sequence[Layer]) -> str | None:
    """The file of the topmost layer that says anything of a key, or of some keys; "" for what was
    typed, None where nobody says anything."""
    for layer in reversed(layers):
        if any(_says(layer.tables, one.split(".")) for one in key.split()):
            return layer.file
    return None


def _own_preset(layers: Sequence[Layer]) -> str:
    """The preset that should say what nobody does."""
    files = [layer.file for layer in layers if layer.file and layer.file != _WORLDS]
    return files[-1] if files else ""


def _says(tables: Any, path: list[str]) -> bool:
    """Whether tables hold a value at a path, or in place of a group on the way there."""
    for part in path:
        if not isinstance(tables, Mapping):
            return True
        if part not in tables:
            return False
        tables = tables[part]
    return True
