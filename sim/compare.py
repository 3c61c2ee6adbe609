"""`python -m sim.compare`: which run is better, and at what cost?"""

import shlex
import sys
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, UseAppendAction, arg

from sim.lab.door.door import Lang, asked


@dataclass(frozen=True)
class Arguments:
    """Put runs side by side: differences from one of them, paired by seed.

    Runs are comparable where their worlds are the same in every setting; else they are refused,
    with what differs. Exit codes: 0 done, 1 they cannot be compared, 2 bad input.
    """

    runs: Positional[Annotated[tuple[str, ...], arg(metavar="RUN")]]
    """Folders of runs, two or more."""
    reference: str = ""
    """The run that the others are compared with: its folder's name, or folder/agent where it has
    several or its baseline is meant; the first run if left out."""
    allow: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="KEY")] = ()
    """A setting, or a group of them, in which the worlds may differ, for it is what you ask about:
    feedback, sessions.scale."""
    out: str | None = None
    """A page with the table and plots: .html."""
    lang: Lang = None
    """en or zh: table, page, help and errors; the system's language if left out (by LC_ALL,
    LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "compare")
    from sim.lab.compare.command import run  # pandas is loaded here, so that --help is quick

    return run(args, shlex.join(["python", "-m", "sim.compare", *argv]))


if __name__ == "__main__":
    sys.exit(main())
