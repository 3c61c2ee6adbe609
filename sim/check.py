"""`python -m sim.check`: is my submission right, as far as public seeds tell?"""

import sys
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from sim.lab.door.door import Lang, asked


@dataclass(frozen=True)
class Arguments:
    """Check a submission of an assignment on public seeds: the teacher's marks, on other seeds.

    `python -m sim.check A2 example > agent.py` prints a file to start from. Code runs in a process
    of its own that sees observations alone. Exit codes: 0 all marks, 1 not all, 2 bad input.
    """

    assignment: Positional[Annotated[str, arg(metavar="ASSIGNMENT")]]
    """A1: measure it (measures.py); A2: build a recommender (agent.py); A5: moderate under attack
    (policy.toml); A7: grow a brand (plan.toml)."""
    file: Positional[Annotated[str, arg(metavar="FILE")]]
    """Your file; example prints one to start from."""
    seed: Annotated[tuple[int, ...], arg(metavar="N", help_behavior_hint="")] = ()
    """Of the public seeds these only; all if left out."""
    lang: Lang = None
    """en or zh: marks, help and errors; the system's language if left out (by LC_ALL, LC_MESSAGES,
    LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""
    quiet: bool = False
    """No progress."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "check")
    from sim.lab.assignments.command import check  # torch is loaded here, so that --help is quick

    return check(args)


if __name__ == "__main__":
    sys.exit(main())
