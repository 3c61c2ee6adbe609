"""What `python -m sim.run --seat creator` does, and how it ends."""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.lab.run import machine, record
from sim.lab.screen.screen import show
from sim.lab.studio import page, plans, summary
from sim.lab.studio.asked import Asked, made
from sim.lab.studio.lives import Life, all_lives, jobs
from sim.lab.studio.words import clock, say
from sim.presets import toml

LIFE = 0.22  # seconds a day of nano takes under mf, measured on one core


def run(args: Any, command: str) -> int:
    """Exit code: 0 done. Raises BadInput, AgentFailed and OSError."""
    if args.plan:
        return plans.run(args, command)
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
            lives = all_lives(asked.tasks(), Progress(len(asked.tasks()), asked, args))
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


class Progress:
    """A line on stderr for every life that is over, with what is left."""

    def __init__(self, of: int, asked: Asked, args: Any):
        self.of, self.lang, self.quiet = of, args.lang, args.quiet
        self.start = time.monotonic()
        days = asked.episode.days + asked.episode.warm_up
        seconds = LIFE * days * -(-of // jobs(of))
        if not self.quiet and seconds > 20:
            self._say(say("about", self.lang, time=clock(seconds, self.lang)))

    def __call__(self, done: int) -> None:
        if not self.quiet:
            each = (time.monotonic() - self.start) / done
            left = clock(each * (self.of - done), self.lang)
            self._say(say("progress", self.lang, done=done, of=self.of, left=left))

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


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


HOW = {
    "command": ("command", "命令"), "world": ("world", "世界"), "platform": ("platform", "平台"),
    "house": ("recommender", "推荐算法"), "days": ("days", "天数"), "seeds": ("seeds", "随机种子"),
    "future": ("future", "未来"), "objective": ("objective", "目标"),
    "delay": ("delay of figures, days", "数据延迟（天）"),
    "warm_up": ("days lived before", "预热天数"),
    "privileged": ("sees hidden truth", "看得到真实值"),
    "version": ("version", "版本"),
}  # fmt: skip


def say_how(name: str, lang: str) -> str:
    return HOW[name][lang == "zh"]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
