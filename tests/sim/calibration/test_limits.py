"""Values have upper limits as well as lower ones, and what stands outside them is counted aloud."""

import json
import math
import re
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from made_logs import collected, kuairand, plain, plays

from sim.calibrate import main
from sim.calibration import calibrate as lab
from sim.calibration.calibrate import CalibrationOptions, calibrate
from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import survey
from sim.calibration.columns import flags
from sim.calibration.logs import BadLog, find
from sim.calibration.preset import write
from sim.presets.errors import BadInput


def dropped(where: Path) -> dict[str, int]:
    cleaner = Cleaner(find(where, {}), 8)
    assert sum(len(rows) for rows in cleaner) + cleaner.dropped.total() == cleaner.read
    return {why: n for why, n in cleaner.dropped.items() if n}


@pytest.mark.parametrize("end", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("column", "mark", "why"),
    [
        ("duration_s", 999_999_999, "duration_over_1h"),
        ("duration_s", 1e300, "duration_over_1h"),
        ("duration_s", np.inf, "duration_over_1h"),
        ("duration_s", 1e-300, "duration_under_1s"),
        ("duration_s", 0, "no_duration"),
        ("duration_s", -1, "negative_duration"),
        ("duration_s", np.nan, "null"),
        ("watch_s", 999_999_999, "watched_over_6h"),
        ("watch_s", 1e300, "watched_over_6h"),
        ("watch_s", np.inf, "watched_over_6h"),
        ("watch_s", -np.inf, "negative_watch"),
        ("watch_s", np.nan, "null"),
    ],
)
def test_a_mark_for_what_is_not_known_is_no_value(tmp_path, end, column, mark, why):
    table = plain(plays(1000)).astype({column: float})
    table.loc[:49, column] = mark
    path = tmp_path / f"mine.{end}"
    table.to_csv(path, index=False) if end == "csv" else table.to_parquet(path)
    assert dropped(path) == {why: 50}
    assert survey(find(path, {}), 8, 0, lambda _: None).days.total() == 950


def test_videos_are_no_longer_than_an_hour_where_one_duration_in_twenty_is_a_mark(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(lab.heldout, "DRAWS", 1000)
    table = plays(4000)
    table.loc[::20, "duration_ms"] = 999_999_999_000
    out = tmp_path / "p.toml"
    main(["--log", str(kuairand(tmp_path / "log", table)), "--out", str(out), "--json"])
    told = capsys.readouterr()
    assert json.loads(told.out)["dropped"] == {"duration_over_1h": 200}
    assert "dropped 200 rows: duration_over_1h" in told.err
    assert max(tomllib.loads(out.read_text())["watch"]["knots"]) < 600
    assert "Dropped: 200 duration_over_1h" in out.read_text()


def test_durations_of_the_tables_beside_the_log_have_the_same_limits(tmp_path):
    folder = kuairand(tmp_path / "log", plays(2000))
    features = folder / "data/video_features_basic_pure.csv"
    about = pd.read_csv(features)
    about["video_duration"] = np.where(about["video_id"] % 9, about["video_duration"], 999_999_999)
    about.to_csv(features, index=False)
    lengths = collected(folder).videos.lengths.values
    assert (lengths.min(), lengths.max(), len(lengths)) == (30, 30, 500 - 56)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (pa.array([True, False, None]), [1, 0, -1]),
        (pa.array(["True", "False", ""]), [1, 0, -1]),
        (pa.array(["true", "false", "NaN"]), [1, 0, -1]),
        (pa.array(["yes", "no", "null"]), [1, 0, -1]),
        (pa.array(["是", "否", " "]), [1, 0, -1]),
        (pa.array(["1.0", "0.0", "0"]), [1, 0, 0]),
        (pa.array([1.0, 0.0, None]), [1, 0, -1]),
        (pa.array([1, 0, 3], pa.int8()), [1, 0, 1]),
        (pa.array(["T", "f", "Y"]).dictionary_encode(), [1, 0, 1]),
        (pa.array([-1, 999_999_999, 1]), [-2, -2, 1]),
        (pa.array([1e300, np.inf, 0.5]), [-2, -2, -2]),
    ],
)
def test_flags_are_read_however_yes_and_no_are_written(written, read):
    assert flags(written, "like").tolist() == read


def test_a_flag_that_says_neither_is_refused_by_the_word():
    with pytest.raises(BadLog, match=r"like says whether.*got 'maybe'"):
        flags(pa.array(["yes", "maybe"]), "like")


@pytest.mark.parametrize("yes_no", [("True", "False"), ("yes", "no"), ("1.0", "0.0")])
def test_likes_are_as_many_whatever_word_they_are_written_by(tmp_path, yes_no):
    table = plain(plays(2000))
    words = np.where(table["like"] == 1, *yes_no)
    table.assign(like=words).to_csv(tmp_path / "mine.csv", index=False)
    assert collected(tmp_path).viewers.columns[3].sum() == table["like"].sum()


def test_rows_whose_flag_is_a_mark_are_dropped_and_empty_ones_are_no(tmp_path):
    table = plain(plays(1000)).astype({"like": float})
    table.loc[:9, "like"] = -1
    table.loc[10:29, "like"] = np.nan
    table.to_csv(tmp_path / "mine.csv", index=False)
    assert dropped(tmp_path) == {"bad_flag": 10}
    cleaner = Cleaner(find(tmp_path, {}), 8)
    likes = sum(int(rows.acts["like"].sum()) for rows in cleaner)
    assert (likes, cleaner.blank["like"]) == (int(table["like"][30:].sum()), 20)


def test_hours_that_are_none_are_not_midnight(tmp_path):
    table = plays(2000).astype({"hourmin": float})
    table.loc[:99, "hourmin"] = np.nan
    table.loc[100:149, "hourmin"] = 9900
    table.loc[150:199, "hourmin"] = -1
    sums = collected(kuairand(tmp_path / "log", table))
    assert sums.lost["hour"] == 200
    fitted = table[200:][table["date"][200:] < 20220429]
    assert (
        sums.hours.tolist()
        == np.bincount(fitted["hourmin"].astype(int) // 100, minlength=24).tolist()
    )


def test_a_clock_of_marks_makes_no_rows_alike(tmp_path):
    table = plays(2000)
    table.loc[:499, "time_ms"] = -1
    assert dropped(kuairand(tmp_path / "log", table)) == {}


def test_numbers_in_words_are_read_from_parquet_and_those_that_are_none_refused(tmp_path):
    table = plain(plays(500))
    table.astype({"watch_s": str, "time_ms": str}).to_parquet(tmp_path / "mine.parquet")
    (rows,) = Cleaner(find(tmp_path, {}), 8)
    assert rows.watch == pytest.approx(table["watch_s"].to_numpy())
    table.assign(watch_s="long").to_parquet(tmp_path / "mine.parquet")
    with pytest.raises(BadLog, match=r"watch_s is a column of numbers; got .*long"):
        list(Cleaner(find(tmp_path, {}), 8))


def test_a_category_is_one_where_a_video_has_two(tmp_path):
    """Not their mean, which may be a third."""
    table = plain(plays(3000))
    table["category"] = np.where(np.arange(3000) % 2, "a", np.where(table["item_id"] % 2, "b", "c"))
    table.to_csv(tmp_path / "mine.csv", index=False)
    sums = collected(tmp_path)
    a, code = sums.videos.labels["a"], sums.shown.columns[3]
    odd = sums.shown.keys % 2 == 1
    assert set(code[odd].tolist()) <= {a, sums.videos.labels["b"]}


def test_lists_of_tags_give_their_first(tmp_path):
    table = plain(plays(500)).assign(category=[[f"c{i % 3}", "z"] for i in range(500)])
    table.to_parquet(tmp_path / "mine.parquet")
    assert set(collected(tmp_path).videos.labels) == {"c0", "c1", "c2"}


def notes(tmp_path: Path, table: pd.DataFrame) -> str:
    table.to_csv(tmp_path / "mine.csv", index=False)
    found = calibrate(CalibrationOptions(tmp_path / "mine.csv", tmp_path / "p.toml"))
    return "\n".join(found.notes)


def test_what_is_added_to_few_categories_and_merged_of_many_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.heldout, "DRAWS", 1000)
    table = plain(plays(3000)).assign(duration_s=lambda t: t["duration_s"].clip(20, 29))
    few = table.assign(category=table["item_id"] % 5)
    assert "the log has 5; a preset has 47, so that 42 are added with a share of 0.0001" in notes(
        tmp_path, few
    )
    many = table.assign(category=table["item_id"] % 60)
    assert "the log has 60; a preset has 47, so that the 14 smallest are one" in notes(
        tmp_path, many
    )
    none = table.assign(category="", like="")
    assert "3,000 of 3,000 plays have none" in notes(tmp_path, none)
    assert "like: its column is empty" in notes(tmp_path, none)


def test_too_few_rows_are_told_with_what_was_dropped(tmp_path, capsys):
    table = plain(plays(900))
    table.loc[::2, "time_ms"] //= 1000
    table.to_csv(tmp_path / "mine.csv", index=False)
    given = ["--log", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "p.toml")]
    assert main(given) == 2
    error = capsys.readouterr().err
    assert "held-out rows or more" in error and "dropped were 450 day_out_of_range" in error


def test_a_log_of_dates_alone_is_read_without_a_warning_of_a_library(tmp_path):
    table = plays(2000)
    plain(table).drop(columns="time_ms").assign(date=table["date"]).to_csv(
        tmp_path / "mine.csv", index=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        survey(find(tmp_path, {}), 8, 0, lambda _: None)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.1, 1.1])
def test_no_preset_is_written_with_a_number_that_a_world_does_not_take(tmp_path, bad):
    whole = tomllib.loads(lab.BASE.with_name("kuaishou.toml").read_text(encoding="utf-8"))
    out = tmp_path / "p.toml"
    out.write_text("what was there")
    whole["reactions"]["like_by_ratio"][2] = bad
    with pytest.raises(BadInput, match="like_by_ratio"):
        write(whole, "", out)
    whole["reactions"]["like_by_ratio"][2] = 0.1
    whole["measured"]["like_rate"] = math.nan
    with pytest.raises(BadInput, match="like_rate"):
        write(whole, "", out)
    assert out.read_text() == "what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["p.toml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seed", "-1"], "--seed is a whole number"),
        (["--utc-offset", "nan"], "--utc-offset is in hours"),
        (["--base", "nowhere.toml"], "nowhere.toml"),
        (["--out", "mine.csv"], "ends in .toml"),
        (["--out", ""], "ends in .toml"),
        (["--encoding", "klingon"], "klingon"),
        (["--map", "a=user_id", "a=item_id"], "one name"),
    ],
)
def test_arguments_that_cannot_be_are_refused_before_any_work(
    tmp_path, monkeypatch, capsys, arguments, said
):
    monkeypatch.setattr(lab, "_fit", None)
    plain(plays(500)).to_csv(tmp_path / "mine.csv", index=False)
    given = ["--log", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "p.toml"), *arguments]
    assert main(given) == 2
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.csv"]


def test_a_base_that_no_world_takes_is_refused_before_any_work(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lab, "_fit", None)
    plain(plays(500)).to_csv(tmp_path / "mine.csv", index=False)
    text = lab.BASE.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^minutes = \S+", "minutes = nan", text)
    (tmp_path / "base.toml").write_text(text, encoding="utf-8")
    given = ["--log", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "p.toml")]
    assert main([*given, "--base", str(tmp_path / "base.toml")]) == 2
    error = capsys.readouterr().err
    assert "base.toml" in error and "viewers.minutes" in error


def test_an_interrupted_calibration_leaves_the_preset_that_was_there(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    plain(plays(500)).to_csv(tmp_path / "mine.csv", index=False)
    (tmp_path / "p.toml").write_text("before")
    monkeypatch.setattr(lab, "_fit", stop)
    assert main(["--log", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "p.toml")]) == 130
    assert (tmp_path / "p.toml").read_text() == "before"
