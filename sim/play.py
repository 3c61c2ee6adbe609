"""`python -m sim.play`: sit in a seat by hand."""

import shlex
import sys
from dataclasses import dataclass
from typing import Annotated, Literal

from tyro.conf import Positional, UseAppendAction, arg

from sim.lab.door.door import Lang, asked


@dataclass(frozen=True)
class Arguments:
    """Sit in the viewer's seat: a phone in the browser, on a simulated world that runs behind it.

    The recommender deals five cards, sees how long you look at each, and learns from it with what
    everybody else on the platform does. A second timeline has another recommender on the same
    world. The page is served to this computer alone, until Ctrl-C; --out writes a file instead that
    plays offline.

    Exit codes: 0 done, 1 an agent failed, 2 bad input, 130 interrupted while it began.
    """

    seat: Positional[Literal["viewer"]]
    """viewer. (Creators and moderators: python -m sim.run --seat creator, --seat moderator.)"""
    agent: str = "bayes"
    """The recommender: attention, bayes, bayes_ts, bayes_ucb, bpr, gmf, gru, house, mf, mf_ids,
    mlp, ncf, ncf_ids, oracle, popular, random, reinforce, two_tower; package.module:Class, or
    path/to/file.py:Class."""
    other: str = "popular"
    """The recommender of the second timeline; none for one timeline."""
    world: str = "small"
    """nano, small, medium, large or city. Of nano's few videos you use up the best in forty
    swipes."""
    platform: str = "kuaishou"
    """A preset's name, or a .toml file made by sim.calibrate."""
    days: int = 3
    """Days that the platform lives before you come."""
    seed: int = 0
    """The world, and whom the persona is."""
    persona: bool = False
    """Play somebody whose true taste is known, and see how well it was found out."""
    speed: float = 4.0
    """Seconds of video in a second of yours."""
    port: int = 8765
    """Of the page; 0 for any that is free."""
    set: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="KEY=VALUE")] = ()
    """A parameter of the world or of the agent: sessions.scale=0.2, agent.temperature=0.1."""
    out: Annotated[str | None, arg(aliases=["--file"])] = None
    """A file to play offline: .html. Agent bayes, beside popular, random or none; the world stands
    still."""
    lang: Lang = None
    """en or zh: page, help and errors; the system's language if left out (by LC_ALL, LC_MESSAGES,
    LANG)."""
    json: bool = False
    """One JSON object on stdout, with the page's address or file, and nothing else there."""
    quiet: bool = False
    """No progress."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "play")
    from sim.lab.phone.command import run  # torch is loaded here, so that --help is quick

    return run(args, shlex.join(["python", "-m", "sim.play", *argv]))


if __name__ == "__main__":
    sys.exit(main())
