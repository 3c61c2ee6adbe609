"""One term for one thing: what people read uses the field's terms, and never those they replaced.

Held here are the catalogues from which every page, table, figure, help and error is made, and the
two READMEs. Names of settings and of measures in files are a promise of their own and stay.
"""

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from sim.lab.teaching import building
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
KEPT = {
    "上限|天花板": ("sim.lab.facts.page TEXT high",),  # of a range, which has an upper end
    "(?<!随机)种子": ("topics.toml topic say",),  # those that are sown
}
HAN = re.compile(r"[\u4e00-\u9fff]")


def pairs(where: str, told: object) -> Iterator[tuple[str, str, str]]:
    """Every (English, Chinese) in a catalogue, however deep."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from pairs(f"{where} {key}", value)
    elif isinstance(told, tuple | list):
        if len(told) == 2 and all(isinstance(x, str) for x in told) and HAN.search(told[1]):
            yield where, "en", told[0]
            yield where, "zh", told[1]
        else:
            for value in told:
                yield from pairs(where, value)


def speaking() -> Iterator[ModuleType]:
    """Modules of the lab that say something in Chinese."""
    for path in sorted((ROOT / "sim" / "lab").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "assets" not in parts and HAN.search(path.read_text("utf-8")):
            yield import_module(".".join(p for p in parts if p != "__init__"))


def catalogues() -> Iterator[tuple[str, str, str]]:
    """(where, language, text) of all that people read."""
    for module in speaking():
        for name, told in vars(module).items():
            if isinstance(told, dict | tuple | list) and not name.startswith("__"):
                yield from pairs(f"{module.__name__} {name}", told)
    for name, each in MEASURES.items():
        for lang in ("en", "zh"):
            told = (each.name(lang), each.unit(lang), each.plain(lang), each.why(lang))
            yield f"measure {name}", lang, " ".join(told)
    for file in sorted(ASSETS.glob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        yield from pairs(file.name, table)
        if file.name in ("said_zh.toml", "help_zh.toml", "agents.toml"):
            for section, texts in table.items():
                for key, text in texts.items():
                    lang = "en" if (file.name, key) == ("agents.toml", "en") else "zh"
                    yield f"{file.name} {section} {key}", lang, str(text)
    for source in building.sources(ROOT / "lessons"):
        for cell in building.read(source):
            if cell["lang"]:
                yield source.name, cell["lang"], cell["source"]
    yield "README.md", "en", (ROOT / "README.md").read_text("utf-8")
    yield "README.zh-CN.md", "zh", (ROOT / "README.zh-CN.md").read_text("utf-8")


def test_every_catalogue_of_the_lab_is_read():
    found = {where.split()[0] for where, *_ in catalogues()}
    assert {
        f"sim.lab.{name}"
        for name in (
            "office.words",
            "studio.words",
            "studio.plan.words",
            "audit.words",
            "explain.words",
            "teaching.phones",
            "drawing.canvas",
        )
    } <= found
    assert {"phone.toml", "personas.toml", "lesson_00.toml", "00_first_run.py"} <= found


PAIRS = [(lang, old, new) for lang, table in OLD.items() for old, new in table.items()]


@pytest.mark.parametrize(("lang", "old", "new"), PAIRS)
def test_a_term_that_was_replaced_is_not_said(lang, old, new):
    kept = KEPT.get(old, ())
    found = [
        where
        for where, spoken, text in catalogues()
        if spoken == lang and re.search(old, text) and where not in kept
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
