"""What stands around a student's code: each way out is tried from inside, and must be shut."""

import os
import site
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.lab.assignments import syscalls
from sim.lab.assignments.cell import Fault, Host, Limits, readable

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="walls of files and calls are Linux's")
EMPTY = "class Agent:\n    pass\n"
TRIES = {
    "fork": "os.fork()",
    "subprocess": "subprocess.run(['/bin/true'])",
    "exec": "os.execv('/bin/true', ['true'])",
    "kill the parent": "os.kill(os.getppid(), 9)",
    "kill all": "os.kill(-1, 9)",
    "stop the parent": "os.kill(os.getppid(), signal.SIGSTOP)",
    "limit the parent": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))",
    "connect": "socket.create_connection(('127.0.0.1', 9))",
    "pair": "socket.socketpair()",
    "write": "open(place + '/new', 'w')",
    "overwrite": "open(place + '/kept', 'w')",
    "append": "open(place + '/kept', 'a')",
    "remove": "os.unlink(place + '/kept')",
    "rename": "os.rename(place + '/kept', place + '/gone')",
    "link": "os.symlink('/etc', place + '/link')",
    "folder": "os.mkdir(place + '/folder')",
    "rights": "os.chmod(place + '/kept', 0)",
    "times": "os.utime(place + '/kept', (0, 0))",
    "read another's": "open(place + '/kept').read()",
    "list": "os.listdir(place)",
    "the parent's words": "open(f'/proc/{os.getppid()}/cmdline').read()",
    "the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "the parent's files": "os.listdir(f'/proc/{os.getppid()}/fd')",
    "all processes": "os.listdir('/proc')",
    "shared memory": "open('/dev/shm/left', 'w')",
    "a file in memory": "os.write(os.memfd_create('m'), b'x')",
    "more room": "resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))",
    "another user": "os.setuid(0) if os.getuid() else os.abort()",
}
PROBE = """
import os, resource, signal, socket, subprocess, sys
place = {place!r}
for name, what in {tries!r}.items():
    try:
        exec(what)
        print("OPEN", name)
    except (OSError, ValueError) as error:
        print("shut", name, type(error).__name__)
class Agent:
    pass
"""


@LINUX
def test_every_way_out_is_shut_and_nothing_outside_was_touched(tmp_path):
    tmp_path.chmod(0o777)
    kept = tmp_path / "kept"
    kept.write_text("as it was")
    kept.chmod(0o666)
    with Host() as host:
        cell = host.open(PROBE.format(place=str(tmp_path), tries=TRIES))
        cell.call("has", {"name": "x"})
        cell.close()
    told = cell.printed.split("\n")
    assert [line for line in told if line.startswith("OPEN")] == []
    assert len([line for line in told if line.startswith("shut")]) == len(TRIES)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "as it was" and not os.path.exists("/dev/shm/left")


@LINUX
def test_the_walls_that_stand_are_told_and_root_is_nobody_inside():
    with Host() as host:
        cell = host.open("import os\nprint('uid', os.getuid())\n" + EMPTY)
        cell.close()
        assert {"limits", "files", "calls"} <= set(host.walls)
    assert ("uid 0" in cell.printed) is False
    assert ("user" in host.walls) == (os.getuid() == 0)


def test_inside_there_is_nothing_of_the_grader_s():
    look = (
        "import gc, os, sys\n"
        "frame, names = sys._getframe(), []\n"
        "while frame:\n"
        "    names += [k for k in (*frame.f_locals, *frame.f_globals)]\n"
        "    frame = frame.f_back\n"
        "kinds = {type(x).__name__ for x in gc.get_objects()}\n"
        "print('KINDS', sorted(kinds & {'World', 'Params', 'Clock', 'Arm', 'Truth', 'Host'}))\n"
        "print('NAMES', sorted(set(names) & {'seed', 'seeds', 'base', 'hidden', 'truth'}))\n"
        "print('ENV', 'GRADER_SECRET' in os.environ)\n"
    )
    os.environ["GRADER_SECRET"] = "1"
    try:
        with Host() as host:
            cell = host.open(look + EMPTY)
            cell.close()
    finally:
        del os.environ["GRADER_SECRET"]
    assert cell.printed == "KINDS []\nNAMES []\nENV False\n"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        # it hung up, and may or may not have ended by the time that it is looked for
        ("import os\nos.closerange(3, 64)\n" + EMPTY, "gone exit"),
        ("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass\n", "cpu"),
        ("while True: print('x' * 10000)\n", "cpu"),
        ("import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n" + EMPTY, ""),
        ("import threading\nwhile True:\n"
         "    threading.Thread(target=lambda: __import__('time').sleep(999)).start()\n", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_any_more_is_ended_in_its_time(source, kind):
    with Host(Limits(cpu_s=2, wall_s=90.0)) as host:  # a busy machine's minute is a short one
        with pytest.raises(Fault) as met:
            host.open(source)
        assert not kind or met.value.kind in kind.split()
        assert len(host.cells) <= 1
        for cell in [*host.cells]:
            cell.close()
        cell = host.open(EMPTY)  # the next is served as ever
        assert cell.call("has", {"name": "x"}).words == {"has": False}


@pytest.mark.parametrize(("spent", "kind"), [(0.3, "slow"), (8.0, "cpu")])
def test_who_computed_all_the_time_on_a_busy_machine_is_not_told_to_wait_less(spent, kind):
    with Host(Limits(cpu_s=20)) as host:
        cell = host.open(EMPTY)
        cell.used = {"code": -9, "cpu_s": spent}
        assert cell._told(Fault("slow", seconds=60.0), "act").kind == kind


def test_packages_are_readable_where_the_grader_found_them_and_not_by_prefix(monkeypatch):
    """On PYTHONPATH, as a grader has them who may not write where Python lies."""
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, "/usr")
    monkeypatch.setattr(site, "getsitepackages", list)
    assert str(Path(np.__file__).resolve().parents[1]) in readable()


def test_no_process_outlives_its_cell():
    with Host() as host:
        cell = host.open(EMPTY)
        pid, parent = cell.pid, host.process.pid
        cell.close()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(parent, 0)


def test_a_filter_is_whole_lines_and_unknown_machines_have_none():
    for machine in syscalls.ARCHITECTURES:
        code = syscalls.filter_of(machine)
        assert code and len(code) % 8 == 0 and len(code) // 8 < 4096
    assert syscalls.filter_of("pdp11") is None
    assert len({pair[0] for pair in syscalls.DENIED.values()}) == len(syscalls.DENIED)


def test_draws_from_global_generators_differ_by_world_and_are_the_same_when_marked_again():
    source = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), "
    source += "torch.rand(1).item())\n" + EMPTY

    def printed():
        with Host() as host:
            cells = [host.open(source) for _ in range(2)]
            for cell in cells:
                cell.close()
        return [cell.printed for cell in cells]

    first, again = printed(), printed()
    assert first == again and first[0] != first[1]
