"""`python -m sim.bench`: how fast, how much memory?"""

import json
import sys
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Literal

import tyro

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
    """Agents, each learning online."""
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
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    args = tyro.cli(Arguments, args=argv, prog="python -m sim.bench")
    import torch

    from agents.registry import UnknownAgent, find
    from sim.lab import bench, creator_bench, meter, seat_bench
    from sim.presets.checking import values
    from sim.presets.config import resolve
    from sim.presets.device import device
    from sim.presets.errors import BadInput

    try:
        if not (args.viewers or args.agent or args.seats or args.creators):
            cure = "Give --viewers, --agent, --seats or --creators."
            raise BadInput("nothing to time", (), cure)
        values(Arguments, {name: getattr(args, name) for name in NUMBERS}, "--", NUMBERS)
        resolve(args.world, slots=args.slots)  # what is wrong is said before the wait
        device(args.device)
        for agent in args.agent:
            find(agent)
        if args.threads:
            torch.set_num_threads(args.threads)
        seconds = bench.expected(
            args.viewers, len(args.agent), args.world, args.device, args.repeats
        ) + seat_bench.expected(args.seats, args.repeats)
        seconds += creator_bench.expected(args.creators, args.repeats)
        print(f"about {max(1, round(seconds / 60))} min on an idle machine", file=sys.stderr)
        results: list = []
        how = args.slots, args.device, args.repeats
        worlds = bench.bench(args.viewers, args.agent, args.world, *how)
        lives = creator_bench.bench(args.creators, args.repeats)
        for result in chain(worlds, seat_bench.bench(args.seats, *how), lives):
            results.append(result)
            print(_line(result), file=sys.stderr if args.json else sys.stdout, flush=True)
    except (BadInput, UnknownAgent) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    about = {
        **meter.about(args.device),
        "counts": f"{bench.COUNTS} {seat_bench.COUNTS} {creator_bench.COUNTS}",
    }
    if args.json:
        rows = [r.as_dict() for r in results]
        print(json.dumps({"machine": about, "results": rows}, indent=1))
    else:
        where = f"{about['name']}, {about['cores']} cores, load {about['load']:.1f}"
        print(f"\n{where}. {about['counts']}")
    return 0


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
