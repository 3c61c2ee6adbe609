"""What `python -m sim.run --seat moderator` does, and how it ends."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.lab.office import page, summary
from sim.lab.office.asked import Asked, labels, made
from sim.lab.office.shifts import Worked, work
from sim.lab.office.words import say
from sim.lab.run import machine, record
from sim.lab.screen.screen import show
from sim.lab.studio.lives import shared
from sim.lab.studio.progress import Progress
from sim.presets import toml


def run(args: Any, command: str) -> int:
    """Exit code: 0 done. Raises BadInput, AgentFailed and OSError."""
    asked = made(args)
    if args.dry_run:
        print(config_text(asked, "Nothing was run."), end="")
        return 0
    out = args.out or record.default_folder(asked.agents[0].label, asked.world)
    with record.claimed(out, False):
        folder = record.Folder(out, asked.episode.days)
        folder.text("config.toml", config_text(asked, command))
        folder.text("command.txt", command + "\n")
        try:
            tasks = asked.tasks()
            days = asked.episode.days + asked.episode.warm_up
            worked = shared(tasks, work, Progress(len(tasks), days, args))
            told = _write(folder, asked, worked, command, args.lang)
        except BaseException as error:
            state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            folder.status(state, 0, f"{type(error).__name__}: {error}")
            raise
    if args.json:
        print(record.to_json({**told, "folder": str(out)}))
    else:
        show(summary.table_of(told, args.lang))
    if not args.quiet:
        print(say("folder", args.lang, folder=out), file=sys.stderr)
    return 0


def config_text(asked: Asked, head: str) -> str:
    """The settings in full; --set and flags say the same again."""
    names = {"seat": "moderator", "agent": [agent.where for agent in asked.agents]}
    names["baseline"] = asked.baseline.where if asked.baseline else "none"
    tables = {"run": {**names, **asked.about()}, **asdict(asked.params)}
    return toml.dumps(tables, head, digits=None)


def _write(
    folder: record.Folder, asked: Asked, worked: Sequence[Worked], command: str, lang: str
) -> dict[str, Any]:
    """The files; returns what summary.json says."""
    own = worked[: len(asked.seeds) * len(asked.cast)]
    base = asked.baseline.label if asked.baseline else None
    told = summary.summarise(own, labels(asked), base, asked.about(), worked[len(own) :])
    folder.metrics({(one.seed, one.label): summary.known(one) for one in own})
    folder.json("summary.json", told)
    folder.json("env.json", machine.describe(asked.episode.device))
    if folder.path is not None:
        report = page.html(asked, own, told, command, lang)
        (Path(folder.path) / "report.html").write_text(report, encoding="utf-8")
    folder.status("done", asked.episode.days)
    return told
