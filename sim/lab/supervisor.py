"""A command's work in a child process, so that work which vanishes is noticed, and said.

Code of an agent may end the process without an error that Python could catch: os._exit, a crash
in a library, the system that runs out of memory. The parent does nothing but wait; signals, exit
codes and the terminal are as if it were not there.
"""

import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.lab.door.door import language
from sim.lab.door.said import complain

PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
FROM_KERNEL = 0x80  # si_code of a signal from the keyboard: the child has it already
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

_line: int | None = None  # of a child, to its parent


def tell(**what: Any) -> None:
    """A child's word to its parent, where there is one."""
    if _line is not None:
        os.write(_line, (json.dumps(what) + "\n").encode())


def supervised(work: Callable[[], int]) -> int:
    """The exit code of `work`, which is done in a child; 1 where it ended without one.

    Where a child cannot be had without harm (outside Linux, in a notebook, under a debugger) the
    work is done here.
    """
    if not _possible():
        return work()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    watched = {getattr(signal, name) for name in PASSED_ON} | {signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    parent, (ours, theirs) = os.getpid(), os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        _die_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return _done(work, theirs)
    os.close(theirs)
    status = _wait_for(child, watched)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    code = _end(child, status, _heard(ours))
    sys.stderr.flush()
    os._exit(code)  # there is nothing here to tidy up


def _possible() -> bool:
    watched = sys.gettrace() or sys.getprofile() or _monitored()
    alone = threading.active_count() == 1 and "torch" not in sys.modules
    return sys.platform == "linux" and alone and not watched


def _monitored() -> bool:
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    return monitoring is not None and any(monitoring.get_tool(i) for i in range(6))


def _die_with(parent: int) -> None:
    """A parent that is killed takes the child along, whatever it is doing."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _done(work: Callable[[], int], line: int) -> int:
    global _line
    _line = line
    try:
        code = work()
    except SystemExit as end:  # of --help, or of a flag that there is not
        tell(code=end.code if isinstance(end.code, int) else int(end.code is not None))
        raise
    except Exception:
        tell(code=1)
        raise
    tell(code=code)
    return code


def _wait_for(child: int, signals: set[signal.Signals]) -> int:
    """How the child ended; what comes for it until then is passed on."""
    while True:
        met = signal.sigwaitinfo(signals)
        if met.si_signo == signal.SIGCHLD:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return status
        elif met.si_code != FROM_KERNEL:
            os.kill(child, met.si_signo)


def _heard(line: int) -> dict[str, Any]:
    """All that the child told; others that it left behind may hold the line open."""
    os.set_blocking(line, False)
    told = b""
    try:
        while some := os.read(line, 1 << 16):
            told += some
    except BlockingIOError:
        pass
    return {k: v for text in told.splitlines() for k, v in json.loads(text).items()}


def _end(child: int, status: int, heard: dict[str, Any]) -> int:
    code = os.waitstatus_to_exitcode(status)  # below 0: a signal's number
    if "code" in heard:
        return max(0, code) or heard["code"]
    name = signal.Signals(-code).name if code < 0 else ""
    if name in PASSED_ON:
        _mark(heard, child, "interrupted", None)
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
        return 128 - code  # where that did not end this process either
    how = f"was ended by {name}" if name else f"ended itself with os._exit({code})"
    why = "An agent, or a library that it uses, does that"
    if name == "SIGKILL":
        why = "The system does that when memory runs out"
    text = f"the run's process {how} before it was done. {why}"
    _mark(heard, child, "failed", text)
    cure = "; what was saved goes on with --resume." if "folder" in heard else "."
    complain(f"{text}{cure}", language(sys.argv))
    return 1


def _mark(heard: dict[str, Any], child: int, state: str, error: str | None) -> None:
    """The last status that the child could not write."""
    if "folder" not in heard:
        return
    from sim.lab.run import files, lock

    folder = Path(heard["folder"])
    try:
        with lock.held(folder):
            status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
            if (status.get("state"), status.get("pid")) == ("running", child):
                kept = {k: v for k, v in status.items() if k not in ("pid", "host", "since")}
                text = json.dumps({**kept, "state": state, "error": error}) + "\n"
                files.replace_text(folder / "status.json", text)
    except (OSError, ValueError):
        pass  # it is another run's by now, or cannot be written
