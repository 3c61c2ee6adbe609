"""A class is graded: every submission in its turn, by some workers, each result written at once.

What was marked before, the same file by the same code on the same seeds, is not marked again; so a
grading that was stopped goes on where it was.
"""

import contextlib
import hashlib
import json
import multiprocessing
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.lab.assignments import handed_in, told
from sim.lab.assignments.exams import exam_of
from sim.lab.assignments.marks import Exam, Figures, Verdict, verdict_from
from sim.lab.assignments.sitting import _nothing, examined
from sim.lab.run.files import replace_text
from sim.lab.run.record import to_json

Done = Callable[[int, int, Verdict], None]


def hidden_seeds(out: Path, exam: Exam) -> list[int]:
    """The seeds of this folder: drawn once, from 2^61, and read by nobody else. A folder that is
    given another's seeds.json grades on the same worlds."""
    path = out / "seeds.json"
    known: dict[str, list[int]] = json.loads(path.read_text()) if path.exists() else {}
    if exam.name not in known:
        known[exam.name] = [secrets.randbits(61) for _ in range(exam.hidden)]
        _write_hidden(path, known)
    return known[exam.name]


def bases(
    exam: Exam, seeds: list[int], store: Path, tick: Callable[[int, int], None]
) -> dict[int, Figures]:
    """What the baselines reach on these seeds: computed once and kept in `store`."""
    if not exam.based:
        return {seed: {} for seed in seeds}
    known: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(store.read_text(encoding="utf-8"))
    group = known.setdefault(f"{exam.name} {handed_in.machinery()}", {})
    for k, seed in enumerate(seeds):
        if str(seed) not in group:
            tick(k + 1, len(seeds))
            group[str(seed)] = dict(exam.base(seed))
            store.parent.mkdir(parents=True, exist_ok=True)
            _write_hidden(store, known)
    return {seed: group[str(seed)] for seed in seeds}


def _write_hidden(path: Path, known: Mapping[str, Any]) -> None:
    """Whole or not at all, whenever it is stopped; for its owner alone to read."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(json.dumps(known), encoding="utf-8")
    new.replace(path)


def one(name: str, student: str, path: Path, seeds: list[int], base: dict[int, Figures]) -> Verdict:
    """The verdict on a student's file; a worker's whole task."""
    exam = exam_of(name)
    try:
        text = handed_in.read(path)
    except ValueError as error:
        verdict = _nothing(exam, {"kind": "unread", "text": str(error)})
    else:
        verdict = examined(exam, text, seeds, base)
    return replace(verdict, student=student, digest=digest(path, seeds))


def digest(path: Path, seeds: list[int]) -> str:
    """Of the file, the code that marks it, and the seeds."""
    with contextlib.suppress(ValueError):  # what is not read has none
        own = handed_in.read(path).encode()
        whole = own + handed_in.machinery().encode() + json.dumps(seeds).encode()
        return hashlib.sha256(whole).hexdigest()
    return ""


def marked_before(out: Path, student: str, path: Path, seeds: list[int]) -> Verdict | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        plain = json.loads((place(out, student) / "verdict.json").read_text(encoding="utf-8"))
        verdict = verdict_from(plain)
        if verdict.digest and verdict.digest == digest(path, seeds):
            return verdict
    return None


def place(out: Path, student: str) -> Path:
    return out / "students" / student


def graded(
    exam: Exam, files: Mapping[str, Path], out: Path, seeds: list[int],
    base: dict[int, Figures], jobs: int, lang: str | None, done: Done,
) -> Iterator[Verdict]:  # fmt: skip
    """Verdicts as they come; each is on the disk before it is told."""
    waiting = {}
    for student, path in files.items():
        before = marked_before(out, student, path, seeds)
        if before is None:
            waiting[student] = path
        else:
            yield before
    count = len(files) - len(waiting)
    for verdict in _marked(exam, waiting, seeds, base, jobs):
        write(verdict, out, exam, lang)
        count += 1
        done(count, len(files), verdict)
        yield verdict


def _marked(
    exam: Exam, files: Mapping[str, Path], seeds: list[int], base: dict[int, Figures], jobs: int
) -> Iterator[Verdict]:
    """From workers that were started anew, so that they hold nothing but their own task."""
    if not files:
        return
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(files)), fresh, initializer=_alone)
    try:
        open_: set[Future] = {
            pool.submit(one, exam.name, student, path, seeds, base)
            for student, path in files.items()
        }
        while open_:
            over, open_ = wait(open_, return_when=FIRST_COMPLETED)
            yield from (each.result() for each in over)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _alone() -> None:
    threading.Thread(target=_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import torch

    torch.set_num_threads(1)


def _with_parent() -> None:
    """A grading that is killed takes its workers along: they would wait for a task for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def write(verdict: Verdict, out: Path, exam: Exam, lang: str | None) -> None:
    """A student's files: verdict.json last, for it says that the others are there."""
    folder = place(out, verdict.student)
    folder.mkdir(parents=True, exist_ok=True)
    replace_text(folder / "results.json", to_json(told.gradescope(verdict, exam.file, lang)))
    replace_text(folder / "page.html", told.page(verdict, exam.file, lang))
    replace_text(folder / "verdict.json", to_json(verdict.plain()))


def write_class(verdicts: list[Verdict], out: Path) -> dict[str, Any]:
    """The class's tables; what they come to."""
    ordered = sorted(verdicts, key=lambda verdict: verdict.student)
    replace_text(out / "grades.csv", told.nbgrader(ordered))
    replace_text(out / "canvas.csv", told.canvas(ordered))
    scores = {verdict.student: verdict.score for verdict in ordered}
    found = {
        "assignment": ordered[0].assignment, "out": str(out), "max_score": ordered[0].most,
        "scores": scores, "mean": sum(scores.values()) / len(scores),
        "seconds": sum(v.seconds for v in ordered) / len(ordered),
        "walls": sorted({wall for v in ordered for wall in v.walls}),
    }  # fmt: skip
    replace_text(out / "summary.json", to_json(found))
    return found
