"""One term for one thing: what people read uses the field's terms, and never those they replaced.

Held here are the catalogues from which every page, table, figure, help and error is made, and the
two READMEs. Names of settings and of measures in files are a promise of their own and stay.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.lab.drawing import canvas
from sim.lab.facts import page
from sim.lab.report import readings, words
from sim.lab.screen import phrases
from sim.measure.metrics import MEASURES

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "sim" / "lab" / "assets"
OLD = {  # what is not said, as a pattern: what is said instead
    "zh": {
        "方案|挑选方式": "推荐算法",
        "(?<!创)作者": "创作者",
        "(?<!随机)种子": "随机种子",
        r"95% ?区间|(?<!置信)区间来自": "95% 置信区间",
        "上限|天花板": "上界",
        "隐藏真值": "隐藏真实值",
        "平台自家推荐": "线上推荐策略",
        "新作者": "小创作者",
        "次日回访": "次日留存率",
        "展示次数": "曝光",
        "基准": "基线",
    },
    "en": {
        r"\bceiling\b": "upper bound",
        r"\bchooser\b": "recommender",
        "not told from 0": "not distinguishable from zero",
        "likeness": "inter-user topic similarity",
        r"\bgladness\b": "satisfaction",
        "not glad": "regretted views",
        "small newcomers": "small-creator share",
    },
}
KEPT = {"上限|天花板": ("facts", "high")}  # of a range, which has an upper end


def catalogues() -> Iterator[tuple[str, str, str]]:
    """(where, language, text) of all that people read."""
    tables = {"canvas": canvas.TEXT, "readings": readings.TEXT, "report": words.TEXT,
              "how": words.HOW, "screen": phrases.SAY, "facts": page.TEXT}  # fmt: skip
    for name, table in tables.items():
        for key, (english, chinese) in table.items():
            yield f"{name} {key}", "en", english
            yield f"{name} {key}", "zh", chinese
    for name, each in MEASURES.items():
        for lang in ("en", "zh"):
            told = (each.name(lang), each.unit(lang), each.plain(lang), each.why(lang))
            yield f"measure {name}", lang, " ".join(told)
    for file in ("said_zh.toml", "help_zh.toml", "agents.toml"):
        for section, table in tomllib.loads((ASSETS / file).read_text("utf-8")).items():
            for key, text in table.items():
                lang = "en" if (file, key) == ("agents.toml", "en") else "zh"
                yield f"{file} {section} {key}", lang, str(text)
    yield "README.md", "en", (ROOT / "README.md").read_text("utf-8")
    yield "README.zh-CN.md", "zh", (ROOT / "README.zh-CN.md").read_text("utf-8")


PAIRS = [(lang, old, new) for lang, table in OLD.items() for old, new in table.items()]


@pytest.mark.parametrize(("lang", "old", "new"), PAIRS)
def test_a_term_that_was_replaced_is_not_said(lang, old, new):
    kept = KEPT.get(old, ())
    found = [
        where
        for where, spoken, text in catalogues()
        if spoken == lang and re.search(old, text) and where != " ".join(kept)
    ]
    assert found == [], f"say {new}"


@pytest.mark.parametrize(
    ("metric", "english", "chinese"),
    [
        ("watch_minutes", "Watch time per user per day", "人均每日观看时长"),
        ("finish_rate", "Completion rate", "完播率"),
        ("long_view_rate", "Long-view rate", "长播率"),
        ("quick_skip_rate", "3-second skip rate", "3 秒划走率"),
        ("hide_rate", "“Not interested” rate", "“不感兴趣”率"),
        ("satisfaction", "Satisfaction", "满意度"),
        ("regret", "Regretted views", "后悔观看占比"),
        ("regret_rate", "Regret rate", "后悔率"),
        ("return_rate", "Next-day retention", "次日留存率"),
        ("dau_over_mau", "DAU/MAU", "日活/月活"),
        ("active_viewers", "Daily active users", "日活跃用户数"),
        ("topic_entropy", "Topic diversity", "话题多样性"),
        ("homogeneity", "Inter-user topic similarity", "用户间话题相似度"),
        ("shared_videos", "Shared videos", "相同视频占比"),
        ("miscalibration", "Miscalibration", "兴趣分布偏差"),
        ("newcomer_share", "Small-creator share", "小创作者曝光占比"),
        ("impressions", "Impressions", "曝光量"),
    ],
)
def test_a_measure_is_called_by_the_field_s_term(metric, english, chinese):
    assert (MEASURES[metric].en, MEASURES[metric].zh) == (english, chinese)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_main_measures_say_why_they_matter_and_no_unit_stands_without_a_word(lang):
    for name, each in MEASURES.items():
        assert each.why(lang) or not each.main, name
        assert "nat" not in each.unit(lang).lower(), name
    assert "1.44" in MEASURES["miscalibration"].why(lang)
