"""The figures of shifts in one object, and the table that a terminal and the page show."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.lab import stats
from sim.lab.office.shifts import Worked
from sim.lab.office.words import say
from sim.lab.run import record
from sim.lab.screen.tables import Table
from sim.lab.studio.summary import line_of, one_of
from sim.measure.metrics import MEASURES

SHOWN = (
    "moderator_pay", "cost_harm", "violative_view_rate", "harm_prevented", "removed_share",
    "cost_wrongful", "cost_wrongful_small", "cost_wrongful_large", "views_before_removal",
    "cost_staff", "queue_age", "cost_purged", "bot_share",
)  # fmt: skip


def metrics(worked: Sequence[Worked]) -> pd.DataFrame:
    """Long, as metrics.csv."""
    return record.frame({(one.seed, one.label): known(one) for one in worked})


def known(one: Worked) -> list[tuple[int, str, str, float]]:
    """The rows of measures that the registry has and that were told."""
    return [row for row in one.rows if row[1] in MEASURES and row[3] == row[3]]


def summarise(
    worked: Sequence[Worked], labels: Sequence[str], base: str | None, about: Mapping[str, Any],
    lines: Sequence[Worked],
) -> dict[str, Any]:  # fmt: skip
    """As summary.json: the first agent's figures at the top, every agent's under `agents`;
    `frontier` holds policies by what they cost."""
    table = metrics(worked)
    theirs = table[table["agent"] == base] if base else None
    agents = {label: one_of(table[table["agent"] == label], theirs) for label in labels}
    first = agents[labels[0]]
    described = stats.described(theirs).get("all", {}) if theirs is not None else {}
    return {
        "agent": labels[0], "baseline": base, "seat": "moderator", **about,
        "metrics": first["metrics"], "difference": first["difference"], "worse": first["worse"],
        "baseline_metrics": described, "agents": agents,
        "frontier": [place(one) for one in (*worked, *lines)],
    }  # fmt: skip


def place(one: Worked) -> dict[str, Any]:
    """Where a policy lies between harm and wrong."""
    late = slice(len(one.cost) // 3, None)
    cost = {name: float(one.part(name)[late].mean()) for name in ("harm", "wrongful", "staff")}
    return {"policy": one.label, "seed": one.seed, **cost}


def table_of(summary: Mapping[str, Any], lang: str = "en") -> Table:
    """A row a measure; a column an agent and the baseline; differences where there is one agent."""
    days, seeds = summary["days"], summary["seeds"]
    told = {k: summary[k] for k in ("world", "house", "threats", "days")}
    title = say("table", lang, seeds=" ".join(map(str, seeds)), first=days // 3 + 1, **told)
    agents, base = summary["agents"], summary["baseline"]
    several, alone = len(seeds) > 1, len(agents) == 1
    head = ["", *agents, *([base] if base else [])]
    if base and alone:
        head += [say("difference", lang), *([say("interval", lang)] if several else [])]
    rows = [line_of(name, summary, lang, alone, several) for name in SHOWN if _has(summary, name)]
    notes = [] if several else [say("one_seed", lang)]
    marked = [say("privileged", lang, agent=name) for name in summary["privileged"]]
    return Table(title, head, rows, [*marked, *notes])


def _has(summary: Mapping[str, Any], name: str) -> bool:
    every = [each["metrics"] for each in summary["agents"].values()]
    return any(name in found for found in (*every, summary["baseline_metrics"]))
