"""A year of a platform, and a run that is killed again and again."""

import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow
import pytest

from sim.lab.experiment import execute
from sim.lab.run.config import make
from sim.lab.screen.screen import Screen

SMALL = {"sessions.scale": 0.03, "size.viewers": 100, "run.report": False}
FILES = ("metrics.csv", "metrics.parquet", "events.parquet", "checkpoint/*/*.p*")


def given_back():
    """What the allocators keep for the next time goes back first: it comes and goes by tens of MiB
    (torch's and Arrow's blocks between small ones that stay), and nobody holds it."""
    pyarrow.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)


class Meter(Screen):
    """Reads the memory that is held (MiB) and open files after every day."""

    def __init__(self):
        super().__init__()
        self.memory, self.files = [], []

    def day(self, seed, agent, day, rows):
        given_back()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        self.files.append(len(os.listdir("/proc/self/fd")))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_year_takes_no_more_memory_and_open_files_than_a_season(tmp_path):
    options = {"agent": ["mf"], "baseline": "none", "world": "nano", "days": 365}
    meter = Meter()
    run = execute(make(options, SMALL), tmp_path / "x", screen=meter, keep_worlds=False)
    assert run.state == "done" and len(meter.memory) == 365
    season, year = max(meter.memory[:90]), max(meter.memory[90:])
    assert year - season < 15  # MiB; a day's events are 0.2, its rows of metrics 0.01
    assert max(meter.files[90:]) == max(meter.files[:90])


def started(out, *more):
    flags = [f"--set={key}={str(value).lower()}" for key, value in SMALL.items()]
    words = ["--agent", "mf", "popular", "--world", "nano", "--days", "24", "--seed", "0", "1"]
    words += [*flags, "--set=run.checkpoint_every=3", "--quiet", "--json", "--out", str(out), *more]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-m", "sim.run", *words], env=env, **quiet)


def at_work(out, process):
    """Waits until this process's own work stands in the status."""
    while process.poll() is None:
        try:
            status = json.loads((out / "status.json").read_text())
        except FileNotFoundError:
            status = {}
        if "pid" in status and Path(f"/proc/{status['pid']}").exists():
            return
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_twenty_kills_leave_no_trace_in_any_file(tmp_path):
    whole, cut, luck, kills = tmp_path / "whole", tmp_path / "cut", random.Random(1), 0
    while kills < 20:
        process = started(cut, *(["--resume"] if (cut / "config.toml").exists() else []))
        at_work(cut, process)
        time.sleep(1.5 * luck.random())
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        assert process.returncode in (0, -signal.SIGKILL), process.stderr.read()
        process.stderr.close()
        assert process.returncode, f"it was done after {kills} kills"
    for out, more in ((cut, ["--resume"]), (whole, [])):
        _, told = started(out, *more).communicate()
        assert not told
    found = sorted(p.relative_to(whole) for name in FILES for p in whole.glob(name))
    assert len(found) == 3 + 6 * 9 + 4  # tables; states and parts of six arms; lifts of four
    for path in found:
        assert (cut / path).read_bytes() == (whole / path).read_bytes(), path
