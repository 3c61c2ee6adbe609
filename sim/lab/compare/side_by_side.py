"""Differences of runs from one of them, paired by seed; refused where worlds are not the same."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.lab import stats
from sim.lab.compare.told import ToldRun
from sim.lab.screen.phrases import say
from sim.presets.errors import did_you_mean

_SHOWN = 6  # settings that a refusal names


class NotComparable(ValueError):
    """The runs are of different worlds, so their difference is not an agent's doing."""


@dataclass(frozen=True)
class Arm:
    """One agent of one run, under the name that the comparison gives it."""

    label: str
    run: ToldRun
    agent: str

    @property
    def rows(self) -> pd.DataFrame:
        rows = self.run.metrics
        return rows[rows["agent"] == self.agent].assign(agent=self.label)


def compare(
    runs: Sequence[ToldRun], reference: str = "", allowed: Collection[str] = (), lang: str = "en"
) -> dict[str, Any]:
    """An object of the form of summary.json: every arm's levels, and its differences from the
    reference, paired by seed over the days that both have.

    `reference` is a label, by default the first run's first agent; `allowed` are settings in which
    the worlds may differ, for they are what is asked about. Raises NotComparable, and BadInput for
    a label or a setting that there is not.
    """
    _hold_allowed(runs, allowed)
    for other in runs[1:]:
        _same_world(runs[0], other, allowed, lang)
    arms = _arms(runs)
    base = _reference(arms, runs, reference)
    others = [arm for arm in arms if arm is not base]
    arms = [*others, base]
    rows = _common({arm.label: arm.rows for arm in arms})
    for arm in others:
        _share_seeds(arm, base, lang)
    agents = {a.label: _against(rows[a.label], rows[base.label]) for a in others}
    first = agents[others[0].label]
    seeds = sorted(base.run.seeds)
    return {
        "agent": others[0].label,
        "baseline": base.label,
        "world": _run(base, "world"),
        "platform": _run(base, "platform"),
        "days": int(min(len(r["day"].unique()) for r in rows.values())),
        "seeds": [s for s in seeds if all(s in arm.run.seeds for arm in arms)] or seeds,
        "metrics": first["metrics"],
        "difference": first["difference"],
        "worse": first["worse"],
        "baseline_metrics": stats.described(rows[base.label]).get("all", {}),
        "agents": agents,
        "privileged": [a.label for a in arms if a.agent in a.run.summary.get("privileged", ())],
        "size": base.run.summary.get("size", {}),
        "events": {"viewers_kept": 1.0},
        "notes": list(_notes(arms, base, allowed, lang)),
        "runs": {a.label: {"folder": str(a.run.folder), "agent": a.agent} for a in arms},
    }


def table(arms: dict[str, Any], runs: Sequence[ToldRun]) -> pd.DataFrame:
    """The long table of all arms of a comparison, by their labels."""
    by_folder = {str(run.folder): run for run in runs}
    found = []
    for label, told in arms["runs"].items():
        rows = by_folder[told["folder"]].metrics
        found.append(rows[rows["agent"] == told["agent"]].assign(agent=label))
    return pd.concat(
        _common(dict(zip(arms["runs"], found, strict=True))).values(), ignore_index=True
    )


def _common(rows: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The days that all arms have, of the seeds that all have, so that levels differ by what is
    told as their difference; where no seed is common to all, of each arm's own seeds."""
    days, seeds = (
        set.intersection(*(set(r[key]) for r in rows.values())) for key in ("day", "seed")
    )
    return {
        label: r[r["day"].isin(days) & (r["seed"].isin(seeds) | (not seeds))]
        for label, r in rows.items()
    }


def _arms(runs: Sequence[ToldRun]) -> list[Arm]:
    """Every agent of every run, named by the run where it is the only one; no baselines."""
    arms = []
    for run in runs:
        alone = len(run.agents) == 1
        arms += [Arm(run.name if alone else f"{run.name}/{a}", run, a) for a in run.agents]
    return arms


def _reference(arms: Sequence[Arm], runs: Sequence[ToldRun], label: str) -> Arm:
    """The arm that the others are compared with: a run's baseline may be it as well."""
    bases = [Arm(f"{run.name}/{run.baseline}", run, run.baseline) for run in runs if run.baseline]
    found = [arm for arm in [*arms, *bases] if arm.label == label or not label]
    if not found:
        known = dict.fromkeys(arm.label for arm in [*arms, *bases])
        raise did_you_mean(label, known, "run to compare with")
    return found[0]


def _share_seeds(arm: Arm, reference: Arm, lang: str) -> None:
    if not arm.run.seeds & reference.run.seeds:
        one, two = (sorted(a.run.seeds) for a in (reference, arm))
        pair = {"one": reference.label, "ones": one, "other": arm.label, "others": two}
        raise NotComparable(say("compare_no_seed", lang, **pair))


def _against(mine: pd.DataFrame, base: pd.DataFrame) -> dict[str, Any]:
    groups, gaps = stats.described(mine), stats.differences(mine, base)
    difference = gaps.pop("all", {})
    return {
        "metrics": groups.pop("all", {}),
        "difference": difference,
        "worse": stats.worse(difference),
        "groups": groups,
        "group_difference": gaps,
    }


def _hold_allowed(runs: Sequence[ToldRun], allowed: Collection[str]) -> None:
    known = {key for run in runs for key in run.world}
    heads = {".".join(key.split(".")[:n]) for key in known for n in range(1, key.count(".") + 2)}
    for key in allowed:
        if key not in heads:
            raise did_you_mean(key, heads, "setting", key)


def _same_world(one: ToldRun, other: ToldRun, allowed: Iterable[str], lang: str) -> None:
    free = tuple(allowed)
    missing = object()
    gaps = [
        key
        for key in sorted({*one.world, *other.world})
        if one.world.get(key, missing) != other.world.get(key, missing)
        and not any(key == f or key.startswith(f"{f}.") for f in free)
    ]
    if not gaps:
        return
    told = [
        say(
            "compare_gap",
            lang,
            name=key,
            one=_value(one, key, lang),
            other=_value(other, key, lang),
        )
        for key in gaps[:_SHOWN]
    ]
    more = say("compare_more", lang, n=len(gaps) - _SHOWN) if len(gaps) > _SHOWN else ""
    what = ("；" if lang == "zh" else "; ").join(told) + more
    named = {"one": one.name, "other": other.name, "group": gaps[0].split(".")[0]}
    raise NotComparable(say("compare_worlds", lang, what=what, **named))


def _value(run: ToldRun, key: str, lang: str) -> str:
    text = repr(run.world[key]) if key in run.world else say("compare_unset", lang)
    return text if len(text) <= 40 else text[:36] + " ..."


def _run(arm: Arm, key: str) -> str:
    return str(arm.run.settings.get("run", {}).get(key, "?"))


def _notes(arms: Sequence[Arm], base: Arm, allowed: Collection[str], lang: str) -> Iterator[str]:
    """What a reader should know of the runs before believing the difference."""
    if who := [f"{arm.label}: {arm.agent}" for arm in arms if arm.agent not in arm.label]:
        yield ("；" if lang == "zh" else "; ").join(who) + ("。" if lang == "zh" else ".")
    for run in {id(arm.run): arm.run for arm in arms}.values():
        if run.state != "done":
            yield say("compare_broken", lang, run=run.name, state=say(f"state_{run.state}", lang))
    if allowed:
        yield say("compare_allowed", lang, keys=", ".join(sorted(allowed)))
    for arm in arms:
        common = arm.run.seeds & base.run.seeds
        n, m = (int(a.run.metrics["day"].nunique()) for a in (arm, base))
        if n != m:
            pair = {"one": arm.label, "n": n, "other": base.label, "m": m}
            yield say("compare_days", lang, **pair)
        if common != arm.run.seeds | base.run.seeds:
            pair = {"one": arm.label, "other": base.label, "seeds": sorted(common)}
            yield say("compare_seeds", lang, **pair)
