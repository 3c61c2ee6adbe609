"""Columns of a log as arrays: numbers, flags, categories. What does not fit is refused by value."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.calibration.errors import BadLog

YES = {"1", "true", "t", "yes", "y", "\u662f"}
NO = {"0", "false", "f", "no", "n", "\u5426"}
MOST_TIMES = 99  # an act that a row says happened more often is no count but a mark for something
NULLS = (  # what a cell says that is empty
    "", "NULL", "null", "Null", "NaN", "nan", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A",
    "#NA", "<NA>", "None", "none", "NaT", "\\N",
)  # fmt: skip


def numbers(column: pa.Array, name: str) -> np.ndarray:
    """(rows,) float64, NaN where empty."""
    kind = column.type
    try:
        if pa.types.is_temporal(kind) or pa.types.is_nested(kind) or _bytes(kind):
            raise pa.ArrowInvalid(f"a column of {kind}")
        if _is_text(kind):
            column = _cut(column)
        if pa.types.is_boolean(kind):
            column = column.cast(pa.uint8())
        return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        cure = "Write it as numbers, with a point before decimals and none between thousands."
        if pa.types.is_temporal(kind) and not pa.types.is_duration(kind) and name != "date":
            cure = f"If it says when, name it so: --map {name}=date."
        raise BadLog(f"{name} is a column of numbers", str(error)[:200], cure) from None


def flags(column: pa.Array, name: str) -> np.ndarray:
    """(rows,) int8: 1 happened, 0 did not, -1 not said, -2 neither yes nor no."""
    column = plain(column)
    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8()).fill_null(-1).to_numpy(zero_copy_only=False)
    if not _is_text(column.type):
        return _happened(numbers(column, name))
    kinds = column.dictionary_encode()
    said = np.array([_word(w, name) for w in kinds.dictionary.to_pylist()] + [-1], np.int8)
    return said[kinds.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _word(word: str, name: str) -> int:
    word = word.strip().lower()
    if word in YES or word in NO:
        return int(word in YES)
    if word.upper() in NULLS:
        return -1
    try:
        return int(_happened(np.array([float(word)]))[0])
    except ValueError:
        rule = f"{name} says whether a thing happened, as 0 and 1 or true and false"
        raise BadLog(rule, word, "Write 0 or 1.") from None


def _happened(times: np.ndarray) -> np.ndarray:
    """From how often: a whole number of times that can be."""
    whole = np.isfinite(times) & (times >= 0) & (times <= MOST_TIMES)
    whole[whole] = times[whole] % 1 == 0
    return np.select([np.isnan(times), ~whole], [-1, -2], times > 0).astype(np.int8)


def categories(column: pa.Array, name: str) -> tuple[np.ndarray, list[str]]:
    """Places (rows,) in the texts that follow, -1 where empty. Of a list, its first element."""
    column = plain(column)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.list_element(_not_empty(column), 0)
        column = plain(column)
    if _bytes(column.type) or pa.types.is_nested(column.type):
        rule = f"{name} is a column of numbers or text"
        raise BadLog(rule, f"a column of {column.type}", "Write it as text.")
    kinds = column.dictionary_encode()
    texts = [str(v) for v in kinds.dictionary.to_pylist()]
    return kinds.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64), texts


def plain(column: pa.Array) -> pa.Array:
    """The column itself, where it is kept as places in a dictionary; text as plain text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type) and column.type != pa.string():
        column = column.cast(pa.string())
    return column


def _not_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.greater(pc.list_value_length(column), 0), column, None)


def _cut(column: pa.Array) -> pa.Array:
    """Text without spaces around it, nothing where it says that there is nothing."""
    column = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.is_in(column, pa.array(NULLS)), None, column)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or "string_view" in str(kind)


def _bytes(kind: pa.DataType) -> bool:
    return "binary" in str(kind)
