"""A run in one object: every agent's levels, and its differences from the baseline."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.lab import stats
from sim.lab.run import over_viewers
from sim.lab.run.config import RunConfig
from sim.lab.run.pools import RATES, PoolRow


def summarise(
    plan: RunConfig,
    metrics: pd.DataFrame,
    viewers: over_viewers.Found,
    days: Mapping[tuple[int, str], int],
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """As summary.json: the first agent's figures at the top, every agent's under `agents`.

    `viewers` are the viewers' parts and `days` how many there are, by (seed, agent)."""
    tables = {agent.label: metrics[metrics["agent"] == agent.label] for agent in plan.cast}
    base = plan.baseline.label if plan.baseline else None
    agents = {a.label: _one(tables[a.label], tables[base] if base else None) for a in plan.agents}
    for name, told in agents.items():
        told |= _over_viewers(name, base, told, viewers, days)
    first = agents[plan.agents[0].label]
    levels = stats.described(tables[base]).get("all", {}) if base else {}
    if base:
        parts = over_viewers.levels(viewers, base, days)
        levels = over_viewers.added(levels, parts, level=True)
    return {
        "agent": plan.agents[0].label,
        "baseline": base,
        "world": plan.world,
        "platform": plan.platform,
        "days": plan.days,
        "seeds": list(plan.seeds),
        "future": plan.future,
        "metrics": first["metrics"],
        "difference": first["difference"],
        "worse": first["worse"],
        "baseline_metrics": levels,
        "agents": agents,
        "privileged": [agent.label for agent in plan.cast if agent.privileged],
        "objective": plan.objective,
        "slots": plan.params.size.slots,
        "size": size(plan),
        **more,
    }


def size(plan: RunConfig) -> dict[str, Any]:
    """How large the world is: viewers and creators on day 0, videos that may be shown at once, and
    `scale`, the factor on a real day's minutes and videos."""
    params = plan.params
    counts = {"viewers": params.size.viewers, "videos": params.size.live}
    return {**counts, "creators": params.creator_count, "scale": params.sessions.scale}


def _one(mine: pd.DataFrame, base: pd.DataFrame | None) -> dict[str, Any]:
    groups = stats.described(mine)
    gaps = stats.differences(mine, base) if base is not None else {}
    difference = gaps.pop("all", {})
    return {
        "metrics": groups.pop("all", {}),
        "difference": difference,
        "worse": stats.worse(difference),
        "groups": groups,
        "group_difference": gaps,
    }


def changes_of(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The differences of each agent of a summary that has any."""
    agents = summary.get("agents", {})
    return {name: told["difference"] for name, told in agents.items() if told["difference"]}


def _over_viewers(name: str, base: str | None, told: Mapping[str, Any], viewers, days) -> dict:
    """Levels and differences with their intervals over viewers."""
    parts = over_viewers.levels(viewers, name, days)
    gaps = over_viewers.differences(viewers, name, base, days) if base else {}
    return {
        "metrics": over_viewers.added(told["metrics"], parts, level=True),
        "difference": over_viewers.added(told["difference"], gaps, level=False),
    }


def lift_by_pool(found: Mapping[tuple[int, str], list[PoolRow]]) -> dict[str, list[dict[str, Any]]]:
    """Each agent's lifts (ratios to random) by pool, over seeds; `found` is by (seed, agent).

    {agent: [{"pool": a size or "all", "viewers", "videos", "agent": {rate: {"mean", "ci95"}}, or
    None where it was not asked, "oracle": the same, "random": {rate: its level}}]}
    """
    seeds: dict[str, list[list[PoolRow]]] = {}
    for (_, agent), rows in found.items():
        seeds.setdefault(agent, []).append(rows)
    return {agent: _pools(each) for agent, each in seeds.items()}


def _pools(seeds: list[list[PoolRow]]) -> list[dict[str, Any]]:
    """The pools that every seed had, smallest first."""
    out = []
    for pool in [row["pool"] for row in seeds[0]]:
        rows = [row for each in seeds for row in each if row["pool"] == pool]
        if len(rows) < len(seeds):
            continue
        level = {rate: _mean([row["random"][rate] for row in rows]) for rate in RATES}
        told = {"pool": pool, "viewers": sum(row["viewers"] for row in rows)}
        told |= {"videos": _mean([row["videos"] for row in rows])}
        told |= {who: _lift(rows, who) for who in ("agent", "oracle")}
        out.append({**told, "random": level})
    return out


def _mean(values: list[float]) -> float | None:
    return stats.mean_and_interval(values)["mean"]


def _lift(rows: list[PoolRow], who: str) -> dict[str, dict[str, Any]] | None:
    """Paired within each seed: the same viewers, videos and luck."""
    if not all(who in row for row in rows):
        return None
    ratios = {r: [_ratio(row[who][r], row["random"][r]) for row in rows] for r in RATES}
    return {rate: stats.mean_and_interval(values) for rate, values in ratios.items()}


def _ratio(share: float | None, chance: float | None) -> float:
    return share / chance if share is not None and chance else float("nan")


def within_viewer(found: Mapping[tuple[int, str], list[PoolRow]]) -> dict[str, dict[str, Any]]:
    """Each agent's correlation of scores and true appeal within a viewer, over seeds, where it has
    scores: {agent: {"mean", "ci95"}}; `found` is by (seed, agent)."""
    told: dict[str, list[float]] = {}
    for (_, agent), rows in found.items():
        if rows and rows[-1].get("within") is not None:
            told.setdefault(agent, []).append(rows[-1]["within"])
    return {agent: stats.mean_and_interval(values) for agent, values in told.items()}
