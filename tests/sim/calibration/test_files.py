"""A table is read as what it is, whatever its name says, or refused with what is wrong with it."""

import gzip
import io
import re
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_logs import plain, plays

from sim.calibrate import main
from sim.calibration.cleaning import Cleaner, Rows
from sim.calibration.logs import BadLog, find

CATEGORIES = ["美食", "搞笑", "游戏", "音乐", "舞蹈", "旅游", "宠物"]
CHINESE = {
    "user_id": "用户", "item_id": "视频", "time_ms": "时间", "watch_s": "观看秒数",
    "duration_s": "时长", "like": "点赞", "category": "类别",
}  # fmt: skip


def table(rows: int = 400) -> pd.DataFrame:
    return plain(plays(rows))


def rows_of(path: Path, renamed: dict | None = None, encoding: str = "") -> Rows:
    (rows,) = Cleaner(find(path, renamed or {}, encoding), 8)
    return rows


def same(found: Rows, wanted: pd.DataFrame) -> bool:
    return bool(
        (found.viewer == wanted["user_id"]).all()
        and np.allclose(found.watch, wanted["watch_s"])
        and np.allclose(found.seconds, wanted["duration_s"])
        and (found.acts["like"] == wanted["like"]).all()
        and [found.tags[i] for i in found.tag] == wanted["category"].tolist()
    )


def text(log: pd.DataFrame, separator: str = ",", **how) -> str:
    return log.to_csv(index=False, sep=separator, **how)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "\x01"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_found(tmp_path, separator, end):
    path = tmp_path / "mine.csv"
    path.write_bytes(text(table(), separator, lineterminator=end).encode())
    assert same(rows_of(path), table())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"],
)
def test_encodings_that_are_sure_are_read(tmp_path, encoding):
    log = table().assign(category=lambda t: [CATEGORIES[v % 7] for v in t["item_id"]])
    path = tmp_path / "mine.csv"
    path.write_bytes(text(log).encode(encoding))
    assert same(rows_of(path), log)


@pytest.mark.parametrize(("encoding", "word"), [("gbk", "用户"), ("big5", "使用者")])
def test_a_chinese_header_is_read_and_can_be_mapped(tmp_path, encoding, word):
    log = table().rename(columns={"user_id": word})
    path = tmp_path / "mine.csv"
    path.write_bytes(text(log).encode(encoding))
    with pytest.raises(BadLog, match=f"without user_id; it has {word}"):
        find(path, {})
    assert same(rows_of(path, {word: "user_id"}), table())


def test_a_header_all_in_chinese_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(text(table().rename(columns=CHINESE), "\t").encode("gbk"))
    assert same(rows_of(path, {theirs: ours for ours, theirs in CHINESE.items()}), table())


@pytest.mark.parametrize(
    ("words", "encoding", "said"),
    [
        (["我"], "gbk", "may be GBK.*--encoding gb18030"),
        (["café", "señor"], "cp1252", "not UTF-8.*--encoding cp1252"),
        (["料理", "かわいい"], "shift_jis", "not UTF-8"),
    ],
)
def test_bytes_that_leave_it_open_are_refused_by_name_and_read_once_told(
    tmp_path, words, encoding, said
):
    log = table().assign(category=lambda t: [words[v % len(words)] for v in t["item_id"]])
    path = tmp_path / "mine.csv"
    path.write_bytes(text(log).encode(encoding))
    with pytest.raises(BadLog, match=said):
        find(path, {})
    assert same(rows_of(path, encoding=encoding), log)


def test_another_encoding_further_down_is_named(tmp_path):
    log = pd.concat([table()] * 90)  # 1.5 MB of plain letters first
    log.iloc[-300:, log.columns.get_loc("category")] = "美食搞笑游戏音乐"
    path = tmp_path / "mine.csv"
    path.write_bytes(text(log).encode("gbk"))
    with pytest.raises(BadLog, match=r"not UTF-8 and may be GBK.*--encoding gb18030"):
        list(Cleaner(find(path, {}), 8))
    assert sum(len(r) for r in Cleaner(find(path, {}, "gb18030"), 8)) == 400


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("log.csv", data)
    return out.getvalue()


def tarred(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as file:
        info = tarfile.TarInfo("log.csv")
        info.size = len(data)
        file.addfile(info, io.BytesIO(data))
    return out.getvalue()


def parquet(data: bytes) -> bytes:
    return pd.read_csv(io.BytesIO(data)).to_parquet()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (zipped, "a zip archive.*Unpack it"),
        (tarred, "a tar archive.*Unpack it"),
        (lambda data: gzip.compress(parquet(data)), "packed Parquet"),
        (lambda data: b"\xfd7zXZ\x00" + data, "packed by xz"),
        (lambda data: parquet(data)[:2000], "mine.csv.*damaged: get or unpack it again"),
        (lambda data: gzip.compress(data)[:2000], "mine.csv.*[Tt]runcated.*unpack it again"),
        (lambda data: data.partition(b"\n")[0], "has rows below its header"),
        (lambda data: b"\x89PNG\r\n\x1a\n\x00\x00" + data, "zero bytes"),
        (lambda data: b'{"user_id": 1}\n', "JSON"),
        (lambda data: b"<html>" + data, "HTML"),
        (lambda data: b"", "which is empty"),
        (lambda data: b"\n\n\n", "which is empty"),
        (lambda data: data.partition(b"\n")[2], "first line of a table names its columns"),
        (lambda data: data.replace(b",", b" "), "separated by commas, tabs.*' ' between them"),
        (lambda data: data.replace(b",", b"::"), "separated by commas, tabs.*'::' between them"),
        (lambda data: data.replace(b"item_id", b"user_id"), "a name of its own; got .*'user_id'"),
        (lambda data: data + b"1,2\n", "Row #402.*Expected 7 columns, got 2"),
        (lambda data: data.replace(b"user_id", b"userid"), "--map userid=user_id"),
    ],
)
def test_what_is_no_table_is_bad_input_with_the_true_reason(tmp_path, capsys, spoil, said):
    path, out = tmp_path / "mine.csv", tmp_path / "p.toml"
    path.write_bytes(spoil(text(table()).encode()))
    assert main(["--log", str(path), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert re.search(said, error), error
    assert not out.exists()


def test_damaged_text_in_parquet_is_refused(tmp_path):
    path = tmp_path / "mine.parquet"
    log = table().assign(user_id="reader")
    log.to_parquet(path, compression=None, use_dictionary=False, column_encoding="PLAIN")
    whole = path.read_bytes()
    at = whole.index(b"reader", 60)
    path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    with pytest.raises(BadLog, match="readable table; got 'mine"):
        list(Cleaner(find(path, {}), 8))


def test_a_zip_in_a_folder_is_named(tmp_path):
    (tmp_path / "KuaiRand-Pure.tar.gz").write_bytes(b"")
    with pytest.raises(BadLog, match=r"but KuaiRand-Pure.tar.gz.*Unpack"):
        find(tmp_path, {})


@pytest.mark.parametrize(
    "written",
    [
        lambda data: gzip.compress(data),
        lambda data: gzip.compress(data[:3000]) + gzip.compress(data[3000:]),
        parquet,
        lambda data: b"sep=,\n" + data,
        lambda data: b"# exported on Monday\n\n" + data,
        lambda data: data.replace(b"user_id", b"USER_ID").replace(b"item_id", b"Item_ID"),
        lambda data: data.replace(b"user_id", b" user_id").replace(b"item_id", b"item_id "),
        lambda data: data.replace(b"user_id", b"user_id:token").replace(
            b"watch_s", b"watch_s:float"
        ),
        lambda data: data.replace(b"item_id", b"video_id"),
        lambda data: data.rstrip(b"\n"),
    ],
)
def test_what_a_table_is_counts_and_not_what_it_is_called(tmp_path, written):
    path = tmp_path / "mine.csv"
    path.write_bytes(written(text(table()).encode()))
    assert same(rows_of(path), table())


def test_atomic_files_of_recbole_are_a_log(tmp_path):
    log = table().rename(columns={c: f"{c}:token" for c in table().columns})
    (tmp_path / "mine.inter").write_text(text(log, "\t"))
    assert same(rows_of(tmp_path), table())


def test_values_with_separators_quotes_and_line_ends_stay_one_value(tmp_path):
    log = table().assign(title='a "b",\nc', category="x")
    path = tmp_path / "mine.csv"
    path.write_text(text(log))
    assert same(rows_of(path), log)


def test_a_quote_that_is_never_closed_is_refused(tmp_path):
    log = table().assign(title="plain")
    data = text(log, columns=["title", *table().columns]).replace("plain", '"plain', 1)
    (tmp_path / "mine.csv").write_text(data)
    with pytest.raises(BadLog, match="begins with a quote ends with one"):
        list(Cleaner(find(tmp_path, {}), 8))


def test_commas_before_decimals_are_read_between_semicolons(tmp_path):
    (tmp_path / "mine.csv").write_text(text(table(), ";", decimal=","))
    assert same(rows_of(tmp_path), table())
    (tmp_path / "mine.csv").write_text(text(table(), "\t", decimal=","))
    with pytest.raises(BadLog, match="every value fits its column"):
        list(Cleaner(find(tmp_path, {}), 8))


def test_what_of_a_folder_is_not_read_is_said(tmp_path):
    (tmp_path / "a.csv").write_text(text(table()))
    table().to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text(text(table().rename(columns={"watch_s": "wach_s"})))
    log = find(tmp_path, {})
    assert [p.name for p in log.files] == ["a.parquet"]
    assert any("a.csv is left out" in note for note in log.notes)
    assert any("not read" in note and "b.csv" in note for note in log.notes)


def test_a_column_that_one_file_lacks_is_left_out_aloud(tmp_path):
    (tmp_path / "a.csv").write_text(text(table()))
    (tmp_path / "b.csv").write_text(text(table().drop(columns="category")))
    log = find(tmp_path, {})
    assert "tag" not in log.columns
    assert "category is left out: not every file of the log has it" in log.notes


def test_a_map_of_no_column_is_refused_with_the_nearest(tmp_path):
    (tmp_path / "a.csv").write_text(text(table().rename(columns={"watch_s": "watched"})))
    with pytest.raises(BadLog, match=r"got 'wached'. Did you mean 'watched'"):
        find(tmp_path, {"wached": "watch_s"})


@pytest.mark.parametrize("name", ["base64", "rot13", "hex", "zip", "klingon"])
def test_what_names_no_encoding_of_text_is_refused(tmp_path, name):
    (tmp_path / "mine.csv").write_text(text(table()))
    with pytest.raises(BadLog, match=f"which is not {name}: "):
        find(tmp_path, {}, name)
