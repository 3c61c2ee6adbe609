"""An arm on disk between two days: what a killed run continues from, to the last bit on CPU.

Every file ends with the SHA-256 of all that stands before it, so that one that was damaged or cut
short is told from a whole one and never loaded. `torch.load` reads it as any other.
"""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import torch
from torch import Tensor

from sim.lab.run.files import named, replaced
from sim.presets.errors import BadInput

S = TypeVar("S")
STATE = "state.pt"
SEAL = "\nsha256 {}\n"
SEALED = len(SEAL.format("0" * 64))  # bytes
BLOCK = 1 << 20
ANEW = "Put back a copy of it, or run anew to another --out."


def pack(struct: Any) -> dict[str, Any]:
    """A struct of arrays as nested dictionaries, by the names of its fields."""
    new = {}
    for field in fields(struct):
        value = getattr(struct, field.name)
        new[field.name] = pack(value) if is_dataclass(value) else value
    return new


def unpack(like: S, packed: dict[str, Any]) -> S:
    """The struct that `pack` was given, on the device of `like`, which must have its shapes."""
    refuse_misfit(pack(like), packed)
    return _unpacked(like, packed)


def _unpacked(like: S, packed: dict[str, Any]) -> S:
    new: dict[str, Any] = {}
    for field in fields(like):  # type: ignore[arg-type]
        old, value = getattr(like, field.name), packed[field.name]
        if is_dataclass(old):
            value = _unpacked(old, value)
        elif isinstance(old, Tensor):
            value = value.to(old.device)
        new[field.name] = value
    return replace(like, **new)  # type: ignore[type-var]


def refuse_misfit(like: Any, state: Any, name: str = "state", path: Path | None = None) -> None:
    """Raises BadInput where `state`, read from `path`, has not the keys, shapes and kinds of
    `like`."""
    if isinstance(like, Mapping):
        refuse_keys(set(like), state, name, path)
        for key in like:
            refuse_misfit(like[key], state[key], f"{name}.{key}", path)
    elif _form(like) != _form(state):
        rule = f"the checkpoint's {name.rpartition('.')[2]} is {_form(like)} ({name})"
        raise BadInput(rule, _form(state), _cure(path))


def refuse_keys(wanted: set[str], state: Any, name: str, path: Path | None = None) -> None:
    """Raises BadInput where a key is missing, or there is one that nothing takes."""
    if not isinstance(state, Mapping):
        raise BadInput(f"the checkpoint's {name} is a dict", type(state).__name__, _cure(path))
    missing, more = wanted - set(state), set(state) - wanted
    if missing:
        rule = f"the checkpoint's {name} has {_listed(missing)}"
        raise BadInput(rule, "none", _cure(path))
    if more:
        rule = f"the checkpoint's {name} has nothing without an owner"
        raise BadInput(rule, _listed(more), _cure(path))


def _cure(path: Path | None) -> str:
    return f"{path or 'It'} is of another version or world; run anew."


def _listed(names: set[Any]) -> str:
    return ", ".join(sorted(map(str, names)))


def _form(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{tuple(value.shape)} {value.dtype}"
    return type(value).__name__


def unlike(one: Any, other: Any, name: str = "") -> str | None:
    """The first place at which two states differ, or None where they are the same, bit for bit
    (NaN is NaN)."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        odd = [key for key in (*one, *other) if key not in one or key not in other]
        if odd:
            return f"{name}.{odd[0]}".lstrip(".")
        found = (unlike(one[key], other[key], f"{name}.{key}") for key in one)
        return next((place for place in found if place), None)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return name.lstrip(".")
        pairs = enumerate(zip(one, other, strict=True))
        found = (unlike(a, b, f"{name}.{i}") for i, (a, b) in pairs)
        return next((place for place in found if place), None)
    same = _form(one) == _form(other) and _same(one, other)
    return None if same else name.lstrip(".") or "state"


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, Tensor):
        return bool(one == other) or (one != one and other != other)
    if one.layout != torch.strided:
        one, other = one.to_dense(), other.to_dense()
    a, b = one.detach().cpu(), other.detach().cpu()
    return bool(((a == b) | ((a != a) & (b != b))).all())


class _Summed:
    """A file that sums up what is written to it, and remembers what went wrong there."""

    def __init__(self, file: BinaryIO):
        self.file, self.sum = file, hashlib.sha256()
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        try:
            return self.file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


def write(path: Path, state: dict[str, Any]) -> None:
    """Save so that a kill at any moment leaves the old file or the new one, never half of one.

    Raises OSError where there is no room or no right to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as part, part.open("wb") as file:
        summed = _Summed(file)
        try:
            torch.save(_plain(state), summed)  # type: ignore[arg-type]
        except RuntimeError:
            if summed.error:  # torch makes "unexpected pos" of a full disk
                raise summed.error from None
            raise
        summed.write(SEAL.format(summed.sum.hexdigest()).encode())
        file.flush()
        os.fsync(file.fileno())


def _plain(value: Any) -> Any:
    """The same with every text an object once: pickle writes what is equal alike only where it is
    the same object, and a resumed run shall leave the same files."""
    if type(value) is str:
        return sys.intern(value)
    if type(value) is dict:
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    return value


def read(path: Path, device: str = "cpu") -> dict[str, Any] | None:
    """What `write` saved, or None where there is nothing. Never runs code out of the file.

    Raises BadInput where the file cannot be read, is damaged, or is not of this version."""
    try:
        if not path.exists():
            return None
        _refuse_damage(path)
        return torch.load(path, map_location=device, weights_only=True)
    except BadInput:
        raise
    except OSError as error:
        why = named(error, path).strerror
        raise BadInput(f"the checkpoint can be read ({why})", str(path), ANEW) from error
    except Exception as error:
        cure = f"The agent's state_dict holds what weights_only=True refuses ({error}). "
        raise BadInput("the checkpoint must load", str(path), f"{cure}{ANEW}") from error


def _refuse_damage(path: Path) -> None:
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size - SEALED
        sum_ = hashlib.sha256()
        while left > 0 and (data := file.read(min(BLOCK, left))):
            sum_.update(data)
            left -= len(data)
        end = file.read()
    if end != SEAL.format(sum_.hexdigest()).encode():
        rule = "the checkpoint must load whole: it ends with the checksum of all before it"
        cure = "It is damaged, cut short, or of another version."
        raise BadInput(rule, str(path), f"{cure} {ANEW}")
