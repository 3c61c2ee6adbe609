"""The figures that lesson 0 quotes are those of its own runs, in both languages.

A figure may be off by one in its last digit (16 % may be 15 to 17), or by what stands beside it
where the lesson says "about". The small form reads the lesson's page, a run of it on one seed,
which may differ from means over worlds by as much as the lesson says that worlds do; the slow one
runs those worlds.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import torch

import sim
from sim.lab.drawing import intervals as numbers
from sim.lab.teaching import building, tables

LESSONS = Path(__file__).parents[2] / "lessons"
SOURCE = LESSONS / "00_first_run.py"


@dataclass(frozen=True)
class Quote:
    """A sentence with figures in it, N for each; what they are of; how far off they may be."""

    english: str
    chinese: str
    of: tuple[str, ...]
    within: float | None = None  # else one in the last digit
    worlds: int = 3  # over which the figures are means

    def read(self, text: str, lang: str) -> list[str]:
        said = self.english if lang == "en" else self.chinese
        found = re.search(re.escape(said).replace("N", r"(\d*\.?\d+)"), text)
        assert found, said
        return list(found.groups())


SPREAD = (  # by how much worlds differ
    Quote(
        "(means of three worlds, each within N)",
        "（三个世界的均值，各世界相差不到 N）",
        ("favourites",),
    ),
    Quote("(worlds differ by up to N)", "（各世界上下不超过 N）", ("topic_entropy",)),
)
QUOTES = [
    Quote(
        "favourites come second: N % of its feed after a week, against N by chance and N for the "
        "oracle (means of three worlds",
        "一周后占信息流的 N%，随机是 N%，oracle 是 N%（三个世界的均值",
        ("ncf favourites", "random favourites", "oracle favourites"),
    ),
    Quote(
        "a tenth of the videos takes about N % of a day's impressions (chance: N)",
        "十分之一的视频拿走一天曝光的约 N%（随机：N%）",
        ("popular top tenth", "random top tenth"),
        2.0,
    ),
    Quote(
        "N bits by chance, N under `ncf`, N under the oracle",
        "随机 N 比特，`ncf` N， oracle N（",
        ("random topic_entropy", "ncf topic_entropy", "oracle topic_entropy"),
    ),
    Quote(
        "In two worlds, rewarding completion raised the completion rate from N to N % and cost N "
        "of N minutes and N of satisfaction (N)",
        "在两个世界里：奖励完播，完播率从 N% 升到 N%，代价是 N 分钟中的 N 分钟 和满意度 N 中的 N",
        (
            "watch_time finish_rate", "completion finish_rate", "completion cost watch_minutes",
            "watch_time watch_minutes", "completion cost satisfaction", "watch_time satisfaction",
        ),
        worlds=2,
    ),
    Quote(
        "rewarding reactions raised likes from N to N per 100 and cost N minutes and N.",
        "奖励互动，每百次曝光的赞从 N 升到 N，代价是 N 分钟和 N。",
        (
            "watch_time like_rate", "reactions like_rate", "reactions cost watch_minutes",
            "reactions cost satisfaction",
        ),
        worlds=2,
    ),
    Quote(
        "In three worlds, rewarding it raised it to N, cut regret to a third (N to N per 100 "
        "shown) and cost hardly any time, but favourites fell from N to N %.",
        "在三个世界里，奖励满意度使它升到 N，后悔减到三分之一 （每百次曝光 N 降到 N），"
        "时间几乎没有减少，但最爱话题的占比从 N% 降到 N%。",
        (
            "satisfaction satisfaction", "watch_time regret", "satisfaction regret",
            "watch_time favourites", "satisfaction favourites",
        ),
    ),
]  # fmt: skip
ROWS = {  # of the page's tables, by what the sentences call them
    "favourites": "Feed on the viewer's five favourite topics (%)",
    "topic_entropy": "Topic diversity (entropy, bits)",
    "top tenth": "popular: the top tenth's impressions (%)",
}
LEVER = ("watch_time", "completion", "reactions", "satisfaction")
LEVERED = ("finish_rate", "watch_minutes", "satisfaction", "like_rate", "regret", "favourites")


def text_of(lang):
    cells = [cell["source"] for cell in building.read(SOURCE) if cell["lang"] == lang]
    return re.sub(r"\s+", " ", " ".join(cells))


@pytest.mark.parametrize("quote", [*QUOTES, *SPREAD], ids=lambda quote: quote.of[0])
def test_both_languages_quote_the_same(quote):
    english, chinese = (quote.read(text_of(lang), lang) for lang in ("en", "zh"))
    assert sorted(english) == sorted(chinese)
    assert len(english) == len(quote.of)


def spread(metric):
    """By how much worlds differ in it, as the lesson says."""
    quote = next(quote for quote in SPREAD if quote.of == (metric,))
    return float(quote.read(text_of("en"), "en")[0])


def row_of(label):
    """The numbers of a row of the lesson's page, by recommender."""
    page = (LESSONS / "rendered" / "00_first_run.en.md").read_text("utf-8").splitlines()
    at = next(k for k, line in enumerate(page) if line.startswith(f"| {label} |"))
    head = next(page[k - 1] for k in range(at, 0, -1) if page[k].startswith("| ---"))
    names, values = ([x.strip() for x in line.split("|")[2:-1]] for line in (head, page[at]))
    return dict(zip(names, values, strict=True))


@pytest.mark.parametrize("metric", ["favourites", "topic_entropy"])
def test_the_page_shows_what_is_quoted_as_near_as_worlds_are(metric):
    quote = next(quote for quote in QUOTES if metric in quote.of[0] and "random" in str(quote.of))
    shown = row_of(ROWS[metric])
    for said, of in zip(quote.read(text_of("en"), "en"), quote.of, strict=True):
        within = spread(metric) + 0.5 * 10.0 ** -len(said.partition(".")[2])
        assert float(said) == pytest.approx(float(shown[of.split()[0]]), abs=within), of


def test_the_page_s_top_tenth_is_what_is_quoted():
    quote = next(quote for quote in QUOTES if quote.of[0] == "popular top tenth")
    said = float(quote.read(text_of("en"), "en")[0])
    assert said == pytest.approx(float(row_of(ROWS["top tenth"])["It was"]), abs=quote.within)


def per_cent(metric, values):
    return values * (100 if metric in ("finish_rate", "like_rate", "regret", "favourites") else 1)


@pytest.fixture(scope="module")
def measured():
    """What the lesson's own runs give, by world: (what, values)."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    rest = {"money": "off", "threats": "none"}
    every = {"world": "small", "days": 7, "quiet": True, "settings": rest}
    run = sim.simulate(
        ["ncf", "popular", "oracle"], baseline="random", truth=True, events_max=20_000_000,
        seeds=range(3), **every,
    )  # fmt: skip
    levels = numbers.levels(run.metrics)
    found = {
        f"{agent} {metric}": per_cent(metric, levels[metric, agent])
        for agent in ("random", "ncf", "oracle")
        for metric in ("favourites", "topic_entropy")
    }
    found |= {
        f"{a} top tenth": pd.Series([tables.top_tenth(run, a)]) for a in ("random", "popular")
    }
    for objective in LEVER:
        paid = levels
        if objective != "watch_time":
            seeds = range(3 if objective == "satisfaction" else 2)
            options = {"baseline": None, "objective": objective, "events_max": 1, "seeds": seeds}
            paid = numbers.levels(sim.simulate("ncf", **options, **every).metrics)
        for metric in LEVERED:
            lost = (levels[metric, "ncf"] - paid[metric, "ncf"]).dropna()
            found[f"{objective} {metric}"] = per_cent(metric, paid[metric, "ncf"])
            found[f"{objective} cost {metric}"] = per_cent(metric, lost)
    torch.set_num_threads(before)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: quote.of[0])
def test_what_is_quoted_is_what_the_lesson_s_runs_give(quote, measured):
    for said, of in zip(quote.read(text_of("en"), "en"), quote.of, strict=True):
        within = quote.within or 10.0 ** -len(said.partition(".")[2])
        mean = measured[of].iloc[: quote.worlds].mean()
        assert float(said) == pytest.approx(mean, abs=within), of


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["favourites", "topic_entropy"])
def test_worlds_differ_by_no_more_than_is_said(metric, measured):
    last = 1.0 if metric == "favourites" else 0.1
    for agent in ("random", "ncf", "oracle"):
        each = measured[f"{agent} {metric}"]
        assert (each - each.mean()).abs().max() <= spread(metric) + 0.5 * last, agent
