"""What `python -m sim.play viewer` does with its arguments, and how it ends."""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from sim.lab.door.said import complain
from sim.lab.phone import offline, page
from sim.lab.phone.server import Server
from sim.lab.phone.session import Session
from sim.lab.phone.timeline import Timeline, params_of
from sim.lab.phone.words import say
from sim.lab.run.agents import AgentSpec, cast
from sim.lab.run.files import replace_text
from sim.lab.run.record import to_json
from sim.lab.studio.asked import sorted_settings
from sim.presets import checking
from sim.presets.errors import BadInput
from sim.presets.files import writable
from sim.presets.seeds import checked_seed
from sim.seats.guard import AgentFailed
from sim.world.ranges import Within

RANGES: dict[str, Any] = {
    "--days": (Annotated[int, Within(1, 365)], "days"),
    "--speed": (Annotated[float, Within(0.1, 100)], "speed"),
    "--port": (Annotated[int, Within(0, 65_535)], "port"),
}
STOPPED = 130


def run(args: Any, command: str) -> int:
    """Exit code: 0 done, 1 the agent failed, 2 bad input, 130 stopped before the page was up."""
    try:
        return _write(args) if args.out is not None else _serve(args)
    except AgentFailed as error:
        complain(error, args.lang)
        return 1
    except (BadInput, OSError) as error:
        complain(error, args.lang)
        return 2
    except KeyboardInterrupt:
        print(say("ended", args.lang), file=sys.stderr)
        return STOPPED


def timelines(args: Any) -> list[Timeline]:
    """The timelines that these arguments ask for. Raises BadInput and AgentFailed."""
    _, own, world = sorted_settings(args.set)
    for flag, (hint, name) in RANGES.items():
        checking.value(hint, getattr(args, name), flag)
    specs = _cast(args, own)
    params = params_of(args.world, args.platform, world)
    seed = checked_seed("--seed", args.seed)
    made = []
    for spec in specs:
        tick = _progress(args, spec.label)
        made.append(Timeline.begun(spec, params, seed, args.days, hand=not args.persona, tick=tick))
    return made


def _cast(args: Any, own: dict[str, Any]) -> tuple[AgentSpec, ...]:
    """`--set agent.x` is meant for the first."""
    (first,), _ = cast([args.agent], None, own)
    if args.other == "none":
        return (first,)
    (second,), _ = cast([args.other], None, {})
    return first, second


def _serve(args: Any) -> int:
    # the port first: who waits for a world to grow should not be told afterwards
    text, policy = page.html(args.lang, checking.value(RANGES["--speed"][0], args.speed, "--speed"))
    checking.value(RANGES["--port"][0], args.port, "--port")
    server = Server(Session([], args.lang), text, policy, args.port)
    with server:
        server.session = Session(timelines(args), args.lang, args.persona)
        _until_told(server, args)
    if not args.quiet:
        print(say("ended", args.lang), file=sys.stderr)
    return 0


def _until_told(server: Server, args: Any) -> None:
    """Says where the page is, and waits for Ctrl-C or a polite request to end."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        told = say("serving", args.lang, address=server.address)
        print(to_json({"address": server.address}) if args.json else told, flush=True)
        while not stop.wait(0.5):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        server.shutdown()


def _write(args: Any) -> int:
    out = writable(args.out, "--out")
    offline.check(args.agent, args.other, args.persona)
    args_ = {**vars(args), "other": "none"}
    (first,) = timelines(type(args)(**args_))
    frozen = offline.frozen(first, args.other, args.lang)
    text, _ = page.html(args.lang, args.speed, frozen, args.days)
    replace_text(Path(str(out)), text)
    if args.json:
        print(to_json({"file": str(out)}))
    elif not args.quiet:
        print(say("written", args.lang, path=out))
    return 0


def _progress(args: Any, label: str) -> Callable[[int], None] | None:
    if args.quiet:
        return None

    def tick(day: int) -> None:
        line = say("started", args.lang, agent=label, day=day, of=args.days)
        print(line, file=sys.stderr, flush=True)

    return tick
