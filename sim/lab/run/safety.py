"""What a run was like for safety, as two small tables: measures by agent, and what became of each
kind of harm. Both read the long table of metrics, so a page and a terminal say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.measure.metrics import measure
from sim.world.state import HARMS

VULNERABLE = "viewer:vulnerable"
LEVELS = (  # metric and group; those that moderation has besides
    ("violative_view_rate", "all"), ("harm_borne", "all"), ("harm_borne", VULNERABLE),
    ("bot_share", "all"),
)  # fmt: skip
DONE = ("removed_share", "wrongful_removal_rate", "views_before_removal", "queue_age",
        "queue_length", "staff_hours", "appeals", "reinstated")  # fmt: skip
WRONG = ("wrongful_removals", "removals")  # pooled: days of few removals weigh little
SAY = {
    "title": ("Safety", "内容安全"),
    "fates": ("What became of each kind of harm", "各类危害的下场"),
    "vulnerable": ("{}, the tenth most vulnerable", "{}（最易受伤害的十分之一）"),
    "kind": ("Kind of harm", "危害类别"),
    "posted": ("{}: posted a day", "{}：每天上传"),
    "gone": ("{}: removed per 100 posted", "{}：每 100 条中被下架"),
    "seen": ("{}: of all impressions (%)", "{}：占全部曝光（%）"),
    "note": (
        "Prevalence stands beside wrongful removal: either is easy to lower alone. What is hidden "
        "from a real platform (harm, wrongful removals, bots) is known here.",
        "违规播放占比要与误删率一起看：只压低其中一个都很容易。真实平台看不到的（危害、误删、"
        "机器账号），这里都知道。",
    ),
    "A": ("A bait, spam, copies", "A 标题党、垃圾与搬运"),
    "B": ("B misinformation", "B 不实信息"),
    "C": ("C scams", "C 诈骗"),
    "D": ("D harms the vulnerable", "D 伤害易受伤害者"),
    "E": ("E coordinated", "E 协同造势"),
}


@dataclass(frozen=True)
class Section:
    """Cells as text; the first column is names."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    notes: list[str]


def say(key: str, lang: str, *args: str) -> str:
    return SAY[key][lang == "zh"].format(*args)


def sections(metrics: pd.DataFrame, agents: Sequence[str], lang: str) -> list[Section]:
    """None where the run had no threats; `agents` in their order, the baseline last."""
    if "violative_view_rate" not in set(metrics["metric"]):
        return []
    days = metrics["day"].max() + 1
    late = metrics[metrics["day"] >= days // 3]
    there = [agent for agent in agents if agent in set(late["agent"])]
    told = late.set_index(["agent", "metric", "group"])["value"].sort_index()
    levels = [*LEVELS, *((name, "all") for name in DONE)]
    rows = [_row(told, there, *level, lang) for level in levels]
    first = Section(
        say("title", lang), ["", *there], [row for row in rows if row], [say("note", lang)]
    )
    if "removals" not in set(late["metric"]):
        return [first]
    heads = [say(k, lang, a) for a in there for k in ("posted", "gone", "seen")]
    fates = [[say(harm, lang), *_fate(told, there, f"harm:{harm}")] for harm in HARMS]
    return [first, Section(say("fates", lang), [say("kind", lang), *heads], fates, [])]


def _row(told: pd.Series, agents: list[str], metric: str, group: str, lang: str) -> list[str]:
    """A measure of every agent; none where no agent has it."""
    values = [_level(told, agent, metric, group) for agent in agents]
    if all(value is None for value in values):
        return []
    words = measure(metric)
    label = words.label(lang)
    label = say("vulnerable", lang, label) if group == VULNERABLE else label
    return [label, *("-" if value is None else words.show(value) for value in values)]


def _level(told: pd.Series, agent: str, metric: str, group: str) -> float | None:
    found = _values(told, agent, metric, group)
    if metric == "wrongful_removal_rate" and found is not None:
        some, of = (_values(told, agent, name, "all") for name in WRONG)
        return float(some.sum() / of.sum()) if some is not None and of is not None else None
    return None if found is None else float(found.mean())


def _values(told: pd.Series, agent: str, metric: str, group: str) -> pd.Series | None:
    return told.loc[[(agent, metric, group)]] if (agent, metric, group) in told.index else None


def _fate(told: pd.Series, agents: list[str], group: str) -> list[str]:
    cells = []
    for agent in agents:
        posted, gone, seen = (
            _values(told, agent, metric, group)
            for metric in ("violative_uploads", "removals", "violative_view_rate")
        )
        if posted is None or gone is None:
            cells += ["-", "-", "-"]
            continue
        share = f"{100 * gone.sum() / posted.sum():.0f}" if posted.sum() else "-"
        views = "-" if seen is None else measure("violative_view_rate").show(float(seen.mean()))
        cells += [f"{posted.mean():.2g}", share, views]
    return cells
