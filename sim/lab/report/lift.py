"""The report's section on how lift grows with the pool: a sentence, a table, what stands behind."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.lab.drawing.intervals import Interval, read
from sim.lab.report.words import say

FINISH, LONG = "finish_rate", "long_view_rate"
CLEAR = 1.1  # with one seed, lift changes where it is a tenth higher or lower; assumed
Pools = Sequence[Mapping[str, Any]]


def section(lifts: Mapping[str, Pools] | None, lang: str) -> dict[str, Any] | None:
    """What the section says; None where nothing was measured."""
    told = {agent: pools for agent, pools in (lifts or {}).items() if pools}
    if not told:
        return None
    fewest = min(row["viewers"] for pools in told.values() for row in pools)
    return {
        "title": say("lift", lang),
        "agents": [_part(agent, pools, lang) for agent, pools in told.items()],
        "legend": say("lift_legend", lang, f"{fewest:,}"),
    }


def sentence(agent: str, pools: Pools, lang: str) -> str:
    """What the figures say of the agent and of its ceiling, from the smallest pool to the largest.

    Reads the means; where there are intervals, a change is one only if the ends' are apart."""
    first, last = pools[0], pools[-1]
    ceiling = say("lift_oracle", lang, *_pair(first["oracle"]), *_pair(last["oracle"]))
    if not all(row["agent"] for row in pools):
        return ceiling
    change = _change(read(first["agent"][FINISH]), read(last["agent"][FINISH]))
    parts = [_first(first, lang)]
    for row in [pools[len(pools) // 2], last] if len(pools) > 2 else pools[1:]:
        parts.append(say("lift_next", lang, _size(row, lang), *_pair(row["agent"])))
    said = say("each", lang, say(f"lift_{change}", lang, agent), say("then", lang).join(parts))
    return said + say("stop", lang) + ("" if lang == "zh" else " ") + ceiling


def _first(row: Mapping[str, Any], lang: str) -> str:
    """The smallest pool, with what random's shares are."""
    finish, long = _pair(row["agent"])
    shares = [f"{100 * (row['random'][rate] or 0):.1f} %" for rate in (FINISH, LONG)]
    return say("lift_first", lang, _size(row, lang), finish, shares[0], long, shares[1])


def _change(first: Interval, last: Interval) -> str:
    if last.lo is not None and first.lo is not None:
        assert last.hi is not None and first.hi is not None
        return "up" if last.lo > first.hi else "down" if last.hi < first.lo else "flat"
    up, down = last.mean > CLEAR * first.mean, first.mean > CLEAR * last.mean
    return "up" if up else "down" if down else "flat"


def _size(row: Mapping[str, Any], lang: str) -> str:
    key = "lift_all" if row["pool"] == "all" else "lift_some"
    return say(key, lang, f"{row['videos']:,.0f}")


def _pair(lift: Mapping[str, Any]) -> tuple[str, str]:
    return f"{read(lift[FINISH]).mean:.2f}", f"{read(lift[LONG]).mean:.2f}"


def _part(agent: str, pools: Pools, lang: str) -> dict[str, Any]:
    """A row for each pool; the agent's two columns are left out where it was not measured."""
    whole = all(row["agent"] for row in pools)
    columns = {"agent": agent} if whole else {}
    columns["oracle"] = f"oracle ({say('ceiling_mark', lang)})"
    heads = [say("lift_pool", lang)]
    for name in columns.values():
        heads += [say("lift_finish", lang, name), say("lift_long", lang)]
    rows = [
        [{"value": _size(row, lang).strip(), "ends": ""}]
        + [_cell(read(row[who][rate]), lang) for who in columns for rate in (FINISH, LONG)]
        for row in pools
    ]
    return {"sentence": sentence(agent, pools, lang), "heads": heads, "rows": rows}


def _cell(x: Interval, lang: str) -> dict[str, str]:
    ends = "" if x.lo is None else say("to", lang, f"{x.lo:.2f}", f"{x.hi:.2f}")
    return {"value": f"{x.mean:.2f}", "ends": ends}
