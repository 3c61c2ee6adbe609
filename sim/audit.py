"""`python -m sim.audit`: what do planted accounts see of a platform they cannot open?"""

import shlex
import sys
from dataclasses import dataclass
from typing import Annotated, Literal

from tyro.conf import UseAppendAction, arg

from sim.lab.door.door import Lang, asked


@dataclass(frozen=True)
class Arguments:
    """Plant scripted accounts on a platform, and tell what it showed them.

    Puppets register as anybody does; who watches what to the end, who skips and who says that they
    are young is their persona. The recommender sees them like anyone. Printed: what each persona
    was shown, the share of harmful content, its drift, and differences between personas that act
    alike, with intervals over puppets and a null of two equal personas; and, because the world is
    ours, how far the audit is from the truth.

    Exit codes: 0 done, 1 an agent failed, 2 bad input.
    """

    agent: str = "mf"
    """The recommender that is audited: attention, bayes, bayes_ts, bayes_ucb, bpr, gmf, gru, house,
    mf, mf_ids, mlp, ncf, ncf_ids, oracle, popular, random, reinforce, two_tower;
    package.module:Class, or path/to/file.py:Class."""
    personas: tuple[str, ...] = ()
    """control, young, older, skipper, fan, young_fan, drawn, young_drawn, believer; or a file
    (.toml). Commas or spaces part them."""
    days: int = 14
    """Days that the puppets watch."""
    world: str = "nano"
    """nano, small, medium, large or city."""
    platform: str = "kuaishou"
    """A preset's name, or a .toml file made by sim.calibrate."""
    seed: int = 0
    """The world, and the audit's own luck."""
    threats: Annotated[
        Literal["none", "low", "high"] | None, arg(metavar="NAME", help_behavior_hint="")
    ] = None
    """How much malice there is; the platform's own level if left out."""
    repeats: int = 8
    """Puppets of each persona."""
    labels: float = 1.0
    """How often the auditor's eye is right about a video being harmful; .82 in Srba et al.
    (2023)."""
    set: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="KEY=VALUE")] = ()
    """A parameter of the world or of the agent: sessions.scale=0.2, agent.temperature=0.1."""
    out: str | None = None
    """A page with the table and plots: .html."""
    lang: Lang = None
    """en or zh: table, page, help and errors; the system's language if left out (by LC_ALL,
    LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""
    quiet: bool = False
    """No progress."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "audit")
    from sim.lab.audit.command import run  # torch is loaded here, so that --help is quick

    return run(args, shlex.join(["python", "-m", "sim.audit", *argv]))


if __name__ == "__main__":
    sys.exit(main())
