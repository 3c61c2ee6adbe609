"""`python -m sim.facts`: is the simulator like the real thing?"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import tyro

from sim.world.ranges import Len, Seed, Within

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
    """The house agent that makes the log."""
    days: Annotated[int, Within(1, 3650)] = 14
    """Days kept."""
    warm_up: Annotated[int, Within(0, 3650)] = 21
    """Days run before, and forgotten."""
    seed: Annotated[tuple[Seed, ...], Len(1, 1000)] = (0, 1, 2, 3, 4)
    """Seeds; the spread is over them."""
    set: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """A parameter of the world, key=value."""
    jobs: Annotated[int, Within(1, 1024)] = 2
    """Processes."""
    out: str | None = None
    """A page with plots, real against simulated: .html."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def _progress(args: Arguments) -> Callable[[int], None]:
    """Says what is to be done, and after each seed how long the rest will take."""
    days, started, of = args.warm_up + args.days, time.monotonic(), len(args.seed)
    work = f"{of} seeds, each {days} days under {args.agent} and under random"
    print(f"{work}; how long it takes is told after the first", file=sys.stderr, flush=True)
    done: list[int] = []

    def tick(seed: int) -> None:
        done.append(seed)
        left = (time.monotonic() - started) / len(done) * (of - len(done)) / 60
        rest = f", about {max(1, round(left))} min left" if len(done) < of else ""
        print(f"seed {seed} done, {len(done)} of {of}{rest}", file=sys.stderr, flush=True)

    return tick


def main(argv: list[str] | None = None) -> int:
    args = tyro.cli(Arguments, args=argv, prog="python -m sim.facts")
    from agents.registry import UnknownAgent, find
    from sim.lab.facts.card import CardOptions, report_card
    from sim.lab.facts.text import text
    from sim.presets.checking import values
    from sim.presets.errors import BadInput
    from sim.presets.files import writable
    from sim.presets.seeds import distinct

    try:
        values(Arguments, {name: getattr(args, name) for name in NUMBERS}, "--", NUMBERS)
        distinct(args.seed)
        out = writable(args.out, "--out")  # what is wrong is said before the wait
        find(args.agent)
        settings = CardOptions(
            args.platform, args.world, args.agent, args.days, args.warm_up, args.seed, args.set,
            args.jobs,
        )  # fmt: skip
        card = report_card(settings, _progress(args))
    except (BadInput, UnknownAgent) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if out:
        from sim.lab.facts.page import write

        write(card, out)
        print(f"written: {out}", file=sys.stderr)
    print(json.dumps(card.as_dict(), indent=1) if args.json else text(card))
    return 0 if card.passed >= 0.9 * len(card.facts) else 1


if __name__ == "__main__":
    sys.exit(main())
