"""The report's section on how well each agent knows people: a sentence, a table, what it means."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.lab.drawing.intervals import Interval, read
from sim.lab.report.words import say
from sim.measure.metrics import measure

METRICS = ("favourites", "match", "knows_viewer", "interest_lift", "swipes_to_know")
Level = Mapping[str, Interval]


def section(
    levels: Mapping[str, Level],
    base: tuple[str, Mapping[str, float]] | None,
    within: Mapping[str, Mapping[str, Any]] | None,
    lang: str,
) -> dict[str, Any] | None:
    """What the section says; None where nothing was measured. `levels` are by agent and metric,
    `base` the baseline's name and its levels, `within` as in the summary."""
    told = {agent: found for agent, found in levels.items() if "favourites" in found}
    if not told:
        return None
    heads = [say("measure", lang), *told, *([base[0]] if base else [])]
    rows = [_row(metric, told, base, lang) for metric in METRICS]
    daily = any("knows_viewer" in found for found in told.values())
    if within and not daily:  # of a run before it was measured by the day
        rows.append(_within(tuple(told), base is not None, within, lang))
    when = say("knowing_daily" if daily else "knowing_after", lang)
    return {
        "title": say("knowing", lang),
        "sentences": [_sentence(told, base, lang)],
        "heads": heads,
        "rows": [row for row in rows if any(cell["value"] != "–" for cell in row["cells"])],
        "legend": say("knowing_legend", lang, when),
    }


def _sentence(told: Mapping[str, Level], base, lang: str) -> str:
    """One for all agents."""
    shares = [(a, measure("favourites").show(x["favourites"].mean)) for a, x in told.items()]
    if base is not None and "favourites" in base[1]:
        shares.append((base[0], _base("favourites", base)))
    each = [say("knowing_each", lang, *share) for share in shares]
    return say("knowing_shares", lang, ("、" if lang == "zh" else ", ").join(each))


def _base(metric: str, base: tuple[str, Mapping[str, float]]) -> str:
    return measure(metric).show(base[1][metric]) if metric in base[1] else "–"


def _row(metric: str, told: Mapping[str, Level], base, lang: str) -> dict[str, Any]:
    words = measure(metric)
    cells = [_cell(found.get(metric), words, lang) for found in told.values()]
    cells += [_plain(_base(metric, base))] if base else []
    return {
        "name": words.name(lang), "unit": words.unit(lang), "cells": cells,
        "plain": words.plain(lang),
    }  # fmt: skip


def _cell(x: Interval | None, words, lang: str) -> dict[str, Any]:
    if x is None:
        return _plain("–")
    ends = ""
    if x.lo is not None and x.hi is not None:
        ends = say("to", lang, *words.ends(x.lo, x.hi, x.mean))
    return _plain(words.show(x.mean), ends)


def _plain(value: str, ends: str = "") -> dict[str, Any]:
    small = [ends] if ends else []
    return {
        "value": value,
        "small": small,
        "kind": "",
        "sign": "",
        "mark": "",
    }


def _within(
    agents: Sequence[str], base: bool, within: Mapping[str, Mapping[str, Any]], lang: str
) -> dict[str, Any]:
    """Correlations; an agent without scores, and the baseline, have none."""
    cells = []
    for agent in agents:
        known = within.get(agent, {}).get("mean") is not None
        x = read(within[agent]) if known else None
        ends = "" if x is None or x.lo is None else say("to", lang, f"{x.lo:.2f}", f"{x.hi:.2f}")
        cells.append(_plain("–" if x is None else f"{x.mean:.2f}", ends))
    cells += [_plain("–")] if base else []
    return {
        "name": say("within", lang), "unit": say("within_unit", lang), "cells": cells, "plain": "",
    }  # fmt: skip
