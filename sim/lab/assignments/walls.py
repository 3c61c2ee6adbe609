"""The walls around a student's code, from within its process: limits, no files, no others.

On Linux three walls stand one behind the other: another user where the grader is root; Landlock,
by which nothing but Python and this package can be read and nothing written; and a filter of
system calls, by which the process starts no other, signals none, looks into none and has no
network. Elsewhere limits alone hold, and the grader says so. Nothing here needs more than Python.

Sources: Linux' landlock(7), seccomp(2), setrlimit(2).
"""

import ctypes
import os
import resource
import signal
from collections.abc import Iterable

from sim.lab.assignments.syscalls import filter_of

NOBODY = 65534
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 4, 8, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
FILTER = 2  # of PR_SET_SECCOMP
CREATE, ADD, RESTRICT = 444, 445, 446  # Landlock's calls, the same on every machine
VERSION = 1  # flag that asks for Landlock's own
CAPABILITIES, READS = 0x20080522, 1 << 2  # capset's version; CAP_DAC_READ_SEARCH
LOOK = 1 << 2 | 1 << 3  # read a file, read a folder
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many kinds of access a version knows; 16 from 5 on
_libc = ctypes.CDLL(None, use_errno=True)


def confine(readable: Iterable[str], cpu_s: int, memory: int, user: int | None) -> list[str]:
    """Shut this process in; returns the walls that stand. There is no way back.

    `readable`: folders and files that may be read; `cpu_s`: seconds of processor; `memory`: bytes
    on top of what the process has mapped already; `user`: whom to become, None to stay.
    """
    walls = ["limits"]
    limit(cpu_s, memory)
    rules = _ruleset(readable)
    if user is not None:
        become(user, reads=rules is not None)
        walls.append("user")
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            walls += ["files"] if rules is not None and _restricted(rules) else []
            walls += ["calls"] if _filtered() else []
    return walls


def become(user: int, reads: bool) -> None:
    """Another user for good, with no right left; `reads`: but to read what Landlock lets it, for
    Python may lie in a home that others cannot enter."""
    _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    head = (ctypes.c_uint32 * 2)(CAPABILITIES, 0)
    right = READS if reads else 0
    if _libc.capset(head, (ctypes.c_uint32 * 6)(right, right, 0, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "capset")


def adopt() -> None:
    """Whoever a child of this process leaves behind becomes a child of it."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """The children of this process, where the system lists them."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return {int(pid) for pid in file.read().split()}
    except OSError:
        return set()


def limit(cpu_s: int, memory: int) -> None:
    """Seconds of processor, memory, and not a byte into any file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    mapped = _mapped()
    if mapped:  # a Mac counts otherwise, and refuses the limit
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory,) * 2)


def _mapped() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def landlock() -> int:
    """Its version, 0 where there is none."""
    if not os.path.exists("/proc/self"):
        return 0
    return max(0, _libc.syscall(CREATE, None, ctypes.c_size_t(0), VERSION))


def _ruleset(readable: Iterable[str]) -> int | None:
    """A ruleset of Landlock that allows to read, and no more; None where there is no Landlock."""
    version = landlock()
    if version < 1:
        return None
    every = (1 << _RIGHTS.get(version, 16)) - 1
    wanted = _Ruleset(every, 3, 3)  # no ports; signals and sockets stay within
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = _libc.syscall(CREATE, ctypes.byref(wanted), ctypes.c_size_t(size), 0)
    if rules < 0:
        return None
    for place in readable:
        _allow(rules, place)
    return rules


def _allow(rules: int, place: str) -> None:
    try:
        parent = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    right = LOOK if os.path.isdir(place) else LOOK & 1 << 2
    _libc.syscall(ADD, rules, 1, ctypes.byref(_Beneath(right, parent)), 0)
    os.close(parent)


def _restricted(rules: int) -> bool:
    done = _libc.syscall(RESTRICT, rules, 0) == 0
    os.close(rules)
    return done


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))  # lines, not bytes


def _filtered() -> bool:
    """Whether the filter of system calls stands; it holds for threads that come, too."""
    code = filter_of(os.uname().machine)
    if code is None:
        return False
    program = _Program(len(code) // 8, code)
    return _libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) == 0
