"""What passes between the grader and a student's process: words as JSON, arrays as raw bytes.

A message is eight bytes of two lengths, the words, and the arrays one after the other. Nothing is
ever unpickled. What the student's side sends may be anything at all, so every length, type and
shape is looked at before a byte is taken for a number.
"""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

HEAD = struct.Struct(">II")
WORDS, BODY = 1 << 20, 1 << 28  # bytes that a message may have at most
TYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
MOST = 64  # arrays


class Rubbish(ValueError):
    """What came is no message."""


@dataclass(frozen=True)
class Message:
    words: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)


def packed(message: Message) -> bytes:
    arrays = {name: np.ascontiguousarray(each) for name, each in message.arrays.items()}
    table = [[name, each.dtype.name, list(each.shape)] for name, each in arrays.items()]
    words = json.dumps({"words": dict(message.words), "arrays": table}).encode()
    body = b"".join(each.tobytes() for each in arrays.values())
    return HEAD.pack(len(words), len(body)) + words + body


def lengths(head: bytes) -> tuple[int, int]:
    """Bytes of words and of arrays. Raises Rubbish for more than anybody needs."""
    words, body = HEAD.unpack(head)
    if words > WORDS or body > BODY:
        raise Rubbish(f"a message of {words} and {body} bytes")
    return words, body


def unpacked(words: bytes, body: bytes) -> Message:
    """A message. Raises Rubbish."""
    try:
        told = json.loads(words.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Rubbish("words that are no JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("words"), dict):
        raise Rubbish("words without names")
    return Message(told["words"], _arrays(told.get("arrays"), body))


def _arrays(table: Any, body: bytes) -> dict[str, np.ndarray]:
    if not isinstance(table, list) or len(table) > MOST:
        raise Rubbish("no table of arrays")
    found: dict[str, np.ndarray] = {}
    start = 0
    for row in table:
        name, kind, shape = _row(row)
        size = math.prod(shape) * kind.itemsize
        if start + size > len(body):
            raise Rubbish(f"{name} with fewer bytes than its shape has")
        found[name] = _array(body[start : start + size], kind).reshape(shape)
        start += size
    if start != len(body):
        raise Rubbish("more bytes than arrays")
    return found


def _array(raw: bytes, kind: np.dtype) -> np.ndarray:
    if kind.name == "bool":  # of which a byte may hold 254 others
        return np.frombuffer(raw, "uint8") != 0
    return np.frombuffer(raw, kind).copy()


def _row(row: Any) -> tuple[str, np.dtype, tuple[int, ...]]:
    if not isinstance(row, list) or len(row) != 3:
        raise Rubbish("a table of other rows than name, type, shape")
    name, kind, shape = row
    whole = isinstance(shape, list) and len(shape) <= 4 and all(type(n) is int for n in shape)
    if not isinstance(name, str) or kind not in TYPES or not whole:
        raise Rubbish("an array without name, type or shape")
    if any(not 0 <= n <= BODY for n in shape):
        raise Rubbish("an array of an impossible shape")
    return name, np.dtype(kind), tuple(shape)
