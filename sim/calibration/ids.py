"""Ids as 64-bit names: the same id has one name in every table, two ids never share one.

A whole number that fits 64 bits is its own name, written as a number, as text or as 12.0; any other
id is known by a 64-bit hash of its text. A number that a float may have rounded is refused.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.calibration.errors import BadLog

NONE = np.iinfo(np.int64).min  # the name of no id; an id that is this number goes by its hash
WHOLE = r"^(0|-?[1-9][0-9]{0,18})$"
MOST = "9223372036854775807"  # the largest of 64 bits
ROUNDED = r"^[+-]?[0-9]+(\.[0-9]+)?[eE]\+[0-9]+$|^[+-]?[0-9]+\.[0-9]+[eE][0-9]+$"
POINT = r"^(-?[0-9]+)\.0+$"
PART = r"^-?[0-9]+\.[0-9]+$"
NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
SHEET = r"""^="([^"]*)"$|^'(-?[0-9]+)$"""  # how spreadsheets are kept from rounding
AROUND = (
    "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\ufeff\u200b\u200c\u200d\u2060"
)
EXACT = {pa.float16(): 2.0**11, pa.float32(): 2.0**24, pa.float64(): 2.0**53}


def names(column: pa.Array | pd.Series, what: str = "id") -> np.ndarray:
    """(rows,) int64, NONE where there is no id.

    Raises BadLog for ids that are no longer exact, and for what cannot be an id.
    """
    if isinstance(column, pd.Series):
        column = _arrow(column)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), NONE)
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return _whole(column.cast(pa.int64()))
    if pa.types.is_floating(kind):
        return _floats(column, what)
    text = _as_text(column, what)
    try:  # most columns: nothing but whole numbers
        whole = text.cast(pa.int64())
        if pc.all(pc.equal(whole.cast(pa.string()), text)).as_py():  # 007 is another id than 7
            return _whole(whole)
    except pa.ArrowInvalid:
        pass
    return _text(text, what)


def _arrow(column: pd.Series) -> pa.Array:
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers and text in one column
        return pa.array([None if pd.isna(x) else str(x) for x in column], pa.string())


def _whole(column: pa.Array) -> np.ndarray:
    """Of int64. The one number that means no id goes by its hash."""
    out = column.fill_null(0).to_numpy(zero_copy_only=False).copy()
    there = column.is_valid().to_numpy(zero_copy_only=False)
    out[there & (out == NONE)] = _hash(np.array([str(NONE)], object))[0]
    out[~there] = NONE
    return out


def _floats(column: pa.Array, what: str) -> np.ndarray:
    limit = EXACT[column.type]
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    there = ~np.isnan(values)
    large = there & (np.abs(values) >= limit)
    if large.any():
        raise _inexact(what, f"{values[large][0]:.17g} as a float")
    if (values[there] % 1 != 0).any():
        part = values[there & (values % 1 != 0)][0]
        raise BadLog(f"{what} holds ids", f"{part:g}, a part of a number", "Is it that column?")
    return np.where(there, values, NONE).astype(np.int64)


def _as_text(column: pa.Array, what: str) -> pa.Array:
    try:
        kind = column.type
        if pa.types.is_temporal(kind) or pa.types.is_nested(kind) or pa.types.is_boolean(kind):
            raise pa.ArrowInvalid
        if pa.types.is_fixed_size_binary(column.type):
            column = column.cast(pa.binary())
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        rule = f"{what} holds ids: whole numbers or text"
        raise BadLog(rule, f"a column of {column.type}", "Write it as text.") from None


def _text(column: pa.Array, what: str) -> np.ndarray:
    column = pc.utf8_trim(column, characters=AROUND)  # what stands around an id is not seen
    column = pc.if_else(pc.equal(column, ""), None, column)
    found = pc.match_substring_regex(column, WHOLE).fill_null(False)
    if not pc.all(found).as_py():  # 12.0 is 12
        column = pc.replace_substring_regex(column, SHEET, r"\1\2")
        column = _without_point(column, what)
        _check_parts(column, what)
        found = pc.match_substring_regex(column, WHOLE).fill_null(False)
    digits = pc.utf8_ltrim(column, "-")
    fits = pc.or_(pc.less(pc.utf8_length(digits), 19), pc.less_equal(digits, MOST))
    found = pc.and_(found, fits.fill_null(False))
    out = pc.if_else(found, column, "0").cast(pa.int64()).to_numpy(zero_copy_only=False).copy()
    rest = ~found.to_numpy(zero_copy_only=False)
    if rest.any():
        out[rest] = _other(column.filter(pa.array(rest)), what)
    return out


def _without_point(column: pa.Array, what: str) -> pa.Array:
    point = pc.match_substring_regex(column, POINT)
    plain = pc.replace_substring_regex(column, POINT, r"\1")
    far = pc.and_(point, pc.greater(pc.utf8_length(plain), 15))
    if pc.any(far).as_py():
        raise _inexact(what, column.filter(far)[0].as_py())
    return pc.if_else(point, plain, column)


def _check_parts(column: pa.Array, what: str) -> None:
    """Raise BadLog for numbers that are not whole, in a column of nothing but numbers."""
    part = column.filter(pc.match_substring_regex(column, PART))
    if len(part) and pc.all(pc.match_substring_regex(column, NUMBER)).as_py():
        got = f"{part[0].as_py()}, a part of a number"
        raise BadLog(f"{what} holds ids", got, "Is it that column?")


def _other(column: pa.Array, what: str) -> np.ndarray:
    """Ids that are no number of 64 bits, and those that are none."""
    kinds = column.dictionary_encode()
    rounded = pc.match_substring_regex(kinds.dictionary, ROUNDED)
    if pc.any(rounded).as_py():
        raise _inexact(what, kinds.dictionary.filter(rounded)[0].as_py())
    place = kinds.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    hashes = _hash(kinds.dictionary.to_numpy(zero_copy_only=False))
    return np.append(hashes, NONE)[place]


def _hash(texts: np.ndarray) -> np.ndarray:
    out = pd.util.hash_array(texts.astype(object), categorize=False).view(np.int64)
    return np.where(out == NONE, NONE + 1, out)


def _inexact(what: str, got: str) -> BadLog:
    return BadLog(
        f"{what} holds exact ids",
        f"{got}, of which digits are lost",
        "Export the ids as text or as 64-bit integers: a spreadsheet or an empty cell in a table "
        "of floats has rounded them.",
    )
