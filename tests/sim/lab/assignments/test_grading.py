"""A class is graded: files are found, marks written for course systems; a stop costs nothing."""

import csv
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from sim.check import main as check
from sim.grade import main as grade
from sim.lab.assignments import batch, exams, handed_in
from sim.lab.assignments.marks import Failed, Room
from sim.presets.errors import BadInput


class Sum:
    """An exam that takes no time: the file is a number, and a seed's is to be reached."""

    name, file, suffix = "A2", "agent.py", ".py"
    public: tuple[int, ...] = (1, 2)
    hidden, based, code = 3, True, True
    points: ClassVar[Mapping[str, float]] = {"contract": 4.0, "watch_random": 6.0}
    bases: ClassVar[list[int]] = []

    def base(self, seed):
        self.bases.append(seed)
        return {"least": 5.0}

    @contextmanager
    def room(self, text):
        yield Room(text, printed="it said <b>this</b>")

    def once(self, room):
        return {"contract": None}

    def sit(self, room, seed):
        try:
            return {"own": float(room.text)}
        except ValueError:
            raise Failed(
                {"kind": "raised", "type": "ValueError", "text": "<i>", "verb": "act"}
            ) from None

    def values(self, figures, base):
        return {"watch_random": (sum(f["own"] for f in figures.values()) / len(figures), 5.0)}


@pytest.fixture
def exam(monkeypatch):
    own = Sum()
    own.bases.clear()
    monkeypatch.setitem(exams.EXAMS, "A2", own)

    def here(exam, files, seeds, base, jobs):
        for student, path in files.items():
            yield batch.one(exam.name, student, path, seeds, base)

    monkeypatch.setattr(batch, "_marked", here)
    return own


@pytest.fixture
def handed(tmp_path):
    folder = tmp_path / "in"
    for place, text in {
        "ann/agent.py": "7", "bob.py": "3", "carl/A2/agent.py": "nonsense",
        "=1+1/agent.py": "5", "deng 邓/x/agent.py": "9",
    }.items():  # fmt: skip
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8")
    return folder


def test_marks_are_written_for_course_systems(exam, handed, tmp_path, capsys):
    out = tmp_path / "grades"
    assert grade(["A2", str(handed), "--out", str(out), "--lang", "en"]) == 0
    scores = {"ann": 10.0, "bob": 4.0, "carl": 0.0, "=1+1": 10.0, "deng 邓": 10.0}
    assert json.loads((out / "summary.json").read_text())["scores"] == scores
    rows = {row["student_id"]: row for row in csv.DictReader((out / "grades.csv").open())}
    assert float(rows["ann"]["score"]) == 10 and float(rows["bob"]["max_score"]) == 10
    assert "'=1+1" in rows and "=1+1" not in rows  # no spreadsheet runs a student's name
    assert "ann,,,ann,,10" in (out / "canvas.csv").read_text()
    results = json.loads((out / "students" / "bob" / "results.json").read_text())
    assert results["score"] == 4 and [t["score"] for t in results["tests"]] == [4, 0]
    assert "--seed 1" in results["tests"][1]["output"]
    results = json.loads((out / "students" / "carl" / "results.json").read_text())
    assert results["score"] == 0 and "raised ValueError" in results["output"]
    assert {t["output"] for t in results["tests"]} == {"Not marked: see the top."}
    assert "bob: 4 of 10" in capsys.readouterr().out


def test_a_student_s_page_shows_no_code_as_code_and_no_hidden_seed(exam, handed, tmp_path):
    out = tmp_path / "grades"
    assert grade(["A2", str(handed), "--out", str(out), "--quiet", "--lang", "zh"]) == 0
    seeds = json.loads((out / "seeds.json").read_text())["A2"]
    assert len(set(seeds)) == 3 and min(seeds) > 1 << 40  # nobody guesses them
    for name in ("seeds.json", "baselines.json"):
        assert stat.S_IMODE((out / name).stat().st_mode) == 0o600
    for path in (out / "students").rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not any(str(seed) in text for seed in seeds), path
    page = (out / "students" / "carl" / "page.html").read_text("utf-8")
    assert "&lt;b&gt;this" in page and "<b>this" not in page and "<i>" not in page
    assert "抛出了 ValueError" in page
    assert '<span class="flag">--seed 1</span>' in page  # no line breaks after its first hyphen


def test_who_was_marked_is_not_marked_again_and_who_changed_is(exam, handed, tmp_path, monkeypatch):
    out, marked = tmp_path / "grades", []
    one = batch.one
    monkeypatch.setattr(batch, "one", lambda *a: marked.append(a[1]) or one(*a))
    assert grade(["A2", str(handed), "--out", str(out), "--quiet"]) == 0
    assert len(marked) == 5 and len(exam.bases) == 5
    (handed / "bob.py").write_text("8")
    assert grade(["A2", str(handed), "--out", str(out), "--quiet"]) == 0
    assert marked[5:] == ["bob"] and len(exam.bases) == 5  # baselines once
    assert json.loads((out / "summary.json").read_text())["scores"]["bob"] == 10
    monkeypatch.setattr(handed_in, "machinery", lambda: "another world")
    assert grade(["A2", str(handed), "--out", str(out), "--quiet"]) == 0
    assert len(marked) == 11 and len(exam.bases) == 10


def test_a_stop_keeps_what_was_marked(exam, handed, tmp_path, monkeypatch, capsys):
    out, one, marked = tmp_path / "grades", batch.one, []

    def stopped(*args):
        marked.append(args[1])
        if len(marked) == 3:
            raise KeyboardInterrupt
        return one(*args)

    monkeypatch.setattr(batch, "one", stopped)
    assert grade(["A2", str(handed), "--out", str(out)]) == 130
    assert "goes on" in capsys.readouterr().err
    assert grade(["A2", str(handed), "--out", str(out)]) == 0
    assert len(marked) == 3 + 3


def test_a_folder_without_the_file_is_named(exam, handed, tmp_path, capsys):
    (handed / "fay" / "mine").mkdir(parents=True)
    (handed / "fay" / "mine" / "agnet.py").write_text("7")
    assert grade(["A2", str(handed), "--out", str(tmp_path / "g"), "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "without agent.py, so not marked: fay\n" in told.err and "fay" not in told.out


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["A9", "x"], "unknown assignment"),
        (["A2", "nowhere"], "DIR is a folder"),
        (["A2", ".", "--jobs", "0"], "--jobs"),
    ],
)
def test_bad_input_of_a_grader_is_told(argv, told, exam, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert grade([*argv, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err
    assert grade([*argv, "--lang", "zh"]) == 2
    assert told not in capsys.readouterr().err or told == "--jobs"


def test_links_and_what_is_no_text_are_not_read(tmp_path):
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "long.py").write_bytes(b"#" * (1 << 19))
    for name in ("link", "bytes", "long", "none"):
        with pytest.raises(ValueError):
            handed_in.read(tmp_path / f"{name}.py")
    with pytest.raises(BadInput):
        (tmp_path / "empty").mkdir()
        handed_in.submissions(tmp_path / "empty", Sum())


def test_a_dangling_link_a_folder_or_a_pipe_costs_its_owner_alone(exam, handed, tmp_path):
    for name in ("link", "folder", "pipe"):
        (handed / name).mkdir()
    (handed / "link" / "agent.py").symlink_to("/nowhere")
    (handed / "folder" / "agent.py").mkdir()
    os.mkfifo(handed / "pipe" / "agent.py")
    out = tmp_path / "grades"
    assert grade(["A2", str(handed), "--out", str(out), "--quiet", "--lang", "zh"]) == 0
    scores = json.loads((out / "summary.json").read_text())["scores"]
    assert scores["ann"] == 10 and [scores[k] for k in ("link", "folder", "pipe")] == [0, 0, 0]
    told = (out / "students" / "pipe" / "page.html").read_text("utf-8")
    assert "它不是普通文件" in told and "存为 UTF-8" in told


def test_a_check_tells_marks_and_ends_by_them(exam, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "agent.py"
    for text, code in (("7", 0), ("3", 1)):
        path.write_text(text)
        assert check(["A2", str(path), "--lang", "en"]) == code
    told = capsys.readouterr().out
    assert "A2: 10 of 10 points" in told and "A2: 4 of 10 points" in told
    assert check(["A2", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["score"] == 4
    assert check(["A2", str(path), "--seed", "99"]) == 2
    assert check(["A2", str(tmp_path / "none.py")]) == 2
    assert "example prints" in capsys.readouterr().err
    assert check(["A2", "example", "--lang", "zh"]) == 0
    assert "作业 A2" in capsys.readouterr().out


WORKER = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from sim.lab.assignments import batch
fresh = multiprocessing.get_context("spawn")
pool = ProcessPoolExecutor(1, fresh, initializer=batch._alone)
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(600)
"""


def test_a_grading_that_is_killed_takes_its_workers_along():
    grader = subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    worker = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    end = time.monotonic() + 60
    while time.monotonic() < end and _runs(worker):
        time.sleep(0.1)
    assert not _runs(worker)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # who nobody waits for stays a remnant
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("name", ["A5", "A7"])
def test_a_file_that_cannot_be_read_is_refused_before_anything_is_lived(
    name, tmp_path, monkeypatch, capsys
):
    def lived(*_):
        raise AssertionError("baselines were lived")

    monkeypatch.setattr(batch, "bases", lived)
    file = tmp_path / "mine.toml"
    file.write_text("this is = = no TOML")
    assert check([name, str(file), "--quiet", "--lang", "en"]) == 1
    assert "On public seeds" not in capsys.readouterr().out
