"""What `python -m sim.check` and `python -m sim.grade` do with their arguments."""

import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sim.lab.assignments import batch, handed_in, told
from sim.lab.assignments.exams import exam_of
from sim.lab.assignments.marks import Exam, Failed, Verdict
from sim.lab.assignments.sitting import examined
from sim.lab.assignments.words import say
from sim.lab.door.said import complain
from sim.lab.run.record import to_json
from sim.presets.errors import BadInput

STARTERS = Path(__file__).parent / "starters"
WALLS = {"limits", "files", "calls"}  # without which a container is needed


def check(args: Any) -> int:
    """Exit code: 0 all marks, 1 not all, 2 bad input."""
    try:
        exam = exam_of(args.assignment)
        if args.file == "example":
            print(starter(exam, args.lang), end="")
            return 0
        verdict = _checked(exam, args)
    except (BadInput, OSError) as error:
        complain(error, args.lang)
        return 2
    if args.json:
        print(to_json(verdict.plain()))
    else:
        print(told.text(verdict, args.file, args.lang))
        if exam.code or not verdict.fault:  # else no seed was lived
            seeds = " ".join(map(str, args.seed or exam.public))
            print(say("open", args.lang, seeds=seeds))
    return 0 if verdict.score == verdict.most else 1


def starter(exam: Exam, lang: str | None) -> str:
    name = f"{exam.name}_{lang or 'en'}{Path(exam.file).suffix}"
    place = STARTERS / (f"{name}.txt" if name.endswith(".py") else name)  # no code of this package
    return place.read_text(encoding="utf-8")


def _checked(exam: Exam, args: Any) -> Verdict:
    path = Path(args.file)
    try:
        text = handed_in.read(path)
    except ValueError as error:
        cure = f"python -m sim.check {exam.name} example prints a file to start from."
        raise BadInput("FILE is a submission", f"{path}: {error}", cure) from None
    seeds = list(args.seed or exam.public)
    for seed in seeds:
        if seed not in exam.public:
            cure = f"Take one of {', '.join(map(str, exam.public))}."
            raise BadInput("--seed is a public seed", seed, cure)
    say_what = _quiet if args.quiet or args.json else _noted(args.lang)
    base = {} if _refused(exam, text) else batch.bases(
        exam, list(exam.public), cache() / "assignments.json",
        lambda k, of: say_what(say("base", args.lang, k=k, of=of)),
    )  # fmt: skip
    return examined(exam, text, seeds, base, lambda what: say_what(say(what, args.lang)))


def _refused(exam: Exam, text: str) -> bool:
    """Whether a file that runs no code is none: nothing need be lived to say so."""
    if exam.code:
        return False
    try:
        with exam.room(text):
            return False
    except Failed:
        return True


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shortvideo-sim"


def _quiet(line: str) -> None:
    """Nothing is told."""


def _noted(lang: str | None) -> Any:
    def note(line: str) -> None:
        print(f"... {line}", file=sys.stderr, flush=True)

    return note


def grade(args: Any) -> int:
    """Exit code: 0 done, 2 bad input, 130 interrupted."""
    try:
        return _graded(args)
    except (BadInput, OSError) as error:
        complain(error, args.lang)
        return 2
    except KeyboardInterrupt:
        print(say("stopped", args.lang), file=sys.stderr)
        return 130


def _graded(args: Any) -> int:
    exam, out = exam_of(args.assignment), Path(args.out)
    if args.jobs < 1:
        raise BadInput("--jobs is a whole number from 1 up", args.jobs, "Take --jobs 2.")
    files = handed_in.submissions(Path(args.dir), exam)
    out.mkdir(parents=True, exist_ok=True)
    seeds = batch.hidden_seeds(out, exam)
    note = _quiet if args.quiet else _noted(args.lang)
    if nobody := handed_in.empty_handed(Path(args.dir), files):
        names = ", ".join(nobody)
        print(say("nothing_in", args.lang, file=exam.file, names=names), file=sys.stderr)
    base = batch.bases(
        exam, [*exam.public, *seeds], out / "baselines.json",
        lambda k, of: note(say("base", args.lang, k=k, of=of)),
    )  # fmt: skip
    verdicts: list[Verdict] = []
    with _bar(len(files), args) as done:
        for verdict in batch.graded(exam, files, out, seeds, base, args.jobs, args.lang, done):
            verdicts.append(verdict)
            done.reached(len(verdicts))
    found = batch.write_class(verdicts, out)
    _summary(found, verdicts, args)
    return 0


def _summary(found: dict[str, Any], verdicts: list[Verdict], args: Any) -> None:
    walls = set(found["walls"])
    if any(v.walls for v in verdicts) and not walls >= WALLS:
        print(say("few_walls", args.lang, walls=", ".join(sorted(walls))), file=sys.stderr)
    if args.json:
        print(to_json(found))
        return
    for verdict in sorted(verdicts, key=lambda v: v.student):
        values = {"student": verdict.student, "score": f"{verdict.score:g}"}
        print(say("student", args.lang, **values, most=f"{verdict.most:g}"))
    print(say("done", args.lang, n=len(verdicts), mean=f"{found['mean']:.1f}",
              most=f"{found['max_score']:g}", seconds=f"{found['seconds']:.1f}",
              out=found["out"]))  # fmt: skip


class _bar:
    """A bar over submissions in a terminal, a line for each elsewhere."""

    def __init__(self, total: int, args: Any):
        self.total, self.args = total, args
        console = Console(stderr=True)
        drawn = console.is_terminal and not args.quiet
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TimeRemainingColumn())  # fmt: skip
        self.progress = Progress(*columns, console=console) if drawn else None

    def __enter__(self) -> "_bar":
        if self.progress:
            self.progress.start()
            self.task = self.progress.add_task("", total=self.total)
        return self

    def __exit__(self, *_: Any) -> None:
        if self.progress:
            self.progress.stop()

    def __call__(self, k: int, of: int, verdict: Verdict) -> None:
        """One more was marked."""
        if self.progress:
            self.progress.update(self.task, description=verdict.student[:24])
        elif not self.args.quiet:
            values = {"student": verdict.student, "score": f"{verdict.score:g}"}
            line = say("line", self.args.lang, k=k, of=of, **values, most=f"{verdict.most:g}")
            print(line, file=sys.stderr, flush=True)

    def reached(self, count: int) -> None:
        if self.progress:
            self.progress.update(self.task, completed=count)
