"""What follows from threats and moderation, over seeds, with the mechanism of each on and off.

    python examples/phenomena_of_safety.py --which ranking purge --world plain tastes supply \
        --seed 0 1 2 --json on.jsonl
    python examples/phenomena_of_safety.py --which ranking purge --seed 0 1 2 --off --json off.jsonl
    python examples/phenomena_of_safety.py --read on.jsonl off.jsonl

A seed is one observation; told is the mean and its 95 % interval (t) over seeds, beside what each
measure would be if there were nothing to it. `--off` rests the mechanism, by the settings in WHICH;
`--read` tells what was kept by other calls. docs/moderation.md has what was found.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sim.lab.run.arm import Arm, Day
from sim.lab.stats import mean_and_interval
from sim.measure import trail
from sim.presets import config
from sim.seats.recommender.reward import Objective
from sim.seats.resident import Habits
from sim.world import platform
from sim.world.state import HARMS, TACTICS, Decisions, Events, World, row_of

Settings = Mapping[str, Any]
Found = dict[str, float]
Row = dict[str, Any]
WORLDS: dict[str, Settings] = {
    "plain": {},
    "tastes": {"viewers.cluster_share": 0.6, "tastes.fancy": 0.8, "videos.niche_share": 0.5},
    "supply": {
        "creators.cadence_sd": 0.5,
        "actors.mix": [0.1, 0.3, 0.1, 0.2, 0.1, 0.2],
        "size.live": 900,
    },
}
MACHINE = ("remove", "review", "limit", "label", "gate", "demonetise")
IDLE: Settings = {  # moderation that does nothing, of which a phenomenon switches on its own part
    **{f"policy.{harm}.{action}": 1.0 for harm in HARMS for action in MACHINE},
    "policy.hours": 0.0, "policy.sweep": 0.0, "policy.strikes": 0,
}  # fmt: skip
CROWD: Settings = {
    "threats": "low", "size.viewers": 1500, "size.live": 1500, "sessions.scale": 0.12,
}  # fmt: skip
NO_TACTIC = 100.0  # more than any purse holds
SWEEP = 0.8  # closes nine fakes in ten, and one person in nine
SOCIAL = ("comment", "share", "follow")


def arm(world: str, seed: int, *settings: Settings, habits: Habits | None = None) -> Arm:
    """A nano world under `popular`, or under the settings' `agent`; later settings overrule."""
    told = {"agent": "popular", "threats": "high", **WORLDS[world]}
    for some in settings:
        told |= some
    agent = told.pop("agent")
    return Arm(agent, config.resolve("nano", settings=told), seed, habits=habits)


def lived(
    world: str, seed: int, days: int, *settings: Settings, habits: Habits | None = None
) -> Iterator[Day]:
    return arm(world, seed, *settings, habits=habits).run(days)


def by_people(day: Day, page: Events, source: int | None = None) -> tuple[Tensor, Tensor]:
    """(awake, slots): what people saw, all of it or of one source, and the rows of the videos."""
    world = day.world
    seen = page.response.seen & ~world.threats.bot[page.request.row][:, None]
    seen = seen if source is None else seen & (page.source == source)
    return seen, row_of(page.ids, len(world.videos.id))


def posted(world: World) -> Tensor:
    """(videos,): today's posts."""
    return (world.videos.uploaded == world.day) & (world.videos.id > 0)


def ranking(world: str, seed: int, off: Settings) -> Found:
    """Harmful of what the feed showed over harmful of what it could have shown."""
    long = _times(world, seed, off, Habits())
    satisfaction = _times(world, seed, off, Habits(objective=Objective({"satisfaction": 1.0})))
    return {"times": long, "objective": long - satisfaction, "by satisfaction": satisfaction}


def _times(world: str, seed: int, off: Settings, habits: Habits) -> float:
    more = {"agent": "mf", "moderation": "none", "actors.supply": 0.05, "bots.share": 0.0}
    shown, live = torch.zeros(2), []
    for day in lived(world, seed, 12, CROWD, more, off, habits=habits):
        videos, harm = day.world.videos, day.world.threats.harm > 0
        if day.day < 5:
            continue
        there = (videos.id > 0) & (day.world.day - videos.uploaded < 7)
        live.append(float(harm[there].float().mean()))
        for page in day.events:
            seen, row = by_people(day, page, source=0)
            shown += torch.tensor([float((seen & harm[row]).sum()), float(seen.sum())])
    return float(shown[0] / shown[1]) / (sum(live) / len(live))


def rare(world: str, seed: int, off: Settings) -> Found:
    """What a machine of 99 % accuracy takes down, where few posts of 2,000 a day are violations."""
    machine = {"policy.A.remove": 0.5, "classifier.accuracy": 0.99, "classifier.by_severity": 0.0}
    honest = {"actors.move": 0.0, "actors.imitate": 0.0, "bots.share": 0.0, "threats": "low"}
    size = {"agent": "random", "size.viewers": 30, "size.live": 14000, "actors.supply": 0.003}
    down = wrong = posts = bad = 0
    for day in lived(world, seed, 10, IDLE, machine, honest, size, off):
        table = trail.rows(day.world)
        harm = trail.column(table[trail.is_(table, "machine", "remove")], "harm")
        new = posted(day.world)
        down, wrong = down + len(harm), wrong + int((harm != 1).sum())
        posts, bad = posts + int(new.sum()), bad + int((day.world.threats.harm[new] == 1).sum())
    return {"wrong of removed": wrong / max(1, down), "bad of posted": bad / posts}


def erosion(world: str, seed: int, off: Settings) -> Found:
    """Harmful posts that the house's fixed thresholds find: in week 1 less in weeks 5 and 6."""
    weeks = torch.zeros(6, 2)
    for day in lived(world, seed, 42, {"size.viewers": 150, "size.live": 1200}, off):
        table = trail.rows(day.world)
        gone = trail.is_(table, "machine", "remove") & (trail.column(table, "harm") > 0)
        new = posted(day.world) & (day.world.threats.harm > 0)
        weeks[day.day // 7] += torch.tensor([float(gone.sum()), float(new.sum())])
    first, last = weeks[0], weeks[4:].sum(0)
    share = [float(part / whole) for part, whole in (first, last)]
    return {"lost": share[0] - share[1], "first": share[0], "last": share[1]}


def queue(world: str, seed: int, off: Settings) -> Found:
    """Severity times views that an hour of review of what was reported prevents: by expected
    views less by reports.

    Prevented is what the videos taken down went on to do, from that day on, in the twin of the
    world in which nobody reviews. Actors buy or do not, no more, so all twins have the same posts.
    """
    only = [0.0 if name in ("plain", "buy") else NO_TACTIC for name in TACTICS]
    base = {**CROWD, "threats": "high", "actors.cost": [*only[:4], 2.0, NO_TACTIC]}
    done = [_done(day) for day in lived(world, seed, 16, IDLE, base, off)]
    told = {lane: _prevented(world, seed, (base, off), lane, done) for lane in ("views", "reports")}
    gap = {f"{name}views less reports": told["views"][i] - told["reports"][i]
           for i, name in enumerate(("", "in truth, "))}  # fmt: skip
    return {**gap, "views": told["views"][0], "reports": told["reports"][0]}


def _done(day: Day) -> dict[int, float]:
    """{video: severity times people's views} of a day, of harmful videos."""
    threats, videos = day.world.threats, day.world.videos
    views = torch.zeros(len(videos.id))
    for page in day.events:
        seen, row = by_people(day, page)
        views += torch.bincount(row[seen], minlength=len(views))
    at = ((threats.harm > 0) & (views > 0)).nonzero().squeeze(1)
    harm = (threats.severity * views)[at].tolist()
    return dict(zip(videos.id[at].tolist(), harm, strict=True))


def _prevented(
    world: str, seed: int, settings: tuple[Settings, Settings], lane: str, idle: list[Found]
) -> tuple[float, float]:
    """An hour's: by what the twin's videos went on to do, and by the whole worlds' difference."""
    base, off = settings
    order = {f"policy.split.{name}": float(name == lane) for name in ("reports", "views", "audit")}
    prevented = hours = truth = 0.0
    for day in lived(world, seed, len(idle), IDLE, base, order, {"policy.hours": 0.3}, off):
        table = trail.rows(day.world)
        for video in trail.column(table[trail.is_(table, None, "remove")], "video").tolist():
            prevented += sum(later.get(video, 0.0) for later in idle[day.day :])
        truth += sum(idle[day.day].values()) - sum(_done(day).values())
        hours += next(v for m, g, v in day.measures if m == "staff_hours" and g == "all")
    return prevented / hours, truth / hours


def bots(world: str, seed: int, off: Settings) -> Found:
    """People's views of posts that fake accounts open, over the same without any fakes, less 1;
    what of it a hard sweep each night takes back, what is left, and what is left where closed
    accounts are bought anew."""
    none = _bought(world, seed, {"bots.share": 0.0}, off)
    lift = _bought(world, seed, {}, off) / none - 1
    anew = _bought(world, seed, {"policy.sweep": SWEEP}, off) / none - 1
    left = _bought(world, seed, {"policy.sweep": SWEEP, "bots.renew": 0.0}, off) / none - 1
    return {"lift": lift, "taken back": lift - left, "left": left, "left, bought anew": anew}


def _bought(world: str, seed: int, part: Settings, off: Settings) -> float:
    """Of all that people see from day 2 on, the share of a post by an actor who only buys."""
    cost = [0.0 if name == "buy" else NO_TACTIC for name in TACTICS]
    buy = {"actors.supply": 0.02, "actors.cost": cost, "actors.purse": 1.0, "bots.hire": 0.2,
           "bots.share": 0.05}  # fmt: skip
    views: dict[int, int] = {}
    total = 0
    for day in lived(world, seed, 16, CROWD, IDLE, buy, part, off):
        now, bought = day.world, day.world.threats.harm > 0
        if 2 <= day.day <= 11:
            views |= dict.fromkeys(now.videos.id[posted(now) & bought].tolist(), 0)
        for page in day.events if day.day >= 2 else ():
            seen, row = by_people(day, page)
            total += int(seen.sum())
            for video in page.ids[seen & bought[row]].tolist():
                if video in views:
                    views[video] += 1
    return sum(views.values()) / len(views) / total


def purge(world: str, seed: int, off: Settings) -> Found:
    """Whom one hard sweep closes after five days, and how much these had commented, shared and
    followed, over what people do on average."""
    made = arm(world, seed, CROWD, {"size.viewers": 3000}, IDLE, off)
    acts = torch.zeros(len(made.world.viewers.id))
    for day in made.run(5):
        for page in day.events:
            for name in SOCIAL:
                acts.index_add_(0, page.request.row, page.response.did(name).float().sum(1))
    world_, rules = made.world, made.clock.rules
    policy = replace(rules.tables.policy, sweep=torch.tensor(0.6))
    swept = platform.turn_day(world_, rules, made.clock.root, Decisions(rules=policy)).moderation
    bot, here = world_.threats.bot, world_.viewers.registered
    closed, people = swept.swept & here, here & ~bot
    return {
        "times as busy": float(acts[closed & people].mean() / acts[people].mean()),
        "people closed": float(closed[people].float().mean()),
        "bots closed": float(closed[here & bot].float().mean()),
    }


NAIVE: Settings = {"actors.flash": [0.0] * 6, "actors.skill": [0.0] * 6}
# all reports are right, and no video is seen by many more than others
FLAT: Settings = {"reactions.report_by_ratio": [0.0] * 5, "bots.report": 0.0, "agent": "random"}
# phenomenon: how it is lived, what its measures are where there is nothing to it, and what rests it
WHICH: dict[str, tuple[Callable[[str, int, Settings], Found], Found, Settings]] = {
    "ranking": (ranking, {"times": 1.0, "objective": 0.0}, NAIVE),
    "rare": (rare, {"wrong of removed": 0.5}, {"actors.supply": 0.1}),
    "erosion": (erosion, {"lost": 0.0}, {"actors.move": 0.0, "actors.imitate": 0.0}),
    "queue": (queue, {"views less reports": 0.0}, FLAT),
    "bots": (bots, {"lift": 0.0, "taken back": 0.0}, {"agent": "random"}),
    "purge": (purge, {"times as busy": 1.0}, {"review.bot_like": 0.0}),
}


def told(rows: list[Row]) -> Iterator[str]:
    """A line for each phenomenon, world and measure, over seeds; and what the mechanism adds, over
    the seeds that were lived with it and without."""
    by: dict[tuple[str, str, str, bool], dict[int, float]] = {}
    for row in rows:
        for name, value in row["found"].items():
            at = row["which"], row["world"], name, row["off"]
            by.setdefault(at, {})[row["seed"]] = value
    for (which, world, name, off), values in by.items():
        null, rest = WHICH[which][1].get(name), by.get((which, world, name, True), {})
        what = f"{which} {world} {name}, "
        yield what + ("off: " if off else "on: ") + _line(list(values.values()), null)
        if rest and not off and null is not None:
            more = [values[seed] - rest[seed] for seed in values.keys() & rest.keys()]
            yield what + "on less off: " + _line(more, 0.0)


def _line(values: list[float], null: float | None) -> str:
    found = mean_and_interval(values)
    low, high = found["ci95"] or [float("nan")] * 2
    text = f"{found['mean']:.4g} [{low:.4g}, {high:.4g}], {len(values)} seeds"
    return text if null is None else f"{text}; {'above' if low > null else 'not above'} {null:g}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--which", nargs="+", choices=WHICH, default=list(WHICH))
    asked.add_argument("--world", nargs="+", choices=WORLDS, default=["plain"])
    asked.add_argument("--seed", nargs="+", type=int, default=[0, 1, 2])
    asked.add_argument("--off", action="store_true", help="rest the mechanism of each")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file to which what was found is added, a line a seed")
    asked.add_argument("--read", nargs="+", help="tell what these files of --json hold")
    args = asked.parse_args()
    kept = "".join(Path(file).read_text(encoding="utf-8") for file in args.read or [])
    rows = [json.loads(line) for line in kept.splitlines()] if args.read else _lived(args)
    print("\n".join(told(rows)))


def _lived(args: argparse.Namespace) -> list[Row]:
    rows, settings = [], dict(config.parse_setting(text) for text in args.set)
    for which, world, seed in product(args.which, args.world, args.seed):
        live, _, rests = WHICH[which]
        found = live(world, seed, {**settings, **(rests if args.off else {})})
        rows.append({"which": which, "world": world, "seed": seed, "off": args.off, "found": found})
        if args.json:
            with open(args.json, "a", encoding="utf-8") as out:
                out.write(json.dumps(rows[-1]) + "\n")
    return rows


if __name__ == "__main__":
    main()
