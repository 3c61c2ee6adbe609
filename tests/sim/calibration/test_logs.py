import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_logs import kuairand, kuairec, plain, plays

from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import survey
from sim.calibration.logs import BadLog, find
from sim.calibration.tally import Reservoir, Seen, Tally, mix
from sim.calibration.videos import VideoTable, first_tag


def clean(folder: Path, renamed: dict | None = None) -> tuple[int, dict, Cleaner]:
    cleaner = Cleaner(find(folder, renamed or {}), utc_offset=8)
    rows = sum(len(part) for part in cleaner)
    return rows, {why: n for why, n in cleaner.dropped.items() if n}, cleaner


def days_of(folder: Path):
    return survey(find(folder, {}), 8, 0, lambda _: None)


@pytest.mark.parametrize("suffix", ["pure", "1k", "27k"])
def test_a_kuairand_download_is_known(tmp_path, suffix):
    folder = kuairand(tmp_path / "log", plays(1000), suffix)
    log = find(folder, {})
    assert (log.layout.name, len(log.files), len(log.videos)) == ("KuaiRand", 2, 1)
    assert clean(folder)[:2] == (1000, {})


def test_a_split_part_is_read_too(tmp_path):
    folder = kuairand(tmp_path / "log", plays(1000), "27k")
    plays(300, seed=9).to_csv(folder / "data/log_standard_4_22_to_5_08_27k_part2.csv", index=False)
    assert clean(folder)[0] == 1300


def test_a_kuairec_download_is_known_and_its_dense_part_left_out(tmp_path):
    log = find(kuairec(tmp_path, plays(1000)), {})
    assert [path.name for path in log.files] == ["big_matrix.csv"]
    assert "small_matrix" in log.notes[0]
    rows = next(iter(Cleaner(log, 8)))
    assert len(rows) == 1000
    assert rows.watch.mean() == pytest.approx(plays(1000)["play_time_ms"].mean() / 1000)
    assert rows.day.min() == 19107  # 25 April 2022


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_a_plain_table_is_known_in_either_format(tmp_path, end):
    table, path = plain(plays(1000)), tmp_path / f"mine.{end}"
    table.to_csv(path, index=False) if end == "csv" else table.to_parquet(path)
    rows = next(iter(Cleaner(find(path, {}), 8)))
    assert len(rows) == 1000
    assert rows.hour.min() >= 0


def test_columns_by_other_names_can_be_mapped(tmp_path):
    table = plain(plays(1000)).rename(columns={"watch_s": "watched", "user_id": "who"})
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(BadLog, match="without user_id, watch_s"):
        find(tmp_path, {})
    assert clean(tmp_path, {"watched": "watch_s", "who": "user_id"})[0] == 1000


def test_names_that_are_text_count_as_viewers(tmp_path):
    table = plain(plays(1000))
    table["user_id"] = "u" + table["user_id"].astype(str)
    table.to_csv(tmp_path / "mine.csv", index=False)
    rows = next(iter(Cleaner(find(tmp_path, {}), 8)))
    assert len(np.unique(rows.viewer)) == table["user_id"].nunique()


def test_every_row_left_out_has_one_counted_reason(tmp_path):
    table = plays(2000)
    table["play_time_ms"] = table["play_time_ms"].astype(float)
    table.loc[:9, "play_time_ms"] = -5.0
    table.loc[10:14, "duration_ms"] = 0.0
    table.loc[15:17, "play_time_ms"] = 7 * 3.6e6
    table.loc[18:19, "play_time_ms"] = np.nan
    table.loc[20:25, "tab"] = 0
    table = pd.concat([table, table[100:130]])
    rows, dropped, _ = clean(kuairand(tmp_path / "log", table))
    assert dropped == {
        "negative_watch": 10,
        "no_duration": 5,
        "watched_over_6h": 3,
        "null": 2,
        "other_tab": 6,
        "duplicate": 30,
    }
    assert rows + sum(dropped.values()) == len(table)


def test_days_without_rows_are_counted_and_the_last_third_is_kept(tmp_path):
    table = plays(3000, days=9)
    table = table[(table["date"] != 20220427) & (table["date"] != 20220428)]
    found = days_of(kuairand(tmp_path / "log", table))
    assert (len(found.days), found.empty_days) == (7, 2)
    last = max(found.days)
    assert found.held == {last - 1, last}  # two of seven


def test_one_day_cannot_be_checked(tmp_path):
    with pytest.raises(BadLog, match="two days"):
        days_of(kuairand(tmp_path / "log", plays(1000, days=1)))


def test_seconds_for_milliseconds_are_refused_with_the_value_and_the_cure(tmp_path):
    table = plays(1000)
    table["play_time_ms"] /= 1000
    table["duration_ms"] /= 1000
    with pytest.raises(BadLog, match=r"milliseconds; got .*median.*multiply it by 1000"):
        days_of(kuairand(tmp_path / "log", table))


def test_one_column_in_seconds_is_refused(tmp_path):
    table = plays(1000)
    table["play_time_ms"] /= 1000
    with pytest.raises(BadLog, match="in one unit"):
        days_of(kuairand(tmp_path / "log", table))


def test_milliseconds_for_seconds_are_refused(tmp_path):
    table = plain(plays(1000))
    table[["watch_s", "duration_s"]] *= 1000
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(BadLog, match="duration_s is in seconds"):
        days_of(tmp_path)


def test_a_clock_in_seconds_is_refused(tmp_path):
    table = plain(plays(1000))
    table["time_ms"] //= 1000
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(BadLog, match="milliseconds since 1970"):
        days_of(tmp_path)


def test_words_in_a_column_of_numbers_are_refused(tmp_path):
    table = plain(plays(1000)).astype({"watch_s": object})
    table.loc[500, "watch_s"] = "long"
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(BadLog, match="every value fits its column"):
        clean(tmp_path)


def test_a_log_that_is_mostly_broken_is_refused(tmp_path):
    table = plays(1000)
    table.loc[:700, "play_time_ms"] = -1.0
    with pytest.raises(BadLog, match="most rows"):
        days_of(kuairand(tmp_path / "log", table))


@pytest.mark.parametrize("content", [None, ""])
def test_a_folder_without_a_log_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "log.csv").write_text(content)
    with pytest.raises(BadLog):
        find(tmp_path, {})
    with pytest.raises(BadLog, match="does not exist"):
        find(tmp_path / "nowhere", {})


def test_videos_take_their_first_tag_and_creator_from_the_tables_beside_the_log(tmp_path):
    log = find(kuairand(tmp_path / "log", plays(1000)), {})
    table = VideoTable.of(log)
    rows = next(iter(Cleaner(log, 8)))
    tag_39 = table.category(rows) == table.labels["39"]
    assert (tag_39 == (rows.video % 4 == 0)).all()
    assert (table.creator(rows) == rows.video % 50).all()
    assert table.extra_tags == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "tag"), [("39,43", "39"), ("[27, 9]", "27"), ("8.0", "8"), ("[]", "unknown")]
)
def test_the_first_tag_is_read_from_any_spelling(text, tag):
    assert first_tag(text) == tag


def test_a_tally_sums_by_name_however_it_is_fed():
    rng = np.random.default_rng(0)
    names, values = rng.integers(0, 50, 5000), rng.integers(0, 9, 5000)
    tally = Tally([np.int64])
    for part in np.array_split(np.arange(5000), 7):
        tally.add(names[part], values[part])
    tally.settle()
    assert tally.columns[0].tolist() == np.bincount(names, values).tolist()


def test_rows_seen_before_are_known_across_chunks_until_the_window_forgets():
    names = mix(np.arange(10_000))
    seen = Seen()
    assert not seen.again(names).any()
    assert seen.again(names[::-1]).all()
    short = Seen(window=1000)
    for part in np.array_split(names, 100):
        short.again(part)
    assert short.forgot
    assert short.again(names[-100:]).all()
    assert sum(map(len, short._runs)) <= 1000


def test_a_sample_is_fair_and_does_not_depend_on_the_chunks():
    values, group = np.arange(20_000.0), np.arange(20_000) % 2

    def sample(chunks: int) -> np.ndarray:
        reservoir = Reservoir(2, 1000, 1, seed=3)
        for part in np.array_split(np.arange(20_000), chunks):
            reservoir.add(group[part], values[part])
        return np.sort(reservoir.of(0)[:, 0])

    assert (sample(1) == sample(13)).all()
    assert len(sample(1)) == 1000
    assert sample(1).mean() == pytest.approx(10_000, abs=600)  # three standard errors


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_a_log_of_millions_of_rows_stays_within_its_memory(tmp_path):
    data = tmp_path / "log" / "data"
    data.mkdir(parents=True)
    part = plays(500_000)
    for i in range(8):  # 4 million rows, 370 MB as text; every part at another moment
        part.assign(time_ms=part["time_ms"] + i).to_csv(
            data / f"log_standard_4_22_to_5_08_27k_part{i}.csv", index=False
        )
    # VmHWM, not ru_maxrss: the latter counts what the process that started this one had held
    code = (
        "import re, sys; from sim.calibrate import main; code = main(sys.argv[1:]);"
        "status = open('/proc/self/status').read();"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024); sys.exit(code)"
    )
    arguments = ["--log", str(tmp_path / "log"), "--out", str(tmp_path / "p.toml")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < 1500  # MiB, libraries included
