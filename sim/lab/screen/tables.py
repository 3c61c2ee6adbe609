"""The table that a run ends with: what the agent did, against the baseline, and what got worse."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from sim.lab import stats
from sim.lab.door.said import spoken
from sim.lab.screen.phrases import say
from sim.measure.metrics import measure

WIDEST = 100  # cells of a table whose names of columns stand on one line
SHOWN = ("watch_minutes", "satisfaction", "return_rate", "topic_entropy", "creator_gini")
BESIDE = ("creator_income", "violative_view_rate", "removed_share")  # told in a line, where known


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column is names, the others are numbers."""

    title: str
    head: list[str]
    rows: list[list[str]]
    notes: list[str]

    def text(self) -> str:
        """Aligned columns without colour or lines, for files and pipes. Where that is too wide,
        names of columns take several lines; words stay whole."""
        widths = [self._width(i, [head]) for i, head in enumerate(self.head)]
        if sum(widths) + 2 * len(widths) > WIDEST:
            widths = [self._width(i, _words(head)) for i, head in enumerate(self.head)]
        heads = [_wrapped(each, w) for each, w in zip(self.head, widths, strict=True)]
        deep = max(map(len, heads))
        over = [list(row) for row in zip(*([""] * (deep - len(h)) + h for h in heads), strict=True)]
        lines = [self.title, ""]
        for row in [*over, *self.rows]:
            padded = [_pad(c, w, i > 0) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
            lines.append("  ".join(padded).rstrip())
        return "\n".join([*lines, "", *self.notes])

    def _width(self, i: int, head: list[str]) -> int:
        """Of a column: what its cells need, and each of these parts of its name."""
        return max(cell_len(text) for text in [*head, *(row[i] for row in self.rows)])

    def html(self) -> str:
        def line(row: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in row) + "</tr>"

        body = "".join(line(row, "td") for row in self.rows)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        head = f"<caption>{html.escape(self.title)}</caption><thead>{line(self.head, 'th')}</thead>"
        return f"<table>{head}<tbody>{body}</tbody></table>{notes}"


def _pad(text: str, width: int, right: bool) -> str:
    """Chinese characters are two cells wide."""
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _words(text: str) -> list[str]:
    """What a line may break between; Chinese breaks before a bracket."""
    return re.sub("(?<! )（", " （", text).split(" ")


def _wrapped(text: str, width: int) -> list[str]:
    """In lines no wider than this, broken between words."""
    lines = [""]
    for word in _words(text):
        longer = f"{lines[-1]} {word}".lstrip(" ").replace(" （", "（")
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def table_of(summary: Mapping[str, Any], lang: str = "en") -> Table:
    """The table of a summary; one agent has a row for each measure, several a row each."""
    days, seeds = summary["days"], " ".join(map(str, summary["seeds"]))
    names = {"world": summary["world"], "platform": summary["platform"]}
    title = say("title", lang, days=days, seeds=seeds, **names)
    if summary.get("future"):
        title += say("future", lang, future=summary["future"])
    title += f"{'；' if lang == 'zh' else '; '}{say('flows', lang, first=days // 3 + 1, last=days)}"
    one = len(summary["agents"]) == 1
    head, rows = (_one if one else _several)(summary, lang)
    return Table(title, head, rows, _notes(summary, lang))


def _one(summary: Mapping[str, Any], lang: str) -> tuple[list[str], list[list[str]]]:
    name, base = summary["agent"], summary["baseline"]
    found, gaps = summary["metrics"], summary["difference"]
    head, wide = ["", _named(name, summary, lang)], _spread(gaps)
    if base:
        head += [_named(base, summary, lang), say("difference", lang)]
        head += [*([_interval(summary, lang)] if wide else []), ""]
    rows = []
    for metric in SHOWN:
        row = [measure(metric).label(lang), _value(metric, found)]
        if base:
            row += [_value(metric, summary["baseline_metrics"]), _gap(metric, gaps, lang)]
            row += [*([_ends(metric, gaps)] if wide else []), _sign(metric, gaps)]
        rows.append(row)
    return head, rows


def _spread(gaps: Mapping[str, Any]) -> bool:
    """Whether any difference has an interval, over seeds or over viewers."""
    return any(gap.get("ci95") or gap.get("ci95_viewers") for gap in gaps.values())


def _interval(summary: Mapping[str, Any], lang: str) -> str:
    """What the intervals are over: seeds, or the viewers of one world."""
    return say("interval" if len(summary["seeds"]) > 1 else "interval_viewers", lang)


def _several(summary: Mapping[str, Any], lang: str) -> tuple[list[str], list[list[str]]]:
    head = [say("agent", lang), *(measure(metric).label(lang) for metric in SHOWN)]
    rows = []
    for name, each in summary["agents"].items():
        row = [f"{name} *" if name in summary["privileged"] else name]
        for metric in SHOWN:
            gap = _gap(metric, each["difference"], "") if each["difference"] else ""
            told = f"{gap} {_sign(metric, each['difference'])}".strip()
            row.append(_value(metric, each["metrics"]) + (f" ({told})" if gap else ""))
        rows.append(row)
        if _spread(each["difference"]):
            rows.append(["  " + _interval(summary, lang), *_all_ends(each["difference"])])
    if base := summary["baseline"]:
        values = [_value(metric, summary["baseline_metrics"]) for metric in SHOWN]
        rows.append([f"{base} *" if base in summary["privileged"] else base, *values])
    return head, rows


def _named(agent: str, summary: Mapping[str, Any], lang: str) -> str:
    return f"{agent} ({say('ceiling', lang)})" if agent in summary["privileged"] else agent


def _value(metric: str, found: Mapping[str, Any]) -> str:
    mean = found.get(metric, {}).get("mean")
    return "-" if mean is None else measure(metric).show(mean)


def _gap(metric: str, gaps: Mapping[str, Any], lang: str) -> str:
    mean = gaps.get(metric, {}).get("mean")
    if mean is None:
        return "-"
    word = measure(metric)
    return word.change(mean, lang) if lang else word.show(mean, signed=True)


def _ends(metric: str, gaps: Mapping[str, Any]) -> str:
    """The interval over seeds, or with one seed over the viewers of its world."""
    found = gaps.get(metric, {})
    ends = found.get("ci95") or found.get("ci95_viewers")
    if ends is None:
        return "-"
    low, high = (measure(metric).show(end, signed=True, like=found["mean"]) for end in ends)
    return f"{low} .. {high}"


def _all_ends(gaps: Mapping[str, Any]) -> list[str]:
    """The difference's interval under each shown measure, in the brackets of the difference."""
    return [f"({_ends(metric, gaps)})" for metric in SHOWN]


def _sign(metric: str, gaps: Mapping[str, Any]) -> str:
    """The sign of better, worse, changed or none of it, as everywhere; its key stands below."""
    found = gaps.get(metric, {})
    if found.get("mean") is None:
        return ""
    return stats.marked(metric, found["mean"], stats.sure(found))[1]


def _notes(summary: Mapping[str, Any], lang: str) -> list[str]:
    compared = [name for name, found in summary["agents"].items() if _compared(found)]
    notes = [_worse(name, summary, lang) for name in compared if summary["baseline"]]
    if not summary["metrics"]:
        notes = [say("nothing", lang)]
    if len(summary["agents"]) > 1 and summary["privileged"]:
        notes.append(f"* {say('ceiling', lang)}{'。' if lang == 'zh' else '.'}")
    if len(summary["seeds"]) == 1:
        some = any(_spread(summary["agents"][name]["difference"]) for name in compared)
        notes.append(say("one_seed" if some else "alone", lang))
    elif compared and summary["baseline"]:
        notes.append(f"{say('key', lang)}{'' if lang == 'zh' else ' '}{say('judged', lang)}")
    notes += [*_scaled(summary, lang), *_beside(summary, lang)]
    kept = summary["events"]
    if not kept["viewers_kept"]:
        notes.append(say("no_events", lang))
    elif kept["viewers_kept"] < 1:
        n = round(1 / kept["viewers_kept"])
        notes.append(say("sample", lang, n=n, rows=kept["rows"], of=kept["of"]))
    return [*notes, *(spoken(note, lang) for note in summary["notes"])]


def _scaled(summary: Mapping[str, Any], lang: str) -> list[str]:
    """Minutes of a small world as a real day would have them, told beside its own."""
    scale = summary.get("size", {}).get("scale", 1)
    said = [f"{a} {mean / scale:.0f}" for a, mean in _means("watch_minutes", summary).items()]
    if scale == 1 or not said:
        return []
    share = f"{100 * scale:.3g}{'%' if lang == 'zh' else ' %'}"
    return [say("scale", lang, share=share, what=("、" if lang == "zh" else ", ").join(said))]


def _beside(summary: Mapping[str, Any], lang: str) -> list[str]:
    """What became of incomes and of harm, in a line: tables of them are in the report."""
    comma, stop = ("、", "；") if lang == "zh" else (", ", "; ")
    found = {metric: _means(metric, summary) for metric in BESIDE}
    told = [
        f"{word.label(lang)} {comma.join(f'{a} {word.show(mean)}' for a, mean in means.items())}"
        for word, means in ((measure(metric), means) for metric, means in found.items() if means)
    ]
    return [say("beside", lang, what=stop.join(told))] if told else []


def _means(metric: str, summary: Mapping[str, Any]) -> dict[str, float]:
    """Of everybody who has it, the baseline last."""
    tables = {name: found["metrics"] for name, found in summary["agents"].items()}
    if base := summary["baseline"]:
        tables[base] = summary["baseline_metrics"]
    means = {name: found.get(metric, {}).get("mean") for name, found in tables.items()}
    return {name: mean for name, mean in means.items() if mean is not None}


def _compared(found: Mapping[str, Any]) -> bool:
    """Whether a baseline was there to compare with: a run may break off before it had one."""
    gaps = found.get("difference", {})
    return bool(found["worse"]) or any(gap.get("mean") is not None for gap in gaps.values())


def _worse(agent: str, summary: Mapping[str, Any], lang: str) -> str:
    """What got worse; apart from it, what looks worse but may be the luck of the seeds."""
    names = {"base": summary["baseline"], "agent": agent}
    suffix = "_of" if len(summary["agents"]) > 1 else ""
    found = summary["agents"][agent]["worse"]
    surely = _listed([each for each in found if each["sure"] is not False], lang)
    maybe = _listed([each for each in found if each["sure"] is False], lang)
    one = len(summary["seeds"]) == 1
    key = ("worse_one" if one else "worse") if surely else "none_worse"
    text = say(f"{key}{suffix}", lang, what=surely, **names)
    return say("noise", lang, text=text, what=maybe) if maybe else text


def _listed(found: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Measures with their changes, but for those that round to nothing."""
    words = [(measure(each["metric"]), each["mean"]) for each in found]
    told = [(word, word.change(mean, lang)) for word, mean in words]
    parts = [f"{word.name(lang)} {change}" for word, change in told if re.search("[1-9]", change)]
    return ("；" if lang == "zh" else "; ").join(parts)
