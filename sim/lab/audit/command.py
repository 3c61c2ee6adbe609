"""What `python -m sim.audit` does with its arguments, and how it ends."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from sim.lab.audit import page
from sim.lab.audit.findings import told
from sim.lab.audit.personas import Persona, read, scripts
from sim.lab.audit.planted import lived
from sim.lab.audit.table import table_of
from sim.lab.audit.words import say
from sim.lab.door.said import complain
from sim.lab.run.agents import cast as cast_agents
from sim.lab.run.files import replace_text
from sim.lab.run.record import to_json
from sim.lab.screen.screen import show
from sim.lab.studio.asked import sorted_settings
from sim.lab.studio.topics import topic_name
from sim.presets import checking, config
from sim.presets.errors import BadInput
from sim.presets.files import writable
from sim.presets.seeds import checked_seed
from sim.seats.guard import AgentFailed
from sim.world.ranges import Within

TWIN = "'"  # what the name of the first persona's twin ends in
RANGES = {
    "--days": (1, 3650, int, "days"), "--repeats": (1, 10_000, int, "repeats"),
    "--labels": (0, 1, float, "labels"),
}  # fmt: skip


def run(args: Any, command: str) -> int:
    """Exit code: 0 done, 1 the agent failed, 2 bad input."""
    try:
        out = writable(args.out, "--out")
        found = audited(args, _progress(args))
        if out:
            replace_text(Path(out), page.html(found, command, args.lang))
    except AgentFailed as error:
        complain(error, args.lang)
        return 1
    except (BadInput, OSError) as error:
        complain(error, args.lang)
        return 2
    if args.json:
        print(to_json(found))
    else:
        show(table_of(found, args.lang))
    if out and not args.quiet:
        print(say("written", args.lang, path=out), file=sys.stderr)
    return 0


def audited(args: Any, tick: Callable[[int], None] | None = None) -> dict[str, Any]:
    """The audit that these arguments ask for. Raises BadInput and AgentFailed."""
    _, own, world = sorted_settings(args.set)
    for flag, (low, high, kind, name) in RANGES.items():
        given = getattr(args, name)
        checking.value(_within(kind, low, high), given, flag)
    if args.threats is not None:
        world = {**world, "threats": args.threats}
    params = config.resolve(args.world, args.platform, world)
    topics = len(params.videos.category_share)
    cast = read(args.personas, topics)
    (agent,), _ = cast_agents([args.agent], None, own)
    twin = replace(cast[0], name=cast[0].name + TWIN)
    everyone = (*cast, twin)
    seed = checked_seed("--seed", args.seed)
    planted = scripts(everyone, args.repeats, topics)
    seen = lived(params, agent.fresh(), planted, args.days, seed, tick)
    names = [topic_name(t, args.lang or "en") for t in range(topics)]
    return {
        "agent": agent.label, "privileged": agent.privileged, "world": args.world,
        "platform": args.platform, "days": args.days, "seed": seed, "threats": params.threats,
        "puppets": args.repeats, "videos": _videos(everyone), "labels": args.labels,
        **told(everyone, args.repeats, seen, names, args.labels, seed),
    }  # fmt: skip


def _within(kind: type, low: float, high: float) -> Any:
    return Annotated[kind, Within(low, high)]


def _videos(cast: tuple[Persona, ...]) -> str:
    most = sorted({persona.videos for persona in cast})
    return str(most[0]) if len(most) == 1 else f"{most[0]}-{most[-1]}"


def _progress(args: Any) -> Callable[[int], None] | None:
    if args.quiet:
        return None

    def tick(day: int) -> None:
        if day % 5 == 0 or day == args.days:
            line = say("progress", args.lang, day=day, of=args.days)
            print(line, file=sys.stderr, flush=True)

    return tick
