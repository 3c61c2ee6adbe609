"""`python -m sim.bench`: how fast, how much memory?"""

import json
import sys
import time
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Literal

from sim.lab.door.door import Lang, asked
from sim.lab.door.said import complain, spoken
from sim.lab.screen.phrases import say
from sim.world.ranges import Len, Within

Size = Annotated[int, Within(100, 1_000_000)]  # fewer viewers may all stay away
Seats = Annotated[int, Within(1, 1 << 20)]
NUMBERS = ("viewers", "seats", "creators", "slots", "repeats", "threads")


@dataclass(frozen=True)
class Arguments:
    """Impressions per second of the world alone (pages, and whole days with their nights), eager
    and compiled, and under agents; steps per second of seats for reinforcement learning, and
    creator-days a minute.

    Exit codes: 0 done, 2 bad input, 130 interrupted.
    """

    viewers: Annotated[tuple[Size, ...], Len(0, 100)] = (25_000, 50_000, 100_000)
    """Sizes of the world alone; three or more show how time and memory grow."""
    agent: tuple[str, ...] = ("random", "mf")
    """Each learning online: attention, bayes, bayes_ts, bayes_ucb, bpr, gmf, gru, house, mf,
    mf_ids, mlp, ncf, ncf_ids, oracle, popular, random, reinforce, two_tower;
    package.module:Class, or path/to/file.py:Class."""
    seats: Annotated[tuple[Seats, ...], Len(0, 100)] = (1, 1024)
    """Seats of ShortVideo/Recommender-v0 side by side, in small; 1 is the single form, in nano."""
    creators: Annotated[tuple[Seats, ...], Len(0, 100)] = (128,)
    """Seats of ShortVideo/Creator-v0 side by side, in nano, shared out over two worlds."""
    world: str = "medium"
    """The world that agents are timed in."""
    slots: Annotated[int, Within(1, 200)] = 10
    """Videos in a page."""
    repeats: Annotated[int, Within(1, 10_000)] = 6
    """Pages timed; the median is told."""
    threads: Annotated[int | None, Within(1, 4096)] = None
    """Threads; all, unless told."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where to run."""
    lang: Lang = None
    """en or zh: all that is said, help and errors too; the system's language if left out (by
    LC_ALL, LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    args = asked(Arguments, argv, "bench")
    import torch

    from agents.registry import UnknownAgent, find
    from sim.lab import bench, creator_bench, meter, seat_bench
    from sim.presets.aside import aside
    from sim.presets.checking import values
    from sim.presets.config import resolve
    from sim.presets.device import device
    from sim.presets.errors import BadInput

    results: list = []
    try:
        if not (args.viewers or args.agent or args.seats or args.creators):
            cure = "Give --viewers, --agent, --seats or --creators."
            raise BadInput("nothing to time", (), cure)
        values(Arguments, {name: getattr(args, name) for name in NUMBERS}, "--", NUMBERS)
        resolve(args.world, slots=args.slots)  # what is wrong is said before the wait
        device(args.device)
        with aside():
            for agent in args.agent:
                find(agent)
        if args.threads:
            torch.set_num_threads(args.threads)
        how, lang = (args.slots, args.device, args.repeats), str(args.lang)
        progress = _Progress(args)
        worlds = bench.bench(args.viewers, args.agent, args.world, *how)
        lives = creator_bench.bench(args.creators, args.repeats)
        rows = sys.stderr if args.json else sys.stdout
        with aside():
            for result in chain(worlds, seat_bench.bench(args.seats, *how), lives):
                results.append(result)
                print(spoken(_line(result), lang), file=rows, flush=True)
                progress.done(result)
    except (BadInput, UnknownAgent) as error:
        complain(error, args.lang)
        return 2
    except KeyboardInterrupt:
        return 130
    about = {
        **meter.about(args.device),
        "counts": f"{bench.COUNTS} {seat_bench.COUNTS} {creator_bench.COUNTS}",
    }
    if args.json:
        told = [r.as_dict() for r in results]
        print(json.dumps({"machine": about, "results": told}, indent=1))
    else:
        where = f"{about['name']}, {about['cores']} cores, load {about['load']:.1f}"
        print(f"\n{spoken(f'{where}. ', lang)}{spoken(about['counts'], lang)}")
    return 0


class _Progress:
    """Says at once how long it will take on an idle machine, then how long is left."""

    def __init__(self, args: Arguments):
        self.args, self.share, self.started = args, 0.0, time.monotonic()
        self.of = self._worlds(args.viewers, len(args.agent)) + self._seats(args.seats)
        self.of += self._creators(args.creators)
        self._say("expected", minutes=max(1, round(self.of / 60)))

    def done(self, result) -> None:
        """A row is told; its part of the whole is as was expected."""
        self.share += self._part(result) / self.of
        if self.share < 0.99:
            left = (time.monotonic() - self.started) / self.share * (1 - self.share)
            self._say("left", share=f"{self.share:.0%}", minutes=max(1, round(left / 60)))

    def _say(self, key: str, **values: object) -> None:
        print(say(key, str(self.args.lang), **values), file=sys.stderr, flush=True)

    def _worlds(self, viewers: tuple[int, ...], agents: int) -> float:
        from sim.lab import bench

        args = self.args
        return bench.expected(viewers, agents, args.world, args.device, args.repeats)

    def _seats(self, seats: tuple[int, ...]) -> float:
        from sim.lab import seat_bench

        return seat_bench.expected(seats, self.args.repeats)

    def _creators(self, seats: tuple[int, ...]) -> float:
        from sim.lab import creator_bench

        return creator_bench.expected(seats, self.args.repeats)

    def _part(self, r) -> float:
        """A world is told twice, by pages and by days, eager and where it can be compiled."""
        if r.what in ("seat", "seats"):
            return self._seats((r.seats,))
        if r.what == "creators":
            return self._creators((r.seats,))
        if r.agent:
            return self._worlds((), 1)
        return self._worlds((r.viewers,), 0) / self.rows

    @property
    def rows(self) -> int:
        from sim.lab.run.compiling import can_compile

        return 2 if can_compile(self.args.device) else 4


def _line(r) -> str:
    if r.what == "creators":
        return (
            f"{r.what:14} {r.seats:>9,} in {r.worlds} x {r.world}, money={r.money} "
            f"{r.creator_days_per_min:12,.0f} creator-days/min (spread {r.spread:.0%}) "
            f"{r.peak_mib:7,.0f} MiB and the worlds'"
        )
    if r.what in ("seat", "seats"):
        return (
            f"{r.what:14} {r.seats:>9,} in {r.world}, {r.days} days "
            f"{r.steps_per_s:12,.0f} awake steps/s (spread {r.spread:.0%}) "
            f"{r.peak_mib:7,.0f} MiB, world recorded in {r.record_s:.0f} s"
        )
    who = f"with {r.agent}" if r.agent else "world alone" if r.what == "world" else "whole days"
    night = "" if r.night_share is None else f", nights {r.night_share:.0%} of the time"
    return (
        f"{who:14} {r.viewers:>9,} viewers {r.videos:>9,} videos {r.mode:8} "
        f"{r.impressions_per_s / 1e6:6.2f} M impressions/s (spread {r.spread:.0%}) "
        f"{r.peak_mib:7,.0f} MiB{night}"
    )


if __name__ == "__main__":
    sys.exit(main())
