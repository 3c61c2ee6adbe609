"""The one table: measures down, agents side by side, best and worst of each row marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.lab.drawing.intervals import Interval, is_worse, marked
from sim.lab.report.words import say
from sim.measure.metrics import FIRST, measure, ordered

MANY = 3  # columns from which on the best and the worst are worth a mark
Found = Mapping[str, Interval]


@dataclass(frozen=True)
class Column:
    """One agent's: how it is called, its levels, its differences from the baseline."""

    name: str
    levels: Found
    changes: Found
    scale: float = 1.0  # of a real day's minutes


def table(columns: list[Column], base: Column | None, lang: str, seeds: int) -> dict[str, Any]:
    """The main measures and all that got worse under anybody; the rest is for folding away."""
    alone = len(columns) == 1
    heads = [say("measure", lang), *(each.name for each in columns)]
    heads += [base.name] if base else []
    heads += [say("change", lang)] if base and alone else []
    names = ordered([m for each in columns for m in each.levels])
    main = [m for m in names if m in FIRST or any(_worse(m, each) for each in columns)]
    rows = {m: _row(m, columns, base, lang) for m in names}
    rest = [rows[m] for m in names if m not in main]
    shown = [row for m in main for row in (rows[m], _real(m, columns, base, lang)) if row]
    return {
        "title": say("table", lang),
        "alone": alone,
        "heads": heads,
        "main": shown,
        "rest": rest,
        "more": say("more", lang, len(rest)),
        "legend": _legend(lang, base is not None, seeds, columns),
        "key": say("key", lang) if base and seeds > 1 else "",
        "marks": say("marks", lang) if len(columns) + bool(base) >= MANY else "",
    }


def _worse(metric: str, column: Column) -> bool:
    return metric in column.changes and is_worse(metric, column.changes[metric])


def _legend(lang: str, compared: bool, seeds: int, columns: list[Column]) -> str:
    if seeds == 1:
        some = any(x.viewers for each in columns for x in each.levels.values())
        return say("legend_viewers", lang) if some else ""
    return say("legend" if compared else "legend_one", lang)


def _row(metric: str, columns: list[Column], base: Column | None, lang: str) -> dict[str, Any]:
    words = measure(metric)
    cells = [_level(metric, each, lang, beside=len(columns) > 1) for each in columns]
    if base:
        cells.append(_level(metric, base, lang, beside=True))
    _mark(metric, [*columns, *([base] if base else [])], cells, lang)
    if base and len(columns) == 1:
        cells.append(_change(metric, columns[0].changes.get(metric), lang))
    way = say({1: "more_is_better", -1: "less_is_better", 0: "of_view"}[words.better], lang)
    told = (words.plain(lang), words.why(lang), way)
    return {
        "name": words.name(lang), "unit": words.unit(lang), "cells": cells,
        "plain": ("" if lang == "zh" else " ").join(filter(None, told)),
    }  # fmt: skip


def _plain(metric: str, x: Interval | None) -> dict[str, Any]:
    value = "–" if x is None else measure(metric).show(x.mean)
    return {"value": value, "small": [], "kind": "", "sign": "", "mark": ""}


def _level(metric: str, column: Column, lang: str, beside: bool) -> dict[str, Any]:
    """The level; with several agents, the difference from the baseline stands under it."""
    cell = _plain(metric, column.levels.get(metric))
    x, change = column.levels.get(metric), column.changes.get(metric)
    if beside and change is not None:  # many cells: the sign tells, its words stand below
        told = _change(metric, change, lang)
        small = [f"{told['value']} {told['sign']}", *told["small"]]
        return cell | {"small": small, "kind": told["kind"]}
    return cell | {"small": [] if x is None or beside else _ends(metric, x, lang)}


def _real(metric: str, columns: list[Column], base: Column | None, lang: str) -> dict | None:
    """A row of watch time as at a real day's length, where a world's days are shorter."""
    scale, words = columns[0].scale, measure(metric)
    if metric != "watch_minutes" or scale == 1:
        return None
    known = [each.levels.get(metric) for each in [*columns, *([base] if base else [])]]
    values = ["–" if x is None else words.show(x.mean / scale) for x in known]
    if base and len(columns) == 1:
        change = columns[0].changes.get(metric)
        values.append("–" if change is None else words.show(change.mean / scale, signed=True))
    cells = [_plain(metric, None) | {"value": value} for value in values]
    return {"name": say("real_day", lang), "unit": words.unit(lang), "cells": cells, "plain": ""}


def _ends(metric: str, x: Interval, lang: str, signed: bool = False) -> list[str]:
    """The interval over seeds, or with one seed that over the viewers of its world."""
    if x.ends is None:
        return []
    return [say("to", lang, *(measure(metric).show(e, like=x.mean, signed=signed) for e in x.ends))]


def _change(metric: str, x: Interval | None, lang: str) -> dict[str, Any]:
    """With its verdict: sign and colour; one seed has the hollow sign alone."""
    if x is None:
        return _plain(metric, None)
    kind, sign = marked(metric, x)
    kind = "" if x.lo is None else kind
    return {
        "value": measure(metric).show(x.mean, signed=True), "sign": sign,
        "small": _ends(metric, x, lang, signed=True), "kind": kind, "mark": "",
    }  # fmt: skip


def _mark(metric: str, columns: list[Column], cells: list[dict[str, Any]], lang: str) -> None:
    """The best and the worst level of a row, where one is better; of equals none is marked."""
    better = measure(metric).better
    known = [c.levels[metric].mean for c in columns if metric in c.levels]
    if len(known) < MANY or not better:
        return
    for key, extreme in (("best", max), ("worst", min)):
        top = extreme(known, key=lambda x: better * x)
        if known.count(top) == 1:
            for column, cell in zip(columns, cells, strict=True):
                if metric in column.levels and column.levels[metric].mean == top:
                    cell["mark"] = key
