"""The page of a report: the answer first, then the numbers, the figures, and how it was run."""

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.drawing.forest import verdict
from sim.lab.drawing.intervals import Interval, differences, interval, levels, read
from sim.lab.report import lift
from sim.lab.report.readings import Reader, is_worse
from sim.lab.report.words import HOW, say
from sim.measure.metrics import FIRST, measure, ordered

CSS = Path(__file__).parents[1] / "assets" / "report.css"
# no script, no address: the browser itself refuses to fetch anything
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
BROKEN = ("failed", "interrupted")
Found = dict[str, Interval]


@dataclass(frozen=True)
class Page:
    """All that a report tells of; text from outside is escaped where it enters the page."""

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
        return escape(say(key, self.lang, *args))

    def html(self, places: dict[str, Path]) -> str:
        """The page; `places` are the figures by name, without their endings."""
        title = Reader(self.lang).text(
            "question", " + ".join(self.agents), self.info.get("days", "?")
        )
        body = [f"<h1>{escape(title)}</h1>", *self.answers()]
        for agent in self.agents:
            body += self.table(agent)
        body += lift.section(self.summary.get("lift_by_pool"), self.lang)
        body += [*self.figures(places), *self.how(), *self.limits()]
        language = "zh-CN" if self.lang == "zh" else "en"
        return (
            f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n"
            f"<style>\n{CSS.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
            + "\n".join(body)
            + "\n</body>\n</html>\n"
        )

    def answers(self) -> list[str]:
        state = self.info.get("state", "done")
        out = [f'<p class="worse">{self.say(state)}</p>'] if state in BROKEN else []
        for agent in self.agents:
            answer = Reader(self.lang).answer(agent, self.baseline, *self.found(agent))
            out.append(f'<p class="answer">{escape(answer)}</p>')
            if self.is_ceiling(agent):
                out.append(f'<p class="soft">{self.say("ceiling", agent)}</p>')
        return out

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

    def table(self, agent: str) -> list[str]:
        """The main measures and all that got worse; the rest folded away."""
        now, change = self.found(agent)
        level = levels(self.metrics)
        base = {m: float(level[m, a].mean()) for m, a in level.columns if a == self.baseline}
        mark = f" ({say('ceiling_mark', self.lang)})" if self.is_ceiling(agent) else ""
        heads = [say("measure", self.lang), agent + mark]
        heads += [self.baseline, say("change", self.lang)] if self.baseline else []
        head = "".join(f'<th scope="col">{escape(str(h))}</th>' for h in heads)
        rows = {m: self.row(m, now[m], base.get(m), change.get(m)) for m in ordered(now)}
        main = [m for m in rows if m in FIRST or (m in change and is_worse(m, change[m]))]
        rest = [rows[m] for m in rows if m not in main]
        out = [f"<h2>{self.say('numbers', agent)}</h2>", _table(head, [rows[m] for m in main])]
        if rest:
            more = self.say("more", len(rest))
            out.append(f"<details><summary>{more}</summary>{_table(head, rest)}</details>")
        if self.seeds > 1:  # with one there is no small print to explain
            legend = self.say("legend" if self.baseline else "legend_one")
            out.append(f'<p class="soft">{legend}</p>')
        return out

    def row(self, metric: str, now: Interval, base: float | None, change: Interval | None) -> str:
        words = measure(metric)
        cells = [f"{escape(words.name(self.lang))} <small>{escape(words.unit(self.lang))}</small>"]
        cells.append(words.show(now.mean) + self.span(metric, now))
        if self.baseline:
            cells.append("" if base is None else words.show(base))
            cells.append("" if change is None else self.change(metric, change))
        return "<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"

    def change(self, metric: str, x: Interval) -> str:
        kind = verdict(metric, x)
        word = "" if x.lo is None else f"<small>{self.say(kind)}</small>"
        value = measure(metric).show(x.mean, signed=True)
        return f'<span class="{kind}">{value}{self.span(metric, x)}{word}</span>'

    def span(self, metric: str, x: Interval) -> str:
        if x.lo is None or x.hi is None:
            return ""
        ends = measure(metric).ends(x.lo, x.hi, x.mean)
        return f"<small>{self.say('to', *ends)}</small>"

    def figures(self, places: dict[str, Path]) -> list[str]:
        out = [f'<h2>{self.say("figures")}</h2>\n<div class="figures">']
        for name, place in places.items():
            if name == "watch_minutes" and "satisfaction" in places:
                continue  # that figure has watch time beside satisfaction
            read = Reader(self.lang).figure(name, self.metrics, self.events, self.baseline)
            picture = b64encode(place.with_suffix(".svg").read_bytes()).decode()
            out.append(
                f'<figure><img alt="{escape(read)}" src="data:image/svg+xml;base64,{picture}">'
                f"<figcaption>{escape(read)}</figcaption></figure>"
            )
        return [*out, "</div>"]

    def how(self) -> list[str]:
        """The command and all that is needed to do it again."""
        out = [f"<h2>{self.say('how')}</h2>\n<dl>"]
        for key, names in HOW.items():
            value = self.info.get(key)
            if value is not None:
                text = f"<code>{escape(_plain(value))}</code>" if key == "command" else ""
                name = escape(names[self.lang == "zh"])
                out.append(f"<dt>{name}</dt><dd>{text or escape(_plain(value))}</dd>")
        return [*out, "</dl>"]

    def limits(self) -> list[str]:
        """What is a sample, what has no interval, and whatever the runner noted."""
        notes = [say("simulated", self.lang), say("late", self.lang)]
        notes.append(say("one_seed" if self.seeds == 1 else "seeds", self.lang, self.seeds))
        shown = self.metrics.query("metric == 'impressions' and group == 'all'")["value"].sum()
        if self.events is not None and self.events.empty and shown:
            notes.append(say("no_events", self.lang))
        elif self.events is not None and len(self.events) < shown:
            notes.append(say("sample", self.lang, f"{len(self.events):,}", f"{shown:,.0f}"))
        notes += [str(note) for note in self.info.get("notes") or []]
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        return [f"<h2>{self.say('limits')}</h2>\n<ul>{items}</ul>"]


def _read(table) -> Found:
    return {m: read(row) for m, row in (table or {}).items() if row.get("mean") is not None}


def _table(head: str, rows: list[str]) -> str:
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:.1f}" if isinstance(value, float) else str(value)
