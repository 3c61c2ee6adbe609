"""From a plan's file to a plan; what is wrong is told with its line, the limit and the cure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sim.lab.studio.plan.fields import Change, Conduct, Earning, Goal, Plan, Start
from sim.lab.studio.topics import topic_of
from sim.presets import checking, config
from sim.presets.errors import BadInput, did_you_mean
from sim.world.state import FORMATS

TABLES = ("income", "start", "goal", "change")
OWN = tuple(f.name for f in fields(Conduct) if f.name != "income")
PERSONAS: dict[str, dict[str, float]] = {  # topics by their English names, with shares
    "life": {"Everyday life": 0.7, "Life hacks": 0.3},
    "food": {"Food": 1.0},
    "technology": {"Science and technology": 0.5, "Gadgets": 0.5},
    "knowledge": {"Knowledge": 0.7, "History": 0.3},
    "comedy": {"Comedy": 1.0},
    "beauty": {"Makeup and skin care": 0.6, "Style and selfies": 0.4},
    "travel": {"Travel": 0.8, "Photography": 0.2},
    "fitness": {"Fitness": 0.7, "Health": 0.3},
    "parenting": {"Parenting": 0.8, "Education and exams": 0.2},
    "games": {"Games": 0.8, "Anime": 0.2},
    "pets": {"Pets": 1.0},
    "music": {"Music": 0.7, "Dance": 0.3},
    "rural": {"Farming and rural life": 0.8, "Food": 0.2},
    "cars": {"Cars": 1.0},
    "money": {"Money": 0.7, "Work": 0.3},
}


def read(path: Path, topics: int) -> Plan:
    """The plan in a file. Raises BadInput that names the file and the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cure = "Name a .toml file; --plan example prints one."
        raise BadInput("--plan names a file that can be read", str(path), cure) from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        cure = "Texts stand in quotes, tables in [brackets]; --plan example prints one."
        raise BadInput.plain(f"{path}: no TOML: {error}. {cure}") from None
    try:
        return parse(tables, path.stem, topics)
    except BadInput as error:
        raise BadInput.plain(f"{path}, line {line_of(text, error.key)}: {error}") from None


def changed(plan: Plan, tables: Mapping[str, Any], setting: str, topics: int) -> Plan:
    """The plan with one thing changed, from its tables and `key=value`, as --what-if takes it."""
    key, value = config.parse_setting(setting)
    new = {k: dict(v) if isinstance(v, Mapping) else v for k, v in tables.items()}
    head, _, rest = key.partition(".")
    if rest:
        new.setdefault(head, {})
        if not isinstance(new[head], dict):
            raise BadInput("--what-if takes KEY=VALUE of the plan", setting, "Say income.ads=0.5.")
        new[head][rest] = value
    elif key in _names(Earning):
        new.setdefault("income", {})[key] = value
    else:
        if key in ("persona", "topics"):
            new.pop("persona", None), new.pop("topics", None)
        new[key] = value
    try:
        return parse(new, setting, topics)
    except BadInput as error:
        raise error.said_in("--what-if") from None


def parse(tables: Mapping[str, Any], name: str, topics: int) -> Plan:
    """Raises BadInput; its key is dotted, as in change.1.posts_per_week."""
    known = ("name", *OWN, *TABLES)
    for key in tables:
        if key not in known:
            raise did_you_mean(key, known, "word of a plan", key)
    start = _table(Start, tables.get("start", {}), "start")
    goal = _table(Goal, tables["goal"], "goal") if "goal" in tables else None
    if goal is not None and goal.metric == "brand_equity" and goal.value > 1:
        raise BadInput("brand_equity lies in 0..1", goal.value, "Say 0.3.", "goal.value")
    told = {k: v for k, v in tables.items() if k in (*OWN, "income")}
    changes = tuple(_changes(tables.get("change", ()), topics))
    label = str(tables.get("name", name))
    return Plan(label, _conduct(told, "", topics), start, goal, changes)


def _changes(given: Any, topics: int):
    if not isinstance(given, list | tuple):
        raise BadInput(
            "change is a list of tables", given, "Write [[change]] above each.", "change"
        )
    for i, one in enumerate(given):
        where = f"change.{i}."
        told = dict(one)
        if "from_week" not in told:
            cure = "Write from_week = 5 in it."
            raise BadInput("a change says from which week on", told, cure, f"change.{i}")
        week = checking.values(Change, {"from_week": told.pop("from_week")}, where, ("from_week",))
        for key in told:
            if key not in (*OWN, "income"):
                raise did_you_mean(key, (*OWN, "income"), "word of a change", f"{where}{key}")
        yield Change(week["from_week"], _conduct(told, where, topics))


def _table(kind: type, given: Any, name: str) -> Any:
    if not isinstance(given, Mapping):
        raise BadInput(f"{name} is a table", given, f"Write [{name}] above its lines.", name)
    numbers = {k: _number(v) for k, v in given.items()}
    return kind(**checking.values(kind, numbers, f"{name}.", _names(kind)))


def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, bool) else value


def _conduct(told: Mapping[str, Any], where: str, topics: int) -> Conduct:
    plain = {k: v for k, v in told.items() if k not in ("topics", "formats", "income", "persona")}
    names = tuple(n for n in OWN if n not in ("topics", "formats", "persona"))
    found = checking.values(Conduct, {k: _number(v) for k, v in plain.items()}, where, names)
    if "persona" in told:
        found["persona"] = _persona(told["persona"], f"{where}persona")
        if "topics" in told:
            cure = "Leave one of them out: a persona stands for topics."
            raise BadInput(
                "a plan has a persona or topics", told["persona"], cure, f"{where}topics"
            )
    if "topics" in told:
        found["topics"] = _topics(told["topics"], f"{where}topics", topics)
    if "formats" in told:
        found["formats"] = _shares(told["formats"], f"{where}formats", FORMATS)
    if "income" in told:
        found["income"] = _table(Earning, told["income"], f"{where}income")
    return Conduct(**found)


def _persona(given: Any, key: str) -> str:
    if given not in PERSONAS:
        raise did_you_mean(given, PERSONAS, "persona", key)
    return given


def _topics(given: Any, key: str, topics: int) -> dict[str, float]:
    """Shares by a topic's number, as text."""
    if isinstance(given, str | int):
        given = [given]
    if isinstance(given, list | tuple):
        given = {str(topic): 1.0 for topic in given}
    shares: dict[str, float] = {}
    try:
        for name, share in _shares(given, key).items():
            number = str(topic_of(name, topics))
            shares[number] = shares.get(number, 0.0) + share
    except BadInput as error:
        raise BadInput.plain(str(error), key) from None
    return shares


def _shares(given: Any, key: str, known: tuple[str, ...] = ()) -> dict[str, float]:
    """Shares by name, above 0 in all."""
    if isinstance(given, str):
        given = [given]
    if isinstance(given, list | tuple):
        given = {str(name): 1.0 for name in given}
    if not isinstance(given, Mapping) or not given:
        cure = "Write { Food = 0.7, Travel = 0.3 }, or one name."
        raise BadInput(f"{key} names shares", given, cure, key)
    for name, share in given.items():
        if known and name not in known:
            raise did_you_mean(name, known, key.rpartition(".")[2].rstrip("s"), key)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1e6:
            raise BadInput(f"a share of {key} is a number from 0 up", share, "Say 0.5.", key)
    if not sum(given.values()) > 0:
        raise BadInput(f"shares of {key} sum to more than 0", dict(given), "Raise one.", key)
    return {str(name): float(share) for name, share in given.items()}


def line_of(text: str, key: str) -> int:
    """The line on which a dotted key stands; that of its table where it has none of its own."""
    *path, last = key.split(".") if key else [""]
    number = int(path.pop(1)) if len(path) > 1 and path[1].isdigit() else 0
    if last.isdigit():
        last, number = "", int(last)
    table, seen, place = "", -1, 1
    wanted = ".".join(path) if path else "change" if key.startswith("change") else ""
    for at, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[+\s*([\w.]+)\s*\]+", line)
        if head and head[1] == key and "." not in key and key != "change":
            return at
        if head:
            table = head[1]
            seen += table == "change"
            if table == wanted and (table != "change" or seen == number):
                place = at
        elif table == wanted and (table != "change" or seen == number):
            name = re.match(r"\s*\"?([\w.-]+)\"?\s*=", line)
            if name and last and name[1] in (last, f"{wanted}.{last}"):
                return at
        elif not table and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return at
        elif not table and wanted and re.match(rf"\s*{re.escape(wanted)}\s*=", line):
            place = at  # a table within its line
    return place
