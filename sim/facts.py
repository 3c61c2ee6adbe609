"""`python -m sim.facts`: is the simulator like the real thing?"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import UseAppendAction

from sim.lab.door.door import Lang, asked
from sim.lab.door.said import complain, spoken
from sim.lab.screen.phrases import say
from sim.world.ranges import Len, Seed, Within

EVERY = 15.0  # seconds between two lines of progress
NUMBERS = ("days", "warm_up", "seed", "jobs")


@dataclass(frozen=True)
class Arguments:
    """Run the world under a house agent beside a random arm, and print the report card.

    Every fact that the simulator can express stands there with its source, the range it should
    lie in, the simulated value with its spread over seeds, and whether it passes. Facts marked
    `fitted` had a parameter fitted to them; all others are predictions.

    Exit codes: 0 done (failures are shown, not hidden), 1 under 90 % pass, 2 bad input.
    """

    platform: str = "kuaishou"
    """kuaishou, tiktok."""
    world: str = "small"
    """nano, small, medium, ..."""
    agent: str = "house"
    """The house agent that makes the log: attention, bayes, bayes_ts, bayes_ucb, bpr, gmf, gru,
    house, mf, mf_ids, mlp, ncf, ncf_ids, oracle, popular, random, reinforce, two_tower;
    package.module:Class, or path/to/file.py:Class."""
    days: Annotated[int, Within(1, 3650)] = 14
    """Days kept."""
    warm_up: Annotated[int, Within(0, 3650)] = 21
    """Days run before, and forgotten."""
    seed: Annotated[tuple[Seed, ...], Len(1, 1000)] = (0, 1, 2, 3, 4)
    """Seeds; the spread is over them."""
    set: Annotated[tuple[str, ...], UseAppendAction] = ()
    """A parameter of the world, key=value."""
    year: bool = False
    """Also live a year of nano: is its end as its beginning?"""
    jobs: Annotated[int, Within(1, 1024)] = 2
    """Processes."""
    out: str | None = None
    """A page with plots, real against simulated: .html."""
    lang: Lang = None
    """en or zh: all that is said, help and errors too; the system's language if left out (by
    LC_ALL, LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def _progress(lang: str, seconds: float) -> Callable[[float], None]:
    """Says how long it will take on an idle machine, and now and then how long is left."""
    started, last = time.monotonic(), time.monotonic()
    print(say("expected", lang, minutes=_minutes(seconds)), file=sys.stderr, flush=True)

    def tick(done: float) -> None:
        """`done` is the share of the work."""
        nonlocal last
        now = time.monotonic()
        if done and (now - last > EVERY or done >= 1):
            last = now
            left = _minutes((now - started) / done * (1 - done))
            line = say("left", lang, share=f"{done:.0%}", minutes=left)
            print(line, file=sys.stderr, flush=True)

    return tick


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}" if seconds >= 90 else f"{max(0.1, seconds / 60):.1f}"


def main(argv: list[str] | None = None) -> int:
    args = asked(Arguments, argv, "facts")
    from agents.registry import UnknownAgent, find
    from sim.lab.facts.card import CardOptions, expected, report_card
    from sim.lab.facts.text import text
    from sim.presets.aside import aside
    from sim.presets.checking import values
    from sim.presets.errors import BadInput
    from sim.presets.files import writable
    from sim.presets.seeds import distinct

    try:
        values(Arguments, {name: getattr(args, name) for name in NUMBERS}, "--", NUMBERS)
        distinct(args.seed)
        out = writable(args.out, "--out")  # what is wrong is said before the wait
        with aside():
            find(args.agent)
        settings = CardOptions(
            args.platform, args.world, args.agent, args.days, args.warm_up, args.seed, args.set,
            args.jobs, args.year,
        )  # fmt: skip
        with aside():
            card = report_card(settings, _progress(str(args.lang), expected(settings)))
    except (BadInput, UnknownAgent) as error:
        complain(error, args.lang)
        return 2
    except KeyboardInterrupt:
        return 130
    if out:
        from sim.lab.facts.page import write

        write(card, out, str(args.lang))
        print(say("written", str(args.lang), path=out), file=sys.stderr)
    print(json.dumps(card.as_dict(), indent=1) if args.json else spoken(text(card), args.lang))
    return 0 if card.passed >= 0.9 * len(card.facts) else 1


if __name__ == "__main__":
    sys.exit(main())
