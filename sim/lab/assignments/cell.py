"""The grader's side of the wall: a student's process, asked with a clock running.

A `Host` is a process of this package's own code that forks a `Cell` for each world; a cell runs the
student's code. What a cell says is bytes that nobody trusts; when it is late, silent, or talks
rubbish, it is ended and a `Fault` is raised.
"""

import contextlib
import hashlib
import json
import os
import selectors
import site
import socket
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import agents
import sim
from sim.lab.assignments import wire
from sim.lab.assignments.walls import NOBODY, landlock
from sim.presets.errors import BadInput

NOISE = 4000  # the last characters kept of what a student's code prints
FILES = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/etc/group",
    "/etc/nsswitch.conf", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/self", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/devices/system/node",
)  # fmt: skip


BUSY = 4  # on a busy machine: who computed a fourth of what is allowed has not waited


@dataclass(frozen=True)
class Limits:
    """What one world may cost a student's code."""

    cpu_s: int = 20  # the reference mf needs one or two
    wall_s: float = 60.0  # waited for answers, all together: who sleeps is not told by cpu_s
    memory: int = 3 << 29  # bytes beside what torch takes


class Fault(Exception):
    """How a student's code failed: `kind` (words.py tells them), and what is known of it."""

    def __init__(self, kind: str, **known: Any):
        super().__init__(kind)
        self.kind, self.known = kind, known


class Host:
    """The process that a submission's cells are forked from. Use it as a context."""

    def __init__(self, limits: Limits | None = None, *libraries: str):
        """`libraries`: modules that are loaded once for all cells."""
        if not hasattr(os, "fork"):
            cure = "On Windows use WSL, or a container."
            raise BadInput("students' code is run on Linux or a Mac", sys.platform, cure)
        self.limits, self.libraries = limits or Limits(), libraries
        self.cells: list[Cell] = []
        self.opened: Counter[str] = Counter()  # cells so far, by the text that ran in them
        self.user = _nobody()
        self.walls: list[str] = []
        self.spent = 0.0  # seconds of processor of all cells that are over

    def __enter__(self) -> "Host":
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "sim.lab.assignments.inside", str(theirs.fileno())]
        command += self.libraries
        self.process = subprocess.Popen(
            command, env=_environment(), cwd="/", pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        self.line = ours
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """End it, and all its cells."""
        for cell in [*self.cells]:
            cell.close()
        self.line.close()
        self.process.kill()
        self.process.wait()

    def open(self, source: str, file: str = "agent.py", wanted: str | None = "Agent") -> "Cell":
        """A cell in which the text of a file was run, and the class that is wanted made. Raises
        Fault."""
        ours, theirs = socket.socketpair()
        heard, noise = os.pipe()
        asked = {
            "do": "open", "cpu_s": self.limits.cpu_s, "memory": self.limits.memory,
            "user": self.user, "readable": readable(),
        }  # fmt: skip
        try:
            pid = self.ask(asked, [theirs.fileno(), noise])["pid"]
        finally:
            theirs.close()
            os.close(noise)
        cell = Cell(self, pid, ours, heard)
        self.cells.append(cell)
        words = {"source": source, "file": file, "wanted": wanted, "noise": self._noise(source)}
        told = cell.call("load", words)
        self.walls = [str(wall) for wall in told.words.get("walls", [])]
        return cell

    def _noise(self, source: str) -> int:
        """Where the global generators begin: elsewhere in every cell of a submission, so that who
        draws from them is found out, and the same when it is marked again. It tells of no seed."""
        self.opened[source] += 1
        mark = hashlib.sha256(f"{self.opened[source]}:{source}".encode("utf-8", "replace"))
        return int.from_bytes(mark.digest()[:4], "big")

    def ask(self, asked: Mapping[str, Any], fds: list[int] | None = None) -> dict[str, Any]:
        try:
            socket.send_fds(self.line, [json.dumps(asked).encode()], fds or [])
            return json.loads(self.line.recv(1 << 16))
        except (OSError, ValueError):
            raise Fault("gone") from None


class Cell:
    """One process of a student's code."""

    def __init__(self, host: Host, pid: int, talk: socket.socket, heard: int):
        self.host, self.pid, self.talk, self.heard = host, pid, talk, heard
        self.waited, self.noise, self.open = 0.0, bytearray(), True
        self.used: dict[str, Any] = {}
        talk.setblocking(False)
        os.set_blocking(heard, False)

    def call(
        self,
        verb: str,
        words: Mapping[str, Any] | None = None,
        arrays: Mapping[str, np.ndarray] | None = None,
    ) -> wire.Message:
        """What the student's side answers. Raises Fault."""
        if not self.open:
            raise Fault("gone")
        sent = wire.packed(wire.Message({"verb": verb, **(words or {})}, arrays or {}))
        verb = str((words or {})["name"]) if verb == "call" else verb  # a function, by its name
        started = time.monotonic()
        try:
            answer = self._talked(sent, started + self.host.limits.wall_s - self.waited)
        except wire.Rubbish as error:
            self.close()
            raise Fault("rubbish", text=str(error), verb=verb) from None
        except Fault as fault:
            self.close()
            raise self._told(fault, verb) from None
        self.waited += time.monotonic() - started
        if "fault" in answer.words:
            known = answer.words["fault"]
            known = known if isinstance(known, dict) else {}
            raise Fault(str(known.pop("kind", "raised")), **{**known, "verb": verb})
        return answer

    def close(self) -> None:
        """End the process, and whoever it left behind."""
        if not self.open:
            return
        self.open = False
        self.host.cells.remove(self)
        self._listen()
        with contextlib.suppress(Fault):
            self.used = self.host.ask({"do": "end", "pid": self.pid})
            self.host.spent += self.used.get("cpu_s", 0.0)
        self.talk.close()
        os.close(self.heard)

    @property
    def printed(self) -> str:
        """The last of what the student's code printed."""
        return self.noise.decode("utf-8", "replace")

    def _told(self, fault: Fault, verb: str) -> Fault:
        """Why a process ended, by how it ended."""
        code, spent = self.used.get("code", 0), self.used.get("cpu_s", 0)
        most = self.host.limits.cpu_s
        late = spent >= (most / BUSY if fault.kind == "slow" else most - 0.5)
        kind = "cpu" if late else "exit" if code >= 0 and fault.kind == "gone" else fault.kind
        return Fault(kind, code=code, verb=verb, **fault.known)

    def _talked(self, sent: bytes, deadline: float) -> wire.Message:
        """One message there and one back, before the deadline."""
        rest, got = memoryview(sent), bytearray()
        need, lengths = wire.HEAD.size, None
        with selectors.DefaultSelector() as ready:
            ready.register(self.heard, selectors.EVENT_READ)
            ready.register(self.talk, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while len(got) < need or lengths is None:
                if len(got) >= need:
                    lengths = wire.lengths(bytes(got[:need]))
                    need += sum(lengths)
                    continue
                if (left := deadline - time.monotonic()) <= 0:
                    raise Fault("slow", seconds=self.host.limits.wall_s)
                for key, event in ready.select(left):
                    if key.fd == self.heard:
                        if not self._listen():
                            ready.unregister(self.heard)
                        continue
                    if event & selectors.EVENT_WRITE:
                        rest = rest[self._send(rest) :]
                        if not rest:
                            ready.modify(self.talk, selectors.EVENT_READ)
                    if event & selectors.EVENT_READ:
                        got += self._receive(need - len(got))
        start = wire.HEAD.size + lengths[0]
        return wire.unpacked(bytes(got[wire.HEAD.size : start]), bytes(got[start:]))

    def _send(self, rest: memoryview) -> int:
        try:
            return self.talk.send(rest[: 1 << 20])
        except OSError:
            raise Fault("gone") from None

    def _receive(self, most: int) -> bytes:
        try:
            some = self.talk.recv(min(most, 1 << 20))
        except OSError:
            some = b""
        if not some:
            raise Fault("gone")
        return some

    def _listen(self) -> bool:
        """Keep the end of what is printed; False where nobody can print any more."""
        with contextlib.suppress(BlockingIOError):
            some = os.read(self.heard, 1 << 16)
            self.noise = (self.noise + some)[-NOISE:]
            return bool(some)
        return True


def readable() -> list[str]:
    """What an agent may read: Python, the packages that are installed, and these two."""
    homes = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *site.getsitepackages()}
    homes.add(str(Path(np.__file__).parents[1]))  # packages that PYTHONPATH has found elsewhere
    if site.ENABLE_USER_SITE:
        homes.add(site.getusersitepackages())
    own = {str(Path(str(module.__file__)).parent) for module in (sim, agents)}
    return sorted({*FILES, *(str(Path(home).resolve()) for home in homes), *own})


def _nobody() -> int | None:
    """Whom a student's code runs as: nobody, where the grader is root and nobody could still read
    the packages; else whoever grades."""
    if sys.platform != "linux" or os.getuid() != 0:
        return None
    places = (sys.prefix, sys.base_prefix, str(sim.__file__))
    return NOBODY if landlock() or all(_public(Path(place)) for place in places) else None


def _public(path: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents) if each.is_dir())


def _environment() -> dict[str, str]:
    """Nothing of the grader's own but where Python finds its packages."""
    paths = [path for path in sys.path if path and Path(path).exists()]
    return {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/", "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
