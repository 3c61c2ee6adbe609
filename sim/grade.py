"""`python -m sim.grade`: mark a class's submissions on hidden seeds."""

import sys
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from sim.lab.door.door import Lang, asked


@dataclass(frozen=True)
class Arguments:
    """Mark every submission in a folder on hidden seeds, which are drawn once and stay in --out.

    Written there: grades.csv (nbgrader's columns), canvas.csv, summary.json, and for each student
    results.json (Gradescope) and a page. Started again, it goes on where it was. Exit codes: 0
    done, 2 bad input, 130 interrupted.
    """

    assignment: Positional[Annotated[str, arg(metavar="ASSIGNMENT")]]
    """A1: measure it (measures.py); A2: build a recommender (agent.py); A5: moderate under attack
    (policy.toml); A7: grow a brand (plan.toml)."""
    dir: Positional[Annotated[str, arg(metavar="DIR")]]
    """Holds NAME/agent.py (or what is handed in) or NAME.py for each student."""
    out: str = "grades"
    """The folder for marks; keep it to yourself, for it holds the hidden seeds."""
    jobs: int = 2
    """Submissions marked at once."""
    lang: Lang = None
    """en or zh: pages, marks, help and errors; the system's language if left out (by LC_ALL,
    LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""
    quiet: bool = False
    """No progress."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "grade")
    from sim.lab.assignments.command import grade  # torch is loaded here, so that --help is quick

    return grade(args)


if __name__ == "__main__":
    sys.exit(main())
