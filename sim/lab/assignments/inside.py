"""The student's process: it loads a file behind walls and answers what the grader asks.

`python -m sim.lab.assignments.inside FD` imports all that an agent may need and then waits. For
each world the grader hands it a line; it forks, and the child goes behind its walls before a word
of the student's is read. The parent never runs a student's code: it counts, ends and buries.
"""

import contextlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import torch

import agents.base
import agents.registry  # noqa: F401  what an agent may import is there before the walls
from sim.lab.assignments import verbs, walls
from sim.lab.assignments.verbs import Missing
from sim.lab.assignments.wire import HEAD, Message, lengths, packed, unpacked

KINDS = {SyntaxError: "syntax", ImportError: "import", SystemExit: "exit", MemoryError: "memory"}


def main(line: int, *libraries: str) -> None:
    """Open and end children as the grader asks, until it hangs up; `libraries` are loaded for all
    of them once."""
    for name in libraries:
        import_module(name)
    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1)])  # of which a part is loaded when it is first made
    tempfile.tempdir = "/"  # a library asks for one, though nothing can be written
    walls.adopt()
    children: set[int] = set()
    with socket.socket(fileno=line) as grader:
        while True:
            said, fds, _, _ = socket.recv_fds(grader, 1 << 16, 2)
            if not said:
                break
            asked = json.loads(said)
            if asked["do"] == "open":
                children.add(pid := _child(grader, fds, asked))
                answer = {"pid": pid}
            else:
                children.remove(asked["pid"])
                answer = _end(asked["pid"], children)
            grader.sendall(json.dumps(answer).encode())
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _child(grader: socket.socket, fds: list[int], asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    try:
        grader.close()
        os.setsid()
        talk, noise = fds
        nothing = os.open(os.devnull, os.O_RDONLY)
        for fd, end in ((nothing, 0), (noise, 1), (noise, 2)):
            os.dup2(fd, end)
        stands = walls.confine(asked["readable"], asked["cpu_s"], asked["memory"], asked["user"])
        live(socket.socket(fileno=talk), stands)
    finally:
        os._exit(0)
    return 0


def _end(pid: int, others: set[int]) -> dict[str, Any]:
    """A child is over, and so is whoever it left behind; what it used."""
    for end in (os.kill, os.killpg):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    for orphan in walls.children() - others:
        os.kill(orphan, signal.SIGKILL)
        os.waitpid(orphan, 0)
    code = os.waitstatus_to_exitcode(status)
    spent = used.ru_utime + used.ru_stime
    return {"code": code, "cpu_s": round(spent, 3), "peak_mib": used.ru_maxrss // 1024}


def live(talk: socket.socket, stands: list[str]) -> None:
    """Answer until the grader hangs up."""
    agent: Any = None
    file = ""
    while (message := _heard(talk)) is not None:
        verb = str(message.words["verb"])
        try:
            if verb == "load":
                file = str(message.words["file"])
                agent = _loaded(message.words)
                answer = Message({"walls": stands})
            else:
                answer = verbs.answer(agent, verb, message)
        except BaseException as error:
            answer = Message({"fault": _fault(error, verb, file)})
        talk.sendall(packed(answer))


def _heard(talk: socket.socket) -> Message | None:
    head = _exactly(talk, HEAD.size)
    if head is None:
        return None
    words, body = lengths(head)
    return unpacked(_exactly(talk, words) or b"", _exactly(talk, body) or b"")


def _exactly(talk: socket.socket, count: int) -> bytes | None:
    """So many bytes, None where the grader hung up."""
    got = bytearray()
    while len(got) < count:
        some = talk.recv(min(count - len(got), 1 << 20))
        if not some:
            return None
        got += some
    return bytes(got)


def _loaded(words: Mapping[str, Any]) -> Any:
    """What a file defines, out of its text: an object of the class that is wanted, or the module
    with all its functions. The global generators begin anywhere."""
    noise = int(words["noise"])
    random.seed(noise)
    np.random.seed(noise % (1 << 32))  # noqa: NPY002
    torch.manual_seed(noise)  # what is drawn from here differs from world to world
    file, wanted = str(words["file"]), words.get("wanted")
    module = ModuleType(file.removesuffix(".py"))
    module.__file__ = file
    sys.modules[module.__name__] = module
    exec(compile(str(words["source"]), file, "exec"), vars(module))
    if wanted is None:
        return module
    kind = getattr(module, wanted, None)
    if not isinstance(kind, type):
        own = (
            n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__
        )
        raise Missing("class", ", ".join(own) or "-")
    return kind()


def _fault(error: BaseException, verb: str, file: str) -> dict[str, Any]:
    """What is told of an error: its kind, its words, the last line of the file that it met."""
    kind = next((word for kind, word in KINDS.items() if isinstance(error, kind)), "raised")
    try:
        text = str(error)
    except Exception:
        text = ""
    if "allocate memory" in text:
        kind = "memory"
    if isinstance(error, Missing):
        kind, text = error.args
    at = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
          if frame.filename == file]  # fmt: skip
    line = error.lineno if isinstance(error, SyntaxError) else at[-1] if at else None
    name = type(error).__name__
    return {"kind": kind, "type": name, "text": text[:600], "line": line, "verb": verb}


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
