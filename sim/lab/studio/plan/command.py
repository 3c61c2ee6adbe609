"""What `python -m sim.run --seat creator --plan FILE` does, and how it ends."""

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

from sim.lab.run import machine, record
from sim.lab.screen.screen import show
from sim.lab.studio import words as studio
from sim.lab.studio.asked import Asked, made
from sim.lab.studio.lives import Task, all_lives
from sim.lab.studio.plan import page
from sim.lab.studio.plan.fields import Plan
from sim.lab.studio.plan.forecast import Group, forecast, table_of
from sim.lab.studio.plan.futures import tasks
from sim.lab.studio.plan.reading import changed, read
from sim.lab.studio.plan.words import say
from sim.lab.studio.progress import Progress
from sim.presets import toml
from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.files import place
from sim.world.ranges import Within

EXAMPLE = Path(__file__).parent / "example.toml"
DAYS = 42  # six weeks, unless --days says otherwise: 50 futures twice within ten minutes
FUTURES, YARDSTICK = 50, 10  # of a plan; of the habit that one plan alone is held against
SCALE = 1000.0  # people that a viewer stands for; assumed


def run(args: Any, command: str) -> int:
    """Exit code: 0 done. Raises BadInput and OSError."""
    if tuple(args.plan) == ("example",):
        print(EXAMPLE.read_text(encoding="utf-8"), end="")
        return 0
    if args.agent:
        raise BadInput("--plan is who decides", args.agent, "Leave --agent out.")
    options, args = _options(args)
    asked = made(args, ["habit"], "none")
    plans, texts = _plans(args, len(asked.params.videos.category_share))
    if args.dry_run:
        print(toml.dumps({"plan": [asdict(plan) for plan in plans]}, "Nothing was run."), end="")
        return 0
    out = args.out or record.default_folder(plans[0].name.replace(" ", "_"), asked.world)
    with record.claimed(out, False):
        folder = record.Folder(out, asked.episode.days)
        folder.text("command.txt", command + "\n")
        try:
            groups = _lived(plans, asked, options, args)
            told = _write(folder, groups, plans, texts, asked, options, command, args.lang)
        except BaseException as error:
            state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            folder.status(state, 0, f"{type(error).__name__}: {error}")
            raise
    if args.json:
        print(record.to_json({**told, "folder": str(out)}))
    else:
        show(table_of(told, _about(asked, options), args.lang))
    if not args.quiet:
        print(studio.say("folder", args.lang, folder=out), file=sys.stderr)
    return 0


def _options(args: Any) -> tuple[dict[str, Any], Any]:
    """What concerns the futures alone, and the arguments without it."""
    options: dict[str, Any] = {"futures": FUTURES, "audience_scale": SCALE}
    hints: dict[str, Any] = {
        "futures": Annotated[int, Within(2, 10_000)],
        "audience_scale": Annotated[float, Within(1e-3, 1e9)],
    }
    rest = []
    for text in args.set:
        name, _, given = text.partition("=")
        key = name.strip().removeprefix("run.")
        if key not in options:
            rest.append(text)
            continue
        try:
            number = int(given) if key == "futures" else float(given)
        except ValueError:
            raise BadInput(f"run.{key} is a number", given, f"Say {options[key]:g}.") from None
        options[key] = value(hints[key], number, f"run.{key}")
    days = DAYS if args.days is None else args.days
    return options, SimpleNamespace(**{**vars(args), "set": rest, "days": days})


def _plans(args: Any, topics: int) -> tuple[list[Plan], list[tuple[str, str]]]:
    """The plans to be lived, those with one thing changed among them, and their texts."""
    paths = [place(name, "--plan") for name in args.plan]
    plans = [read(path, topics) for path in paths if path is not None]
    texts = [(str(path), path.read_text(encoding="utf-8")) for path in paths if path is not None]
    names = [plan.name for plan in plans]
    if len(set(names)) < len(names):
        plans = [replace(p, name=Path(t[0]).stem) for p, t in zip(plans, texts, strict=True)]
    tables = tomllib.loads(texts[0][1])
    for setting in args.what_if:
        other = changed(plans[0], tables, setting, topics)
        plans.append(replace(other, name=setting))
    return plans, texts


def _lived(plans: Sequence[Plan], asked: Asked, options: dict[str, Any], args: Any) -> list[Group]:
    """Every plan in every future; of one plan alone the habit too, in some of them."""
    like, scale = asked.task(asked.seeds[0], asked.agents[0]), options["audience_scale"]
    like = replace(like, episode=replace(like.episode, cash=0.0))  # the plan says how much
    each = -(-options["futures"] // len(asked.seeds))
    kinds: list[tuple[str, Plan | None, int]] = [(plan.name, plan, each) for plan in plans]
    if len(plans) == 1:
        some = min(each, -(-YARDSTICK // len(asked.seeds)))
        kinds.append((say("habit", args.lang), None, some))
    work: list[tuple[int, Task]] = []
    for seed in asked.seeds:
        for i, (_, plan, n) in enumerate(kinds):
            futures = range(1, n + 1)
            mine = tasks(plan, replace(like, seed=seed), futures, scale, start=plans[0])
            work += [(i, task) for task in mine]
    progress = Progress(len(work), asked.episode.days, args)
    lives = all_lives([task for _, task in work], progress)
    found: list[list] = [[] for _ in kinds]
    for (i, _), life in zip(work, lives, strict=True):
        found[i].append(life)
    return [Group(name, plan, x) for (name, plan, _), x in zip(kinds, found, strict=True)]


def _about(asked: Asked, options: dict[str, Any]) -> dict[str, Any]:
    told = {**asked.about(), **options}
    told.pop("future")
    told.pop("objective")
    return {**told, "seeds": " ".join(map(str, asked.seeds))}


def _write(
    folder: record.Folder,
    groups: Sequence[Group],
    plans: Sequence[Plan],
    texts: Sequence[tuple[str, str]],
    asked: Asked,
    options: dict[str, Any],
    command: str,
    lang: str,
) -> dict[str, Any]:
    """The files; returns what forecast.json says."""
    about = _about(asked, options)
    told = {
        "seat": "creator",
        **about,
        **forecast(groups, plans[0].goal, options["audience_scale"]),
    }
    folder.json("forecast.json", told)
    folder.json("env.json", machine.describe(asked.episode.device))
    facts = {"command": command, **about, "version": machine.version()}
    how = [
        (_word(n, lang), _text(v), n == "command") for n, v in facts.items() if v not in ([], "")
    ]
    size = {"viewers": asked.params.size.viewers, "creators": asked.params.creator_count}
    limits = [studio.say("simulated", lang, **size)]
    limits.append(say("same_past", lang, warm_up=asked.episode.warm_up))
    text = page.html(told, table_of(told, about, lang), about, texts, how, limits, lang)
    if folder.path is not None:
        (Path(folder.path) / "report.html").write_text(text, encoding="utf-8")
        for i, (_, written) in enumerate(texts):
            folder.text(f"plan-{i + 1}.toml", written)
    folder.status("done", asked.episode.days)
    return told


def _word(name: str, lang: str) -> str:
    own = {"futures": ("futures", "未来数"), "audience_scale": ("run.audience_scale",) * 2}
    return own[name][lang == "zh"] if name in own else studio.HOW[name][lang == "zh"]


def _text(given: Any) -> str:
    return ", ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)
