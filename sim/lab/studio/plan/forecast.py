"""What plans come to over their futures: one object, and the table that tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.lab import stats
from sim.lab.screen.tables import Table
from sim.lab.studio.lives import Life
from sim.lab.studio.plan.fields import Goal, Plan
from sim.lab.studio.plan.futures import MONTH, QUANTILES, chance, fan, luck, outcome
from sim.lab.studio.plan.words import say

METRICS = ("followers", "monthly_income", "brand_equity")


@dataclass(frozen=True)
class Group:
    """A plan and its lives, in the order of their futures."""

    name: str
    plan: Plan | None  # None: the account's habit, from the plan's own start
    lives: Sequence[Life]


def forecast(groups: Sequence[Group], goal: Goal | None, scale: float) -> dict[str, Any]:
    """{"audience_scale", "goal", "luck": {metric: share}, "plans": [{"name", "futures", metric:
    {"quantiles"}, "chance": {"share", "ci95"}, "against_first": {metric: {"mean", "ci95"}}}]};
    quantiles are those of QUANTILES; the differences are paired by future."""
    told = [_told(group, groups[0], goal, scale) for group in groups]
    shares = {m: luck([values(g, m, scale) for g in groups]) for m in METRICS}
    asked = None if goal is None else {"metric": goal.metric, "value": goal.value}
    return {
        "audience_scale": scale, "quantiles": list(QUANTILES), "goal": asked, "luck": shares,
        "plans": told,
    }  # fmt: skip


def values(group: Group, metric: str, scale: float) -> list[float]:
    return [outcome(life, metric, scale) for life in group.lives]


def _told(group: Group, first: Group, goal: Goal | None, scale: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": group.name,
        "futures": len(group.lives),
        "habit": not group.plan,
    }
    for metric in METRICS:
        ends = np.quantile(values(group, metric, scale), QUANTILES).tolist()
        told[metric] = {"quantiles": ends}
    told["ended_early"] = sum(bool(life.ended) for life in group.lives)
    told["fan"] = fan(group.lives, scale).round(1).tolist()
    if goal is not None:
        found = chance(values(group, goal.metric, scale), goal)
        told["chance"] = {"share": found.share, "ci95": list(found.ends)}
    if group is not first:
        told["against_first"] = {m: _paired(group, first, m, scale) for m in METRICS}
    return told


def _paired(group: Group, first: Group, metric: str, scale: float) -> dict[str, Any]:
    """Life by life: the same world, account and luck."""
    pairs = zip(values(group, metric, scale), values(first, metric, scale), strict=False)
    return stats.mean_and_interval([a - b for a, b in pairs])


def table_of(found: Mapping[str, Any], about: Mapping[str, Any], lang: str) -> Table:
    """A row a plan."""
    goal = found["goal"]
    head = ["", say("followers", lang), say("income", lang)]
    brand = any(plan["brand_equity"]["quantiles"][-1] > 0 for plan in found["plans"])
    head += [say("brand", lang)] if brand else []
    head += [say("chance", lang)] if goal else []
    head += [say("against", lang, first=found["plans"][0]["name"])] * (len(found["plans"]) > 1)
    rows = []
    for plan in found["plans"]:
        row = [plan["name"], _spread(plan["followers"]), _spread(plan["monthly_income"])]
        row += [_spread(plan["brand_equity"], 2)] if brand else []
        row += [_chance(plan["chance"])] if goal else []
        if len(found["plans"]) > 1:
            row.append(_gap(plan, goal, lang))
        rows.append(row)
    title = say("table", lang, **about)
    return Table(title, head, rows, notes(found, about, lang))


def _spread(found: Mapping[str, Any], digits: int = 0) -> str:
    """The middle future, and the ends of nine in ten."""
    low, _, middle, _, high = (f"{x:,.{digits}f}" for x in found["quantiles"])
    return f"{middle} ({low} .. {high})"


def _chance(found: Mapping[str, Any]) -> str:
    low, high = found["ci95"]
    return f"{100 * found['share']:.0f}% ({100 * low:.0f} .. {100 * high:.0f})"


def _gap(plan: Mapping[str, Any], goal: Mapping[str, Any] | None, lang: str) -> str:
    """What the plan does against the first one, in the goal's measure."""
    if "against_first" not in plan:
        return "-"
    metric = goal["metric"] if goal else "followers"
    found = plan["against_first"][metric]
    digits = 3 if metric == "brand_equity" else 0
    if found["ci95"] is None:
        return f"{found['mean']:+,.{digits}f}"
    low, high = found["ci95"]
    sure = "" if low > 0 or high < 0 else f" {say('unsure', lang)}"
    return f"{found['mean']:+,.{digits}f} ({low:+,.{digits}f} .. {high:+,.{digits}f}){sure}"


def notes(found: Mapping[str, Any], about: Mapping[str, Any], lang: str) -> list[str]:
    """How to read it: the goal, the share of luck, the scale."""
    told, goal = [say("spread", lang)], found["goal"]
    metric = goal["metric"] if goal else "followers"
    share = found["luck"][metric]
    if goal:
        told.append(say("goal", lang, what=say(metric, lang), value=f"{goal['value']:,.10g}"))
    if share is not None:
        told.append(say("luck", lang, what=say(metric, lang), share=f"{100 * share:.0f}"))
    told.append(say("scale", lang, scale=f"{found['audience_scale']:,.10g}", month=MONTH))
    early = sum(plan["ended_early"] for plan in found["plans"])
    if early:
        of = sum(plan["futures"] for plan in found["plans"])
        told.append(say("early", lang, n=early, of=of))
    return told
