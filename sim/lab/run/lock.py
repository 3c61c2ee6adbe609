"""One run at a time writes to a folder: a lock that the system lets go of when its holder dies."""

import contextlib
import errno
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sim.presets.errors import BadInput

PATIENCE = 3.0  # seconds: one that was killed may take a moment to be gone
PLACE = Path("checkpoint") / ".lock"
UNKNOWN = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)


def writer() -> dict[str, Any]:
    """Who writes, for the status of a run that goes on."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


@contextlib.contextmanager
def held(folder: Path, patience: float = PATIENCE) -> Iterator[bool]:
    """The folder is this run's alone, also among threads. Gives False where the file system knows
    no locks: nothing is blocked then, for nothing would tell when to go on.

    Raises BadInput where another run writes there, OSError where there is no right to."""
    lock = FileLock(folder / PLACE, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        cure = "Wait until it is done or stop it, or name another folder."
        raise BadInput("one run at a time writes to --out", str(folder), cure) from None
    except OSError as error:
        if error.errno not in UNKNOWN:
            raise
        (folder / PLACE).touch()
        yield False
        return
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):
            os.unlink(lock.lock_file)  # while it is held: who waits for it then looks again
        lock.release()


def alive(folder: Path, status: Mapping[str, Any]) -> bool:
    """Whether the run that wrote a status of "running" still goes on."""
    if not (folder / PLACE).exists():
        return False
    lock = FileLock(folder / PLACE, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # no locks there, or a reader that may not open this one
        return _process_there(status)
    lock.release()
    return False


def _process_there(status: Mapping[str, Any]) -> bool:
    """What the status itself can tell; of another machine's process it is believed."""
    pid = status.get("pid")
    if status.get("host") != socket.gethostname() or not isinstance(pid, int):
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # there, but another person's
    return True
