"""What `python -m sim.run --seat creator` does, and how it ends."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.lab.run import machine, record
from sim.lab.screen.screen import show
from sim.lab.studio import page, summary, words
from sim.lab.studio.asked import Asked, made
from sim.lab.studio.lives import Life, all_lives
from sim.lab.studio.plan import command as plans
from sim.lab.studio.progress import Progress
from sim.lab.studio.words import say
from sim.presets import toml
from sim.presets.aside import aside
from sim.presets.errors import BadInput


def run(args: Any, command: str) -> int:
    """Exit code: 0 done. Raises BadInput, AgentFailed and OSError."""
    if args.plan:
        return plans.run(args, command)
    if args.what_if:
        raise BadInput("--what-if changes a plan", args.what_if, "Add --plan FILE.")
    with aside():
        asked = made(args, args.agent, args.baseline or "habit")
    if args.dry_run:
        print(config_text(asked, "Nothing was run."), end="")
        return 0
    out = args.out or record.default_folder(asked.agents[0].label, asked.world)
    with record.claimed(out, False):
        folder = record.Folder(out, asked.episode.days)
        folder.text("config.toml", config_text(asked, command))
        folder.text("command.txt", command + "\n")
        try:
            lives = all_lives(asked.tasks(), _progress(asked, args))
            told = _write(folder, asked, lives, command, args.lang)
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


def _progress(asked: Asked, args: Any) -> Progress:
    return Progress(len(asked.tasks()), asked.episode.days + asked.episode.warm_up, args)


def config_text(asked: Asked, head: str) -> str:
    """The settings in full; --set and flags say the same again."""
    about = asked.about()
    names = {"seat": "creator", "agent": [agent.where for agent in asked.agents]}
    names["baseline"] = asked.baseline.where if asked.baseline else "none"
    tables = {"run": {**names, **about}, **asdict(asked.params)}
    return toml.dumps(tables, head, digits=None)


def _write(
    folder: record.Folder, asked: Asked, lives: Sequence[Life], command: str, lang: str
) -> dict[str, Any]:
    """The files; returns what summary.json says."""
    base = asked.baseline.label if asked.baseline else None
    labels = [agent.label for agent in asked.agents]
    table = summary.metrics(lives)
    told = summary.summarise(table, labels, base, asked.about())
    folder.metrics({(life.seed, life.label): summary.known(life) for life in lives})
    folder.json("summary.json", told)
    folder.json("env.json", machine.describe(asked.episode.device))
    if folder.path is not None:
        report = render(asked, lives, told, command, lang)
        (Path(folder.path) / "report.html").write_text(report, encoding="utf-8")
    folder.status("done", asked.episode.days)
    return told


def render(
    asked: Asked, lives: Sequence[Life], told: dict[str, Any], command: str, lang: str
) -> str:
    """The page of the first seed."""
    first = {life.label: life for life in lives if life.seed == asked.seeds[0]}
    base = first[asked.baseline.label] if asked.baseline else None
    shown = [first[agent.label] for agent in asked.agents]
    about = {"agents": " + ".join(life.label for life in shown), **asked.about()}
    how = [
        (say_how(name, lang), _plain(value), name == "command")
        for name, value in {
            "command": command,
            **asked.about(),
            "version": machine.version(),
        }.items()
        if value not in ([], None)
    ]
    table = summary.table_of(told, lang)
    return page.html(shown, base, table, about, how, limits(asked, lang), lang)


def limits(asked: Asked, lang: str) -> list[str]:
    size = {"viewers": asked.params.size.viewers, "creators": asked.params.creator_count}
    notes = [say("simulated", lang, **size), say("delay", lang, days=asked.episode.delay)]
    if len(asked.seeds) == 1:
        notes.append(say("one_seed", lang))
    else:
        notes.append(say("first_seed", lang, seed=asked.seeds[0]))
    return notes


def say_how(name: str, lang: str) -> str:
    return words.HOW[name][lang == "zh"]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
