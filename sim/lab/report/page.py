"""The page of a report: the answer first, then the numbers, the figures, and how it was run."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.drawing.forest import verdict
from sim.lab.drawing.intervals import Interval, differences, interval, levels, read
from sim.lab.pages import render
from sim.lab.report import knowing, lift
from sim.lab.report.readings import Reader, is_worse
from sim.lab.report.words import HOW, say
from sim.measure.metrics import FIRST, measure, ordered

BROKEN = ("failed", "interrupted")
Found = dict[str, Interval]


@dataclass(frozen=True)
class ReportPage:
    """All that a report tells of; text from outside is escaped by the template."""

    info: dict[str, Any]
    metrics: pd.DataFrame
    events: pd.DataFrame | None
    summary: dict[str, Any]
    lang: str

    @property
    def baseline(self) -> str | None:
        """None also where a run broke off before the baseline's turn."""
        name = self.info.get("baseline")
        return name if name in set(self.metrics["agent"]) else None

    @property
    def seeds(self) -> int:
        return int(self.metrics["seed"].nunique())

    @property
    def agents(self) -> list[str]:
        """Those asked about: all but the baseline."""
        names = [a for a in dict.fromkeys(self.metrics["agent"]) if a != self.info.get("baseline")]
        return names or [str(self.info.get("agent"))]

    def say(self, key: str, *args) -> str:
        return say(key, self.lang, *args)

    def html(self, places: dict[str, Path]) -> str:
        """The page; `places` are the figures by name, without their endings."""
        question = Reader(self.lang).text(
            "question", " + ".join(self.agents), self.info.get("days", "?")
        )
        state = self.info.get("state", "done")
        return render(
            "report.html",
            self.lang,
            title=question,
            broken=self.say(state) if state in BROKEN else "",
            answers=self.answers(),
            tables=[self.table(agent) for agent in self.agents],
            knowing=self.knowing(),
            lift=lift.section(self.summary.get("lift_by_pool"), self.lang),
            heads={key: self.say(key) for key in ("figures", "how", "limits")},
            figures=self.figures(places),
            how=self.how(),
            limits=self.limits(),
        )

    def knowing(self) -> dict[str, Any] | None:
        """How well each agent knows people, beside the baseline."""
        now = {agent: self.found(agent)[0] for agent in self.agents}
        level = levels(self.metrics)
        told = {m: float(level[m, a].mean()) for m, a in level.columns if a == self.baseline}
        base = (self.baseline, told) if self.baseline else None
        return knowing.section(now, base, self.summary.get("within_viewer"), self.lang)

    def answers(self) -> list[dict[str, str]]:
        reader = Reader(self.lang)
        return [
            {
                "text": reader.answer(agent, self.baseline, *self.found(agent)),
                "ceiling": self.say("ceiling", agent) if self.is_ceiling(agent) else "",
            }
            for agent in self.agents
        ]

    def is_ceiling(self, agent: str) -> bool:
        return bool((self.info.get("privileged") or {}).get(agent))

    def found(self, agent: str) -> tuple[Found, Found]:
        """Levels and differences, from the summary where it speaks of this agent."""
        told = self.summary.get("agents", {}).get(agent)
        if agent == self.summary.get("agent"):
            told = self.summary
        if told:
            return _read(told.get("metrics")), _read(told.get("difference"))
        level = levels(self.metrics)
        now = {m: interval(level[m, a]) for m, a in level.columns if a == agent}
        changes = differences(self.metrics, agent, self.baseline) if self.baseline else {}
        return now, changes

    def table(self, agent: str) -> dict[str, Any]:
        """The main measures and all that got worse; the rest folded away."""
        now, change = self.found(agent)
        level = levels(self.metrics)
        base = {m: float(level[m, a].mean()) for m, a in level.columns if a == self.baseline}
        mark = f" ({self.say('ceiling_mark')})" if self.is_ceiling(agent) else ""
        heads = [self.say("measure"), agent + mark]
        heads += [self.baseline, self.say("change")] if self.baseline else []
        rows = {m: self.row(m, now[m], base.get(m), change.get(m)) for m in ordered(now)}
        main = [m for m in rows if m in FIRST or (m in change and is_worse(m, change[m]))]
        rest = [rows[m] for m in rows if m not in main]
        several = self.seeds > 1  # with one there is no small print to explain
        return {
            "title": self.say("numbers", agent),
            "heads": heads,
            "main": [rows[m] for m in main],
            "rest": rest,
            "more": self.say("more", len(rest)),
            "legend": self.say("legend" if self.baseline else "legend_one") if several else "",
        }

    def row(
        self, metric: str, now: Interval, base: float | None, change: Interval | None
    ) -> dict[str, Any]:
        words = measure(metric)
        cells = [self.cell(metric, now)]
        if self.baseline:
            cells.append(_cell("" if base is None else words.show(base)))
            cells.append(_cell("") if change is None else self.change(metric, change))
        return {"name": words.name(self.lang), "unit": words.unit(self.lang), "cells": cells}

    def cell(self, metric: str, x: Interval, signed: bool = False) -> dict[str, str]:
        words = measure(metric)
        ends = ""
        if x.lo is not None and x.hi is not None:
            ends = self.say("to", *words.ends(x.lo, x.hi, x.mean))
        return _cell(words.show(x.mean, signed=signed), ends)

    def change(self, metric: str, x: Interval) -> dict[str, str]:
        kind = verdict(metric, x)
        word = "" if x.lo is None else self.say(kind)
        return self.cell(metric, x, signed=True) | {"kind": kind, "word": word}

    def figures(self, places: dict[str, Path]) -> list[dict[str, str]]:
        out = []
        for name, place in places.items():
            if name == "watch_minutes" and "satisfaction" in places:
                continue  # that figure has watch time beside satisfaction
            read = Reader(self.lang).figure(name, self.metrics, self.events, self.baseline)
            picture = b64encode(place.with_suffix(".svg").read_bytes()).decode()
            out.append({"text": read, "picture": picture})
        return out

    def how(self) -> list[tuple[str, str, bool]]:
        """The command and all that is needed to do it again: name, value, whether it is code."""
        told = {key: self.info.get(key) for key in HOW}
        chinese = self.lang == "zh"
        return [
            (HOW[key][chinese], _plain(value), key == "command")
            for key, value in told.items()
            if value is not None
        ]

    def limits(self) -> list[str]:
        """What is a sample, what has no interval, and whatever the runner noted."""
        notes = [self.say("simulated"), self.say("late")]
        notes.append(self.say("one_seed" if self.seeds == 1 else "seeds", self.seeds))
        shown = self.metrics.query("metric == 'impressions' and group == 'all'")["value"].sum()
        if self.events is not None and self.events.empty and shown:
            notes.append(self.say("no_events"))
        elif self.events is not None and len(self.events) < shown:
            notes.append(self.say("sample", f"{len(self.events):,}", f"{shown:,.0f}"))
        return notes + [str(note) for note in self.info.get("notes") or []]


def _cell(value: str, ends: str = "") -> dict[str, str]:
    return {"value": value, "ends": ends, "kind": "", "word": ""}


def _read(table) -> Found:
    return {m: read(row) for m, row in (table or {}).items() if row.get("mean") is not None}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:.1f}" if isinstance(value, float) else str(value)
