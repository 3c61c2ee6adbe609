"""A run in one object: every agent's levels, and its differences from the baseline."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.lab.run import stats
from sim.lab.run.plan import Plan


def summarise(plan: Plan, metrics: pd.DataFrame, more: Mapping[str, Any]) -> dict[str, Any]:
    """As summary.json: the first agent's figures at the top, every agent's under `agents`."""
    tables = {agent.label: metrics[metrics["agent"] == agent.label] for agent in plan.cast}
    base = plan.baseline.label if plan.baseline else None
    agents = {a.label: _one(tables[a.label], tables[base] if base else None) for a in plan.agents}
    first = agents[plan.agents[0].label]
    return {
        "agent": plan.agents[0].label,
        "baseline": base,
        "world": plan.world,
        "platform": plan.platform,
        "days": plan.days,
        "seeds": list(plan.seeds),
        "metrics": first["metrics"],
        "difference": first["difference"],
        "worse": first["worse"],
        "baseline_metrics": stats.described(tables[base]).get("all", {}) if base else {},
        "agents": agents,
        "privileged": [agent.label for agent in plan.cast if agent.privileged],
        "objective": plan.objective,
        "slots": plan.params.size.slots,
        **more,
    }


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
