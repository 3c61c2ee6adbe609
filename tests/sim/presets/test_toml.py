"""What is written as TOML is read again, whatever stood in it."""

import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.presets import toml

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = (
    NUMBERS | st.booleans() | TEXT | st.lists(NUMBERS, max_size=60) | st.lists(TEXT, max_size=4)
)
TABLES = st.dictionaries(TEXT, st.dictionaries(TEXT, VALUES, max_size=5), max_size=4)


def test_floats_are_rounded_to_significant_digits_and_what_is_none_is_left_out():
    tables = {
        "a": {"n": 3, "x": 0.123456, "whole": 2.0, "on": True, "text": 'a "b" \\ é'},
        "b": {"long": [i / 7 for i in range(60)], "gone": None},
        "provenance": {"a.n": "C: counted"},
    }
    read = tomllib.loads(toml.dumps(tables, head="one\ntwo"))
    assert read["a"] == {**tables["a"], "x": 0.1235}
    assert read["b"] == {"long": [float(f"{i / 7:.4g}") for i in range(60)]}
    assert read["provenance"] == tables["provenance"]


def test_what_is_no_number_text_list_or_table_is_an_error():
    with pytest.raises(TypeError, match="numpy"):
        toml.dumps({"a": {"x": np.zeros(2)}})


def test_lines_of_numbers_stay_narrow_and_text_stays_on_one_line():
    text = toml.dumps({"a": {"long": [i / 7 for i in range(200)], "words": ["a b" * 20] * 3}})
    lines = text.splitlines()
    assert max(len(line) for line in lines if "words" not in line) <= 100
    assert len(lines) < 40  # not a line for each number


@given(TABLES, TEXT)
@settings(max_examples=100)
def test_every_digit_and_every_letter_comes_back(tables, head):
    assert tomllib.loads(toml.dumps(tables, head, digits=None)) == tables


def test_a_command_with_odd_characters_may_stand_in_the_head():
    odd = "sim.run --out a\x01b\x7f\udcff\n\nnext"
    text = toml.dumps({"a": 1}, odd)
    assert tomllib.loads(text) == {"a": 1}
    text.encode("utf-8")
