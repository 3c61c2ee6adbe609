"""Work that vanishes is told of, and signals pass through as if nobody stood between."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.lab.run import record

ACTORS = Path(__file__).parent / "lab" / "actors.py"
SMALL = ["sessions.scale=0.03", "size.viewers=60", "size.live=200", "run.report=false"]
WORDS = ["--world", "nano", "--baseline", "none", *(f"--set={key}" for key in SMALL)]
ENV = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}


def begin(out, agent="mf", days=400, **how):
    words = [sys.executable, "-m", "sim.run", "--agent", agent, "--days", str(days), *WORDS]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    how = {"env": ENV, **pipes, **how}
    return subprocess.Popen([*words, "--out", str(out)], **how)


def at_work(out, process):
    """The status of the run, once it has lived two days."""
    for _ in range(6000):
        status = record.read_status(out) or {"day": 0}
        assert process.poll() is None
        if status.get("day", 0) >= 2:
            return status
        time.sleep(0.02)
    raise AssertionError("the run did not get there in two minutes")


@pytest.mark.parametrize(
    "way, told",
    [
        ("os._exit", "ended itself with os._exit(0) before it was done"),
        ("sys.exit", "agent 'Vanishes', day 2: act raised SystemExit: 0"),
        ("crash", "was ended by SIGSEGV before it was done"),
    ],
)
def test_an_agent_that_ends_the_process_is_a_failed_run(tmp_path, way, told):
    process = begin(tmp_path / "x", f"{ACTORS}:Vanishes", 4, env={**ENV, "VANISH": way})
    _, stderr = process.communicate()
    assert process.returncode == 1 and "Traceback" not in stderr
    assert told in stderr and stderr.count("error: ") == 1
    status = json.loads((tmp_path / "x" / "status.json").read_text())
    assert (status["state"], status["day"], status["of"]) == ("failed", 2, 4)
    assert told in status["error"] and "pid" not in status


@pytest.mark.parametrize(
    "code, told",
    [
        ("import sys; sys.exit(0)", "it raised SystemExit: 0"),
        ("import os; os._exit(0)", "ended itself with os._exit(0)"),
        ("class X:\n def __init__(self): raise SystemExit", "It raised SystemExit"),
    ],
)
def test_a_module_that_ends_the_process_is_a_failed_run(tmp_path, code, told):
    path = tmp_path / "mine.py"
    verbs = "".join(f"\n def {v}(self): ..." for v in ("reset", "act", "learn", "state_dict",
                                                        "load_state_dict"))  # fmt: skip
    path.write_text(code + (verbs if code.startswith("class") else ""))
    process = begin(tmp_path / "x", f"{path}:X")
    stdout, stderr = process.communicate()
    assert process.returncode == 1 and told in stderr and "Traceback" not in stderr
    assert stdout == "" and not (tmp_path / "x").exists()


@pytest.mark.parametrize("name, state", [("SIGTERM", "interrupted"), ("SIGKILL", "interrupted")])
def test_a_signal_ends_the_run_as_it_ends_any_process(tmp_path, name, state):
    process = begin(tmp_path / "x")
    status = at_work(tmp_path / "x", process)
    assert status["state"] == "running" and status["pid"] != process.pid
    process.send_signal(getattr(signal, name))
    process.communicate()
    assert process.returncode == -getattr(signal, name)
    assert record.read_status(tmp_path / "x")["state"] == state
    with pytest.raises(ProcessLookupError):  # the work went with it
        for _ in range(100):
            os.kill(status["pid"], 0)
            time.sleep(0.1)


@pytest.mark.parametrize("whole_group", [False, True])
def test_ctrl_c_comes_once_whether_to_one_process_or_to_all(tmp_path, whole_group):
    out = tmp_path / "x"
    process = begin(out, start_new_session=True)
    at_work(out, process)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate()
    assert process.returncode == 130 and "Traceback" not in stderr and "Watch time" in stdout
    status = json.loads((out / "status.json").read_text())
    assert status["state"] == "interrupted"
    for name in ("metrics", "events"):
        assert pd.read_parquet(out / f"{name}.parquet")["day"].max() + 1 == status["day"]


def test_a_key_at_the_terminal_interrupts_and_the_bar_is_seen_there(tmp_path):
    out = tmp_path / "x"
    ours, theirs = pty.openpty()
    terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    process = begin(out, preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)), **terminal)
    os.close(theirs)
    os.set_blocking(ours, False)
    seen, pressed = b"", False
    while process.poll() is None:
        try:
            seen += os.read(ours, 1 << 16)
        except OSError:  # nothing yet, or nobody there any more
            time.sleep(0.02)
        if not pressed and (record.read_status(out) or {}).get("day", 0) >= 2:
            os.write(ours, b"\x03")
            pressed = True
    while True:
        try:
            seen += os.read(ours, 1 << 16)
        except OSError:
            break
    assert process.returncode == 130 and seen.count(b"Interrupted: ") == 1
    assert "━".encode() in seen and b"\x1b[" in seen and b"Traceback" not in seen
    assert json.loads((out / "status.json").read_text())["state"] == "interrupted"
