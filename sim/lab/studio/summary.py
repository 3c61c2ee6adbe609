"""The figures of lives in one object, and the table that a terminal and the page show."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.lab import stats
from sim.lab.run import record
from sim.lab.screen.tables import Table
from sim.lab.studio.lives import Life
from sim.lab.studio.words import say
from sim.measure.metrics import MEASURES, measure

SHOWN = (
    "followers", "impressions", "finish_rate", "follow_rate", "creator_income", "net_income",
    "brand_equity", "loyalty", "burnout",
)  # fmt: skip


def metrics(lives: Sequence[Life]) -> pd.DataFrame:
    """Long, as metrics.csv."""
    return record.frame({(life.seed, life.label): known(life) for life in lives})


def known(life: Life) -> list[tuple[int, str, str, float]]:
    """The rows of measures that the registry has."""
    return [row for row in life.rows() if row[1] in MEASURES]


def summarise(
    table: pd.DataFrame, labels: Sequence[str], base: str | None, about: Mapping[str, Any]
) -> dict[str, Any]:
    """As summary.json: the first agent's figures at the top, every agent's under `agents`."""
    arms = {label: table[table["agent"] == label] for label in labels}
    theirs = table[table["agent"] == base] if base else None
    agents = {label: one_of(mine, theirs) for label, mine in arms.items()}
    first = agents[labels[0]]
    described = stats.described(theirs).get("all", {}) if theirs is not None else {}
    return {
        "agent": labels[0], "baseline": base, "seat": "creator", **about,
        "metrics": first["metrics"], "difference": first["difference"], "worse": first["worse"],
        "baseline_metrics": described, "agents": agents,
    }  # fmt: skip


def one_of(mine: pd.DataFrame, theirs: pd.DataFrame | None) -> dict[str, Any]:
    gaps = stats.differences(mine, theirs).get("all", {}) if theirs is not None else {}
    levels = stats.described(mine).get("all", {})
    return {"metrics": levels, "difference": gaps, "worse": stats.worse(gaps)}


def table_of(summary: Mapping[str, Any], lang: str = "en") -> Table:
    """A row a measure; a column an agent and the baseline; differences where there is one agent."""
    days, seeds = summary["days"], summary["seeds"]
    told = {"world": summary["world"], "house": summary["house"], "days": days}
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
    """Whether any agent has more to say of a measure than 0."""
    if name not in MEASURES:
        return False
    found = [each["metrics"].get(name, {}).get("mean") for each in summary["agents"].values()]
    found.append(summary["baseline_metrics"].get(name, {}).get("mean"))
    return any(found)


def line_of(
    name: str, summary: Mapping[str, Any], lang: str, alone: bool, several: bool
) -> list[str]:
    word, base = measure(name), summary["baseline"]
    row = [word.label(lang)]
    row += [_shown(name, each["metrics"]) for each in summary["agents"].values()]
    if base:
        row.append(_shown(name, summary["baseline_metrics"]))
    if base and alone:
        gap = summary["difference"].get(name, {})
        mean, ends = gap.get("mean"), gap.get("ci95")
        row.append("-" if mean is None else word.change(mean, lang))
        if several:
            both = [word.show(end, signed=True) for end in ends] if ends else ["-"]
            row.append(" .. ".join(both))
    return row


def _shown(name: str, found: Mapping[str, Any]) -> str:
    mean = found.get(name, {}).get("mean")
    return "-" if mean is None else measure(name).show(mean)
