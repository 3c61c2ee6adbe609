"""What `python -m sim.run` does with its arguments, and how it ends."""

import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sim.lab import supervisor
from sim.lab.door.said import complain
from sim.lab.experiment import Run, execute, prepare
from sim.lab.finish import told
from sim.lab.run import files, record
from sim.lab.run.track import tracker
from sim.lab.screen.phrases import say
from sim.lab.screen.screen import quiet_screen, screen_for, show
from sim.presets.aside import aside
from sim.presets.errors import BadInput
from sim.presets.files import place
from sim.seats.guard import AgentFailed

ASSETS = Path(__file__).parent / "assets"
CODES = {"done": 0, "failed": 1, "interrupted": 130}


def run(args: Any, command: str) -> int:
    """Exit code: 0 done, 1 an agent failed, 2 bad input, 130 interrupted."""
    try:
        return _run(_placed(args), command)
    except BadInput as error:
        complain(error, args.lang)
        return 1 if _exited(error) else 2
    except (AgentFailed, OSError) as error:
        text = files.told(error) if isinstance(error, OSError) else error
        complain(text, args.lang)
        return 1
    except KeyboardInterrupt:
        print(say("stopped", args.lang), file=sys.stderr)
        return 130


def _exited(error: BaseException | None) -> bool:
    """Whether an agent's own sys.exit is behind it: that run failed, whatever the figure was."""
    while error is not None and not isinstance(error, SystemExit):
        error = error.__cause__
    return error is not None


def _placed(args: Any) -> Any:
    """The arguments with paths in place of texts."""
    paths = {name: place(getattr(args, name), f"--{name}") for name in ("out", "config", "load")}
    return SimpleNamespace(**{**vars(args), **paths})


def _run(args: Any, command: str) -> int:
    if args.policy == "example":
        print((ASSETS / f"policy_{args.lang or 'en'}.toml").read_text(encoding="utf-8"), end="")
        return 0
    if args.seat == "creator":
        return import_module("sim.lab.studio.command").run(args, command)
    if args.seat == "moderator":
        return import_module("sim.lab.office.command").run(args, command)
    _refuse(args)
    with aside():
        plan = prepare(_options(args), args.set, args.config, args.out, args.resume)
    if args.dry_run:
        print(record.to_json(plan.tables()) if args.json else plan.text("Nothing was run."), end="")
        return 0
    out = args.out or record.default_folder(plan.agents[0].label, plan.world)
    track = tracker(args.track)
    supervisor.tell(folder=str(out.absolute()))
    screen = quiet_screen() if args.quiet else screen_for(args.lang)
    options = {"screen": screen, "track": track, "command": command, "lang": args.lang}
    with aside():
        found = execute(plan, out, resume=args.resume, keep_worlds=False, **options)
    _tell(found, args, out)
    if isinstance(found.error, BadInput):
        return 2
    return 130 if isinstance(found.error, KeyboardInterrupt) else CODES[found.state]


def _refuse(args: Any) -> None:
    """What is not for the recommender's seat is refused, not passed over."""
    for name in ("house", "plan", "what_if"):
        if getattr(args, name):
            flag = "--" + name.replace("_", "-")
            cure = "Add --seat creator, or leave it out."
            raise BadInput(f"{flag} is for --seat creator", getattr(args, name), cure)


def _options(args: Any) -> dict[str, Any]:
    """What was given, by the names of a plan; what was not is None."""
    names = ("world", "platform", "days", "slots", "objective", "baseline", "device", "threats",
             "moderation", "policy")  # fmt: skip
    return {
        **{name: getattr(args, name) for name in (*names, "events_max", "future")},
        "agent": list(args.agent) or None,
        "seeds": list(args.seed) or None,
        "explore": None if args.explore else False,
        "truth": args.truth or None,
        "load": str(args.load.resolve()) if args.load else None,
    }


def _tell(run: Run, args: Any, out: Path) -> None:
    """Results on stdout; what went wrong, and where the files are, on stderr."""
    if args.json:
        print(record.to_json({**run.summary, "error": _short(run)}))
    if run.state != "done":
        print(say(run.state, args.lang), file=sys.stderr)
    if not args.json:
        show(run.table())
        asked = (args.threats, args.moderation, args.policy)
        for table in run.safety() if any(asked) or run.plan.params.threats == "high" else ():
            print()
            show(table)
    if run.error is not None and run.state == "failed":
        if args.debug:
            traceback.print_exception(run.error)
        complain(_short(run), args.lang)
    if not args.quiet:
        print(say("folder", args.lang, folder=out), file=sys.stderr)
    if run.state == "interrupted":
        again = f"python -m sim.run --out {out} --resume"
        print(say("resume", args.lang, command=again), file=sys.stderr)


def _short(run: Run) -> str | None:
    """The error in one line; agents' errors name the agent themselves."""
    if run.error is None or run.state != "failed":
        return None
    known = type(run.error).__name__ in ("AgentFailed", "BadSlate", "BadInput")
    return str(run.error) if known else told(run.error)
