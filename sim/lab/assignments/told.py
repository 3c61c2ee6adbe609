"""A verdict as text, as a page, and as the files that course systems read.

Gradescope's results.json is as its autograder documentation has it; grades.csv has the columns of
nbgrader's own export; canvas.csv those of a Canvas gradebook. Moodle takes either, by columns.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

from sim.lab.assignments.marks import Mark, Verdict
from sim.lab.assignments.words import fault_text, mark_name, number, say, unit, why
from sim.lab.pages import render

RULES = ("contract", "policy", "plan")  # kept or not: there is no value
NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def text(verdict: Verdict, file: str, lang: str | None) -> str:
    """A verdict on stdout."""
    told = [say("title", lang, assignment=verdict.assignment, score=_points(verdict.score),
                most=_points(verdict.most))]  # fmt: skip
    if verdict.fault:
        told += [fault_text(verdict.fault, lang), *_replays(verdict, file, lang)]
    else:
        for mark in verdict.marks:
            told.append(_line(mark, lang))
            told += [f"      {why(mark, verdict, file, lang)}"] if not mark.met else []
        told += [unit(verdict.assignment, lang)]
    if verdict.printed.strip() and verdict.score < verdict.most:
        told += [say("printed", lang), verdict.printed.strip()[-1000:]]
    return "\n".join(told)


def _replays(verdict: Verdict, file: str, lang: str | None) -> list[str]:
    """How to see a fault that ended all."""
    last = next((m for m in verdict.marks if m.fault == verdict.fault), None)
    return [] if last is None else [why(Mark(last.key, 0, replay=last.replay, shown=last.shown),
                                        verdict, file, lang)]  # fmt: skip


def _line(mark: Mark, lang: str | None) -> str:
    sign = "●" if mark.met else "□"
    got = mark.points if mark.met else 0.0
    told = f"{sign} {_points(got):>3} / {_points(mark.points):<3} {mark_name(mark.key, lang)}"
    if mark.need is None or mark.key in RULES:
        return told
    return told + say("reached", lang, value=number(mark.value), need=number(mark.need))


def _points(points: float) -> str:
    return f"{points:g}"


def gradescope(verdict: Verdict, file: str, lang: str | None) -> dict[str, Any]:
    """results.json of a Gradescope autograder."""
    tests = [
        {
            "name": mark_name(mark.key, lang),
            "score": mark.points if mark.met else 0.0,
            "max_score": mark.points,
            "status": "passed" if mark.met else "failed",
            "output": _of_test(mark, verdict, file, lang),
        }
        for mark in verdict.marks
    ]
    about = unit(verdict.assignment, lang)
    if verdict.fault:
        about = "\n".join([fault_text(verdict.fault, lang), *_replays(verdict, file, lang)])
    return {
        "score": verdict.score, "execution_time": round(verdict.seconds), "output": about,
        "visibility": "visible", "stdout_visibility": "visible", "tests": tests,
        "extra_data": {"assignment": verdict.assignment, "student": verdict.student},
    }  # fmt: skip


def _of_test(mark: Mark, verdict: Verdict, file: str, lang: str | None) -> str:
    """What was reached, and why it was missed; what ended all stands above, once."""
    if _whole(mark, verdict):
        return say("above", lang)
    told = [] if mark.met else [why(mark, verdict, file, lang)]
    if mark.need is not None and mark.key not in RULES and mark.fault is None:
        told.insert(0, say("got", lang, value=number(mark.value), need=number(mark.need)))
    return "\n".join(told)


def nbgrader(verdicts: Sequence[Verdict]) -> str:
    """grades.csv: nbgrader's columns."""
    rows = [
        (v.assignment, "", "", _safe(v.student), "", "", "", v.score, 0.0, v.score, v.most)
        for v in verdicts
    ]
    return _csv([NBGRADER, *rows])


def canvas(verdicts: Sequence[Verdict]) -> str:
    """canvas.csv: a gradebook with one column of points."""
    name = verdicts[0].assignment if verdicts else ""
    head = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", name)
    most = ("    Points Possible", "", "", "", "", verdicts[0].most if verdicts else "")
    rows = [(_safe(v.student), "", "", _safe(v.student), "", v.score) for v in verdicts]
    return _csv([head, most, *rows])


def _safe(name: str) -> str:
    """A folder's name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t" else name


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def page(verdict: Verdict, file: str, lang: str | None) -> str:
    """A page for a student."""
    rows = [
        {
            "met": mark.met, "name": mark_name(mark.key, lang),
            "points": f"{_points(mark.points if mark.met else 0)} / {_points(mark.points)}",
            "value": "" if mark.key in RULES else number(mark.value),
            "need": "" if mark.key in RULES else number(mark.need),
            "why": "" if mark.met or _whole(mark, verdict) else why(mark, verdict, file, lang),
        }
        for mark in verdict.marks
    ]  # fmt: skip
    title = say("title", lang, assignment=verdict.assignment, score=_points(verdict.score),
                most=_points(verdict.most))  # fmt: skip
    heads = [say(key, lang) for key in ("mark", "points", "value", "need")]
    return render(
        "grade.html", "zh" if lang == "zh" else "en",
        title=("，" if lang == "zh" else ", ").join((verdict.student, title)),
        head=fault_text(verdict.fault, lang) if verdict.fault else say("hidden", lang),
        replay=" ".join(_replays(verdict, file, lang)) if verdict.fault else "",
        heads=heads, rows=rows, unit=unit(verdict.assignment, lang),
        printed=verdict.printed.strip()[-2000:], printed_head=say("printed", lang),
    )  # fmt: skip


def _whole(mark: Mark, verdict: Verdict) -> bool:
    """What ended all is told at the head, and not once more for each mark."""
    return verdict.fault is not None and mark.fault == verdict.fault
