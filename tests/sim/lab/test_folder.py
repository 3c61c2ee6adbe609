"""A run's folder has one writer, and a disk that fails is told of, not suffered."""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
import time

import actors
import pandas as pd
import pytest

import sim
from sim.lab.run import lock, record
from sim.lab.run.files import replaced
from sim.presets.errors import BadInput
from sim.run import main

SMALL = {"sessions.scale": 0.03, "size.viewers": 60, "size.live": 200, "run.report": False}
FLAGS = [f"--set={key}={str(value).lower()}" for key, value in SMALL.items()]
WORDS = ["--world", "nano", "--baseline", "none", *FLAGS]
ACTORS = os.path.join(os.path.dirname(__file__), "actors.py")


def run(out=None, agent=actors.Halts, days=3, **more):
    settings = {**SMALL, **more.pop("settings", {})}
    options = {"world": "nano", "settings": settings, "baseline": None, "quiet": True, **more}
    return sim.simulate(agent, days=days, out=out, **options)


def test_of_two_threads_one_writes_to_a_folder(tmp_path, monkeypatch):
    out, errors = tmp_path / "x", []
    inside, leave = threading.Event(), threading.Event()

    def wait():
        inside.set()
        leave.wait(60)

    monkeypatch.setattr(actors.Halts, "plan", {1: wait})
    first = threading.Thread(target=lambda: run(out))
    first.start()
    assert inside.wait(60)
    for resume in (False, True):
        with pytest.raises(BadInput) as told:
            run(out, resume=resume)
        errors.append(str(told.value))
    assert record.read_status(out)["state"] == "running"
    leave.set()
    first.join()
    assert "one that is running" in errors[0]
    assert "one run at a time writes to --out" in errors[1] and "stop it" in errors[1]
    assert record.read_status(out)["state"] == "done"
    assert pd.read_csv(out / "metrics.csv")["day"].max() == 2


def test_two_that_begin_at_once_in_a_new_folder_are_one(tmp_path):
    words = [sys.executable, "-m", "sim.run", "--agent", f"{ACTORS}:Steady", "--days", "40", *WORDS]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    both = [
        subprocess.Popen([*words, "--quiet", "--out", str(tmp_path / "x")], env=env, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    told = [process.communicate() for process in both]
    assert sorted(process.returncode for process in both) == [0, 2]
    refused = next(err for process, (_, err) in zip(both, told, strict=True) if process.returncode)
    assert "one run at a time" in refused or "one that is" in refused
    assert record.read_status(tmp_path / "x")["state"] == "done"


def _hold_and_fork(folder, there):
    """Holds the folder's lock, leaves a child behind, and is killed."""
    with lock.held(folder):
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        there.send(child)
        os.kill(os.getpid(), 9)


def test_a_process_that_is_dead_holds_no_folder_even_where_its_children_live(tmp_path):
    (tmp_path / lock.PLACE).parent.mkdir()
    ours, theirs = multiprocessing.Pipe()
    holder = multiprocessing.get_context("fork").Process(
        target=_hold_and_fork, args=(tmp_path, theirs)
    )
    holder.start()
    child = ours.recv()
    holder.join()
    try:
        with lock.held(tmp_path):
            os.kill(child, 0)  # it is there, or this raises
    finally:
        os.kill(child, 9)


def test_where_the_file_system_knows_no_locks_a_run_goes_on_and_says_so(tmp_path, monkeypatch):
    def unknown(*_, **__):
        raise OSError(lock.UNKNOWN[0], "Function not implemented")

    monkeypatch.setattr(lock.FileLock, "acquire", unknown)
    found = run(tmp_path / "x", days=1)
    assert found.state == "done" and "knows no locks" in found.summary["notes"][0]
    run(tmp_path / "x", days=2, resume=True)
    status = {"state": "running", "day": 1, "of": 9, **lock.writer()}
    for pid, state in ((os.getpid(), "running"), (2**22 + 1, "interrupted")):
        record.replace_text(tmp_path / "x/status.json", json.dumps({**status, "pid": pid}))
        assert record.read_status(tmp_path / "x")["state"] == state


def limited(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def command(out, *more, **how):
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    words = ["--agent", f"{ACTORS}:Steady", "--days", "12", *WORDS, "--set=run.checkpoint_every=2"]
    return subprocess.run(
        [sys.executable, "-m", "sim.run", *words, "--out", str(out), *more], env=env, text=True,
        capture_output=True, **how,
    )  # fmt: skip


def checked(done, out):
    """A run that failed for want of room said so and how to go on; and it does."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr and "Make room" in done.stderr
    assert "--resume" in done.stderr and str(out) in done.stderr
    status = json.loads((out / "status.json").read_text())
    assert status["state"] == "failed" and "Make room" in status["error"]
    assert record.read_status(out) == status


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("folder") / "whole"
    assert command(out).returncode == 0
    return out


def goes_on(out, whole):
    again = command(out, "--resume")
    assert again.returncode == 0, again.stderr
    for name in ("metrics.csv", "metrics.parquet", "events.parquet"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()


def test_a_file_that_may_not_grow_fails_the_run_which_then_goes_on(tmp_path, whole):
    out = tmp_path / "x"
    done = command(out, preexec_fn=limited(100_000))
    checked(done, out)
    assert not list(out.glob("*.part"))
    goes_on(out, whole)


@pytest.mark.parametrize("room", ["16k", "400k"])
def test_a_full_disk_fails_the_run_which_then_goes_on(tmp_path, whole, room):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root alone")
    try:
        done = command(disk / "x")
        if done.returncode == 2:
            assert "--out can be written" in done.stderr and "make room" in done.stderr
            assert "Traceback" not in done.stderr
            return
        checked(done, disk / "x")
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        goes_on(disk / "x", whole)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_part_of_the_events_that_cannot_be_read_is_named_and_the_rest_is_kept(
    tmp_path, monkeypatch
):
    out = tmp_path / "x"
    part = out / "checkpoint" / "0-Halts" / "events-000000.parquet"

    def harm():
        if part.is_file():
            part.unlink()
            part.mkdir()

    monkeypatch.setattr(actors.Halts, "plan", {6: harm})
    with pytest.raises(BadInput, match=r"can be read \(Is a directory\).*events-000000.*Put back"):
        run(out, days=7)
    status = json.loads((out / "status.json").read_text())
    assert (status["state"], status["day"]) == ("failed", 7) and str(part) in status["error"]
    assert pd.read_csv(out / "metrics.csv")["day"].max() == 6
    assert json.loads((out / "summary.json").read_text())["state"] == "failed"


@pytest.mark.parametrize("flag", ["--out", "--load", "--config"])
def test_a_name_too_long_for_a_disk_ends_with_2(tmp_path, capsys, flag):
    words = ["--agent", "popular", "--days", "1", *WORDS, "--out", str(tmp_path / "x")]
    assert main([*words, flag, str(tmp_path / ("long" * 80))]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and "long" in told and "File name too long" in told
    assert not list(tmp_path.iterdir())


def test_agents_of_any_name_keep_to_their_own_place(tmp_path):
    kinds = [type(name, (actors.Steady,), {}) for name in ("L" * 300, "L" * 299, "../x", "random")]
    found = run(tmp_path / "x", kinds, days=1, settings={"run.lift": False})
    assert found.state == "done"
    places = sorted(path.name for path in (tmp_path / "x" / "checkpoint").iterdir())
    assert len(places) == 4 and max(map(len, places)) < 100
    assert {path.name for path in tmp_path.iterdir()} == {"x"}
    assert found.events["agent"].nunique() == 4


def test_half_a_file_takes_no_ones_place_and_no_room(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(OSError, match=r"No space left on device: .*x\.txt"), replaced(path) as part:
        part.write_text("half")
        raise OSError(28, "No space left on device")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
