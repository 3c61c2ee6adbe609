"""The page of a report: the answer first, then the numbers, the figures, and how it was run."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.door.said import spoken
from sim.lab.drawing.intervals import Interval, differences, interval, is_worse, levels, read
from sim.lab.pages import render
from sim.lab.report import knowing, lift
from sim.lab.report.cast import lines
from sim.lab.report.readings import Reader
from sim.lab.report.table import Column, table
from sim.lab.report.words import HOW, say
from sim.lab.run import safety
from sim.measure.metrics import measure

BROKEN = ("failed", "interrupted")
HEADS = ("satisfaction", "watch_minutes")  # what the page opens with: the first there is
CHAPTERS = {
    "all_measures": ("difference",),
    "viewers": ("retention", "watch_ratio"),
    "creators": ("reach",),
    "videos": ("topic_entropy", "lorenz"),
}
OVER_DAYS = {"retention": "return_rate", "topic_entropy": "topic_entropy"}
SCRIPT = Path(__file__).parents[1] / "assets" / "hover.js"
Found = dict[str, Interval]


@dataclass(frozen=True)
class ReportPage:
    """All that a report tells of; text from outside is escaped by the template."""

    info: dict[str, Any]
    metrics: pd.DataFrame
    events: pd.DataFrame | None
    summary: dict[str, Any]
    lang: str

    @cached_property
    def baseline(self) -> str | None:
        """None also where a run broke off before the baseline's turn."""
        name = self.info.get("baseline")
        return name if name in set(self.metrics["agent"]) else None

    @cached_property
    def seeds(self) -> int:
        return int(self.metrics["seed"].nunique())

    @cached_property
    def agents(self) -> list[str]:
        """Those asked about: all but the baseline."""
        names = [a for a in dict.fromkeys(self.metrics["agent"]) if a != self.info.get("baseline")]
        return names or [str(self.info.get("agent"))]

    def say(self, key: str, *args) -> str:
        return say(key, self.lang, *args)

    def html(self, places: dict[str, Path], hover: str = "") -> str:
        """The page; `places` are the figures by name, without their endings, `hover` what a finger
        on the first one reads."""
        question = Reader(self.lang).text(
            "question", " + ".join(self.agents), self.info.get("days", "?")
        )
        state = self.info.get("state", "done")
        head = next((name for name in HEADS if name in places), None)
        what = self.info.get("what") or {}  # the agents behind the labels of a comparison
        keys = {"how": "how", "limits": "limits", "learning": "learning", "tap": "tap"}
        return render(
            "report.html",
            self.lang,
            script=SCRIPT.read_text(encoding="utf-8").strip() if hover else "",
            title=question,
            broken=self.say(state) if state in BROKEN else "",
            answer=self.answer(),
            first=self.first(head, places[head], hover) if head else None,
            cast=lines(self.everybody, self.lang, self.ceilings, what),
            numbers=self.numbers(),
            chapters=self.chapters(places),
            lift=lift.section(self.summary.get("lift_by_pool"), self.lang),
            lift_figure=self.figures(places, ("lift",)),
            knowing=self.knowing(),
            safety=safety.sections(self.metrics, self.everybody, self.lang),
            words={name: self.say(name) for name in ("best", "worst")},
            heads={name: self.say(key) for name, key in keys.items()},
            how=self.how(),
            limits=self.limits(),
        )

    @property
    def everybody(self) -> list[str]:
        """Those asked about, and the baseline."""
        return [*self.agents, *([self.baseline] if self.baseline else [])]

    def first(self, name: str, place: Path, hover: str) -> dict[str, str]:
        shaded = self.say("shaded") if len(self.everybody) == 2 else ""
        figure = self.figure(name, place)
        return figure | {"text": shaded + (self.say("hint") if hover else ""), "hover": hover}

    def chapters(self, places: dict[str, Path]) -> list[dict[str, Any]]:
        """The figures under their headings; a chapter without any is left out."""
        told = [
            {
                "title": self.say(key),
                "figures": self.figures(places, names),
                "fold": key == "all_measures" and len(self.agents) > 1,  # the table has it all
            }
            for key, names in CHAPTERS.items()
        ]
        return [chapter for chapter in told if chapter["figures"]]

    def knowing(self) -> dict[str, Any] | None:
        """How well each agent knows people, beside the baseline."""
        now = {agent: self.found(agent)[0] for agent in self.agents}
        level = levels(self.metrics)
        told = {m: float(level[m, a].mean()) for m, a in level.columns if a == self.baseline}
        base = (self.baseline, told) if self.baseline else None
        return knowing.section(now, base, self.summary.get("within_viewer"), self.lang)

    def answer(self) -> str:
        """One sentence, whether of one agent or of several."""
        reader = Reader(self.lang)
        if len(self.agents) == 1:
            agent = self.agents[0]
            return reader.answer(agent, self.baseline, *self.found(agent))
        methods = [a for a in self.agents if not self.is_ceiling(a)] or self.agents
        found = {agent: self.found(agent) for agent in methods}
        worse = all(any(is_worse(m, x) for m, x in gaps.items()) for _, gaps in found.values())
        base = (self.baseline, self.base()) if self.baseline else None
        now = {agent: levels for agent, (levels, _) in found.items()}
        return reader.lead(now | ({base[0]: base[1]} if base else {}), base, worse)

    @property
    def ceilings(self) -> set[str]:
        return set(filter(self.is_ceiling, self.everybody))

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
        now = {m: interval(level[m, a], m) for m, a in level.columns if a == agent}
        changes = differences(self.metrics, agent, self.baseline) if self.baseline else {}
        return now, changes

    def base(self) -> Found:
        """The baseline's levels."""
        if told := self.summary.get("baseline_metrics"):
            return _read(told)
        level = levels(self.metrics)
        return {m: interval(level[m, a], m) for m, a in level.columns if a == self.baseline}

    def numbers(self) -> dict[str, Any]:
        """The one table of all agents."""
        scale = self.scale
        columns = [Column(self.named(a), *self.found(a), scale) for a in self.agents]
        base = Column(str(self.baseline), self.base(), {}, scale) if self.baseline else None
        return table(columns, base, self.lang, self.seeds)

    @property
    def scale(self) -> float:
        return float((self.info.get("size") or {}).get("scale", 1))

    def size(self) -> dict[str, str]:
        """How large the world is, and how many videos a viewer is shown on a day."""
        told = {k: f"{v:,}" for k, v in (self.info.get("size") or {}).items() if k != "scale"}
        if not told:
            return {}
        level, mark = levels(self.metrics), " %" if self.lang == "en" else "%"
        shown = {a: level[m, a].mean() for m, a in level.columns if m == "impressions"}
        viewers = self.info["size"]["viewers"]
        told["shown"] = ", ".join(f"{a} {n / viewers:.1f}" for a, n in shown.items())
        return told | {"scale": f"{100 * self.scale:.3g}{mark}"}

    def named(self, agent: str) -> str:
        return agent + (f" ({self.say('ceiling_mark')})" if self.is_ceiling(agent) else "")

    def figures(self, places: dict[str, Path], names: Sequence[str]) -> list[dict[str, str]]:
        return [self.figure(name, places[name]) for name in names if name in places]

    def figure(self, name: str, place: Path) -> dict[str, str]:
        """A picture with what it shows: the measure's own sentence, or a reading of it."""
        read = Reader(self.lang).figure(name, self.metrics, self.events, self.baseline)
        metric = OVER_DAYS.get(name)
        text = measure(metric).plain(self.lang) if metric else read
        picture = b64encode(place.with_suffix(".svg").read_bytes()).decode()
        return {"alt": read, "text": text, "picture": picture}

    def how(self) -> list[tuple[str, str, bool]]:
        """The command and all that is needed to do it again: name, value, whether it is code."""
        told = {key: self.info.get(key) for key in HOW} | self.size()
        told = {key: told.get(key) for key in HOW}
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
        if self.scale != 1:
            mark = " %" if self.lang == "en" else "%"
            notes.append(self.say("scale", f"{100 * self.scale:.3g}{mark}", f"{self.scale:g}"))
        shown = self.metrics.query("metric == 'impressions' and group == 'all'")["value"].sum()
        if self.events is not None and self.events.empty and shown:
            notes.append(self.say("no_events"))
        elif self.events is not None and len(self.events) < shown:
            notes.append(self.say("sample", f"{len(self.events):,}", f"{shown:,.0f}"))
        return notes + [spoken(str(note), self.lang) for note in self.info.get("notes") or []]


def _read(table) -> Found:
    return {m: read(row) for m, row in (table or {}).items() if row.get("mean") is not None}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:.1f}" if isinstance(value, float) else str(value)
