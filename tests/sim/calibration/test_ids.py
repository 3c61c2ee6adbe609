"""An id is the same wherever it stands, two ids are never one, and what is not exact is refused."""

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_logs import collected, kuairand, plain, plays

from sim.calibrate import main
from sim.calibration.cleaning import codes
from sim.calibration.ids import NONE
from sim.calibration.logs import BadLog
from sim.calibration.measured import gini

LONG = [7_123_456_789_012_345_678, 7_123_456_789_012_345_679]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([*LONG, None]),
        pa.array([str(i) for i in LONG] + [None]),
        pa.array([str(i) for i in LONG] + [""]),
        pa.array([Decimal(i) for i in LONG] + [None]),
        pa.array([*LONG, None]).dictionary_encode(),
        pa.array([*LONG, None], pa.uint64()),
        pd.Series([*LONG, None], dtype=object),
        pd.Series([*LONG, None], dtype="Int64"),
    ],
)
def test_long_ids_keep_every_digit_beside_an_empty_cell(column):
    assert codes(column).tolist() == [*LONG, NONE]


@pytest.mark.parametrize(
    "same",
    [
        pa.array([12]),
        pa.array(["12"]),
        pa.array([" 12 "]),
        pa.array(["12.0"]),
        pa.array([12.0]),
        pa.array([b"12"]),
        pa.array(["12"], pa.large_string()),
        pa.array([12.0], pa.float32()),
        pa.array(["12", "a"]),
        pa.array(["\ufeff12"]),
        pa.array(["12\u200b", "\u00a013"]),
        pa.array(['="12"']),
        pa.array(["'12", "b"]),
        pd.Series(["12", 5, 2.0]),
    ],
)
def test_one_id_has_one_name_however_it_is_written(same):
    assert codes(same)[0] == 12


def test_words_may_look_like_parts_of_numbers():
    assert len(set(codes(pa.array(["1.5", "1.5.1", "a"])).tolist())) == 3


def test_an_id_with_zeros_in_front_is_another():
    assert len(set(codes(pa.array(["007", "07", "7", "7.0"])).tolist())) == 3


def test_ids_beyond_63_bits_are_told_apart_and_joined():
    large = [2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1]
    names = codes(pa.array(map(str, large)))
    assert len(set(names.tolist())) == 4
    assert (names == codes(pa.array(large, pa.uint64()))).all()


def test_the_name_of_no_id_is_no_ids_name():
    smallest = codes(pa.array([-(2**63)]))
    assert smallest[0] != NONE
    assert smallest == codes(pa.array([str(-(2**63))]))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([*LONG, None]),  # pandas makes floats of them
        pa.array([2.0**53]),
        pa.array([2.0**24], pa.float32()),
        pa.array(["7.12346E+18"]),
        pa.array(["abc", "7.123456789012346e+18"]),
        pa.array(["7123456789012345678.0"]),
        pa.array([np.inf]),
    ],
)
def test_ids_that_have_lost_digits_are_refused(column):
    with pytest.raises(BadLog, match=r"exact ids; got .*digits are lost"):
        codes(column)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1.5]),
        pa.array([[1]]),
        pa.array([pd.Timestamp(0)]),
        pa.array([b"\xff"]),
        pa.array([True, False]),
        pa.array(["1.5", "2"]),
        pa.array(["-0.25", None, " 7 "]),
    ],
)
def test_what_is_no_id_is_refused(column):
    with pytest.raises(BadLog, match="holds ids"):
        codes(column)


IDS = st.one_of(st.integers(-(2**64), 2**65), st.text("0a-.e+ \u7528", max_size=4))


@given(st.lists(IDS, max_size=12), st.sampled_from([pa.string(), pa.large_string()]))
def test_two_texts_share_a_name_only_where_they_are_one_id(ids, kind):
    texts = [str(i).strip() for i in ids]
    try:
        names = codes(pa.array(texts, kind)).tolist()
    except BadLog:
        return
    whole = {text: text.partition(".")[0] if text.endswith(".0") else text for text in texts}
    assert len(set(names)) == len({_plain(text) for text in whole})


def _plain(text: str) -> str:
    """12.0 and 12.00 are 12."""
    first, point, rest = text.partition(".")
    digits = first.removeprefix("-")
    return first if point and digits.isdigit() and rest and not rest.strip("0") else text


def with_creators(table: pd.DataFrame) -> pd.DataFrame:
    """Of creators whose ids differ in the last digits alone; a tenth of the cells is empty."""
    ranked = np.random.default_rng(0).zipf(1.3, len(table)) % 300
    ids = pd.Series(LONG[0] + ranked, dtype="Int64")
    return table.assign(creator=ids.where(np.arange(len(table)) % 10 > 0))


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_the_inequality_of_creators_with_long_ids_is_that_of_their_plays(tmp_path, end):
    table = with_creators(plain(plays(3000)))
    path = tmp_path / f"mine.{end}"
    table.to_csv(path, index=False) if end == "csv" else table.to_parquet(path)
    counts = table["creator"].value_counts().to_numpy()
    found = collected(path).creators.columns[0]
    assert gini(found) == pytest.approx(gini(counts), abs=1e-12)
    assert found.sum() == counts.sum()


def test_files_with_numbers_and_with_words_among_them_have_the_same_viewers(tmp_path):
    table = plain(plays(2000)).astype({"user_id": object})
    table[:1000].to_csv(tmp_path / "a.csv", index=False)
    late = table[1000:].copy()
    late.iloc[0, late.columns.get_loc("user_id")] = "guest"
    late.to_csv(tmp_path / "b.csv", index=False)
    seen = {*table["user_id"], "guest"}
    assert len(collected(tmp_path).viewers.keys) == len(seen)


@pytest.mark.parametrize("kind", [str, lambda v: f"{v}.0", float])
def test_a_table_of_videos_is_joined_though_its_ids_are_written_otherwise(tmp_path, kind):
    folder = kuairand(tmp_path / "log", plays(2000))
    features = folder / "data/video_features_basic_pure.csv"
    about = pd.read_csv(features)
    about.assign(video_id=about["video_id"].map(kind)).to_csv(features, index=False)
    sums = collected(folder)
    assert len(sums.creators.keys) == 50
    assert not sums.lost.total()


def test_a_table_about_other_videos_is_refused_by_name(tmp_path, capsys):
    folder = kuairand(tmp_path / "log", plays(3000))
    features = folder / "data/video_features_basic_pure.csv"
    about = pd.read_csv(features)
    about.assign(video_id="v" + about["video_id"].astype(str)).to_csv(features, index=False)
    assert main(["--log", str(folder), "--out", str(tmp_path / "p.toml")]) == 2
    assert "video_features_basic_pure.csv, which names none of them" in capsys.readouterr().err
    assert not (tmp_path / "p.toml").exists()


def test_videos_without_a_creator_are_counted_aloud(tmp_path):
    folder = kuairand(tmp_path / "log", plays(2000))
    features = folder / "data/video_features_basic_pure.csv"
    pd.read_csv(features)[:250].to_csv(features, index=False)
    sums = collected(folder)
    missing = int((plays(2000)["video_id"] >= 250).sum())
    assert sums.lost["creator"] == missing
    assert sums.creators.columns[0].sum() == 2000 - missing


def test_a_file_that_was_written_by_a_spreadsheet_names_what_it_did(tmp_path, capsys):
    table = plain(plays(500))
    table["user_id"] = [f"{v:.5E}" for v in table["user_id"] + 7.1e18]
    path = Path(tmp_path / "mine.csv")
    table.to_csv(path, index=False)
    assert main(["--log", str(path), "--out", str(tmp_path / "p.toml")]) == 2
    assert "spreadsheet" in capsys.readouterr().err


def test_an_id_that_many_rows_share_is_told(tmp_path, capsys):
    log = plain(plays(1500))
    log.loc[log.index % 3 == 0, "user_id"] = -1
    log.to_csv(tmp_path / "mine.csv", index=False)
    assert main(["--log", str(tmp_path), "--out", str(tmp_path / "p.toml")]) < 2
    said = capsys.readouterr().err
    assert re.search(r"user_id: 5\d\d of 1,\d+ plays have one and the same \(-1\)", said), said
    assert "item_id" not in said
