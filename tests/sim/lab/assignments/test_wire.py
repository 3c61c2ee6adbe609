"""What comes from a student's side is a message or rubbish, whatever the bytes."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.assignments.wire import HEAD, Message, Rubbish, lengths, packed, unpacked


def parted(raw: bytes) -> Message:
    words, body = lengths(raw[: HEAD.size])
    start = HEAD.size + words
    assert len(raw) == start + body
    return unpacked(raw[HEAD.size : start], raw[start:])


def test_a_message_arrives_as_it_was_sent():
    arrays = {
        "ids": np.arange(6).reshape(2, 3), "none": np.zeros((0, 4), "float32"),
        "yes": np.array([True, False]), "x": np.array([np.nan, -np.inf, 0.5], "float32"),
    }  # fmt: skip
    got = parted(packed(Message({"verb": "act", "n": 3, "x": 0.5}, arrays)))
    assert got.words == {"verb": "act", "n": 3, "x": 0.5}
    for name, array in arrays.items():
        assert got.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(got.arrays[name], array)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_any_bytes_are_rubbish_or_a_message(words, body):
    with contextlib.suppress(Rubbish):
        assert isinstance(unpacked(words, body), Message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=5), x, max_size=3),
)


@given(JSON, JSON)
def test_any_words_are_rubbish_or_a_message(words, table):
    raw = json.dumps({"words": words, "arrays": table}).encode()
    with contextlib.suppress(Rubbish):
        assert isinstance(unpacked(raw, b"0" * 16), Message)


@pytest.mark.parametrize(
    "row",
    [["x", "object", [1]], ["x", "int64", [3]], ["x", "int64", [-1]], ["x", "int64", [True]],
     ["x", "int64", [1 << 62, 1 << 62]], ["x", "int64", [1, 1, 1, 1, 1, 1]], ["x", "int64"],
     [3, "int64", [2]], ["x", "int64", "2"], ["x", "int64", [1]], ["x", ["int64"], [2]]],
)  # fmt: skip
def test_an_array_of_another_type_shape_or_size_is_rubbish(row):
    raw = json.dumps({"words": {}, "arrays": [row]}).encode()
    with pytest.raises(Rubbish):
        unpacked(raw, b"0" * 16)


def test_lengths_beyond_what_anybody_needs_are_rubbish_before_they_are_read():
    with pytest.raises(Rubbish):
        lengths(HEAD.pack(1 << 31, 0))
    with pytest.raises(Rubbish):
        lengths(b'{"score"')
