"""The report card as one page: plots, real against simulated, and every fact with its verdict."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sim.lab import pages, plots
from sim.lab.door.said import phrase
from sim.lab.facts.card import Card, Fact, targets
from sim.measure.metrics import check_lang

TEXT = {  # what the page says, in English and Chinese
    "title": ("Is the simulator like the real thing?", "模拟器像真的吗？"),
    "head": (
        "{0} of {1} facts hold ({2}): platform {3}, world {4}, agent {5}, {6} + {7} days, seeds "
        "{8}. Facts marked fitted had a parameter fitted to them; all others are predicted.",
        "{1} 项中符合 {0} 项（{2}）：平台 {3}，世界 {4}，推荐策略 {5}，{6} + {7} 天，随机种子 {8}。"
        "标“拟合”的有参数照它拟合，其余都是预测。",
    ),
    "failed": ("What failed", "不符合的"),
    "all": ("All facts", "全部"),
    "absent": ("Not expressed yet", "尚不能表达的"),
    "none": ("Nothing.", "无。"),
    "fact": ("fact", "事实"),
    "simulated": ("simulated", "模拟值"),
    "sd": ("sd", "标准差"),
    "range": ("range", "应在范围"),
    "source": ("source", "来源"),
    "to": ("to", "到"),
    "holds": ("holds", "符合"),
    "fails": ("fails", "不符合"),
    "fitted": ("fitted", "拟合"),
    "predicted": ("predicted", "预测"),
    "tolerance": ("real, tolerance", "真实值的容差"),
    "real": ("real", "真实值"),
    "duration": ("duration (s)", "视频时长（秒）"),
    "watching": ("Watching by duration, real and simulated", "按视频时长的观看：真实与模拟"),
    "median": ("median (s)", "中位数（秒）"),
    "p90": ("p90 (s)", "第 90 百分位（秒）"),
    "finish": ("completion rate", "完播率"),
    "quick_skip": ("3-second skip rate", "3 秒划走率"),
    "like": ("like rate", "点赞率"),
    "low": ("low end", "下限"),
    "high": ("high end", "上限"),
    "strip": (
        "Each fact within its range (x: outside; cut off at half a range)",
        "每项事实在其范围中的位置（叉：在范围之外；超出半个范围处截断）",
    ),
}
_ROWS = ("median", "p90", "finish", "quick_skip", "like")


def write(card: Card, path: Path, lang: str = "en") -> None:
    """One file, no network, figures inlined."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(card, lang), encoding="utf-8")


def render(card: Card, lang: str = "en") -> str:
    """The page in a language."""
    check_lang(lang)
    s, say = card.settings, _words(lang)
    share, seeds = card.passed / len(card.facts), ", ".join(map(str, s.seeds))
    how = (s.platform, s.world, s.agent, s.warm_up, s.days, seeds)
    facts = [_told(f, lang) for f in card.facts]
    drawn = (_watching(card, say, lang), _strip(facts, say, lang))
    return pages.render(
        "card.html",
        lang,
        title=say["title"],
        head=say["head"].format(card.passed, len(facts), f"{share:.0%}", *how),
        say=say,
        pictures=[(alt, src) for alt, src in drawn if src],
        failed=[f for f in facts if not f.passed],
        facts=facts,
        absent=[said(what, lang) for what in card.absent],
    )


def _words(lang: str) -> dict[str, str]:
    return {key: pair[lang == "zh"] for key, pair in TEXT.items()}


def said(what: str, lang: str) -> str:
    """A fact's words."""
    return (phrase(what, "facts") or what) if lang == "zh" else what


def _told(fact: Fact, lang: str) -> Fact:
    return replace(fact, what=said(fact.what, lang))


def _watching(card: Card, say: dict[str, str], lang: str) -> tuple[str, str]:
    """Real and simulated figures by duration."""
    _, tables = targets(card.settings.platform)
    if "watching" not in tables:
        return "", ""
    plots.use(lang)
    labels = tables["watching"]["bins"]
    value = {f.id: f for f in card.facts}
    figure, axes = plt.subplots(1, len(_ROWS), figsize=(15, 3.4))
    for axis, name in zip(axes, _ROWS, strict=True):
        at = np.arange(len(labels))
        got = [value[f"{name}.{label}"] for label in labels]
        low, high = np.array([f.range for f in got]).T
        axis.fill_between(at, low, high, alpha=0.25, lw=0, label=say["tolerance"])
        axis.plot(at, tables["watching"][name], lw=1.5, label=say["real"])
        axis.plot(at, [f.value for f in got], "o", ms=4, label=say["simulated"])
        axis.set_xticks(at, labels, rotation=90, fontsize=7)
        axis.set_title(say[name])
    axes[0].legend(fontsize=7)
    axes[0].set_xlabel(say["duration"])
    return say["watching"], _inline(figure)


def _strip(told: list[Fact], say: dict[str, str], lang: str) -> tuple[str, str]:
    """Where each other fact lies within its range: 0 and 1 are the ends."""
    plots.use(lang)
    facts = [f for f in told if f.id.split(".")[0] not in (*_ROWS, "p25", "p75", "mean", "twice")]
    places = [
        float(np.clip((f.value - f.range[0]) / (f.range[1] - f.range[0] or 1), -0.5, 1.5))
        for f in facts
    ]
    figure, axis = plt.subplots(figsize=(8, 0.2 * len(facts) + 1))
    at = np.arange(len(facts))[::-1]
    axis.axvspan(0, 1, alpha=0.15, lw=0)
    for mark, passed in (("o", True), ("X", False)):
        chosen = [i for i, f in enumerate(facts) if f.passed is passed]
        axis.plot([places[i] for i in chosen], at[chosen], mark, ms=5)
    axis.set_yticks(at, [f.what for f in facts], fontsize=7)
    axis.set_xlim(-0.55, 1.55)
    axis.set_xticks([0, 1], [say["low"], say["high"]])
    axis.set_title(say["strip"])
    return say["strip"], _inline(figure)


def _inline(figure) -> str:
    box = io.BytesIO()
    figure.savefig(box, format="png", dpi=110, bbox_inches="tight")
    plt.close(figure)
    return "data:image/png;base64," + base64.b64encode(box.getvalue()).decode()
