"""Sentences: the answer a run gives, and what each of its figures says."""

import pandas as pd

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.intervals import Interval, is_worse
from sim.measure.metrics import measure, ordered

TEXT = {
    "question": ("What does {} do to the platform in {} days?", "{} 在 {} 天里会给平台带来什么？"),
    "against": ("{} against {}: ", "{} 与 {} 相比："),
    "alone": ("{}: ", "{}："),
    "minutes": ("{} minutes of watching a day per viewer", "每人每天观看 {} 分钟"),
    "satisfied": ("satisfaction {}", "满意度 {}"),
    "but": ("; but worse: {}", "；但变差的有：{}"),
    "but_one": ("; worse on this seed: {}", "；在这个随机种子上变差的有：{}"),
    "more": (" and {} more", " 等（另有 {} 项）"),
    "none": ("; no measure got worse for sure", "；没有哪项指标确定变差"),
    "interval": (" (95 % interval {} to {}{})", "（95% 置信区间 {} 到 {}{}）"),
    "short": (" ({} to {}{})", "（{} 到 {}{}）"),
    "each": ("{}: {}", "{}：{}"),
    "then": ("; ", "；"),
    "viewers": (" ({} to {} over its viewers)", "（用户间 {} 到 {}）"),
    "unsure": (", not distinguishable from zero", "，与 0 无显著差异"),
    "doubt": (", which among so many measures may be chance", "，但指标众多，仍可能是偶然"),
    "one": (
        ". One seed only: no interval can be given, so chance is not ruled out.",
        "。只有一个随机种子：给不出区间，不能排除偶然。",
    ),
    "one_viewers": (
        ". One seed only: the intervals are over the viewers of its world, and whether another "
        "world would say the same is not known.",
        "。只有一个随机种子：区间只反映这个世界里用户之间的差异，换一个世界是否如此，无从得知。",
    ),
    "stop": (".", "。"),
    "most_minutes": (
        "On average viewers watch most under {} ({} minutes a day{})",
        "平均而言，{} 下人均每日观看最久（{} 分钟{}）",
    ),
    "most_satisfied": (" and are most satisfied under {} ({}{})", "，{} 下满意度最高（{}{}）"),
    "base_has": ("; {} under {}", "；{1} 下为 {0}"),
    "every_one_worse": ("; something got worse under each of them", "；每一个也都有变差的指标"),
    "percent": (" %", "%"),
    "list": (", ", "、"),
    "late": ("After the first third of the days, {}.", "去掉前三分之一的天数之后，{}。"),
    "lorenz": (
        "The tenth of videos shown most on a day gets {} of its impressions; equal shares would "
        "give it 10 %.",
        "一天里曝光最多的 10% 的视频所得曝光：{}；完全平均时应为 10%。",
    ),
    "reach": (
        "The largest tenth of creators gets {} of the impressions. Those with fewer than 10 "
        "followers, newly come or not, stand in the last row.",
        "粉丝最多的十分之一创作者所得曝光：{}。最后一行是粉丝不足 10 人的，不论新老。",
    ),
    "watch_ratio": (
        "Left within a tenth of the video: {}. Most videos are swiped away at once.",
        "看不到十分之一就划走的占：{}。多数视频一上来就被划走。",
    ),
    "lift": (
        "How many times random's share, by the number of fresh videos to choose from; dashed is "
        "the oracle, an upper bound that sees the hidden truth.",
        "有多少个没看过的视频可选时，是随机的几倍；虚线是 oracle：看得到隐藏真实值的上界。",
    ),
    "difference": (
        "Each row is the agent minus {}, on the same seeds; the number at the right is the change.",
        "每一行是各推荐算法减去 {}，随机种子相同；右侧数字是变化量。",
    ),
}


class Reader:
    """Puts the numbers of a run into sentences in one language."""

    def __init__(self, lang: str):
        self.lang = lang

    def text(self, key: str, *args) -> str:
        return TEXT[key][self.lang == "zh"].format(*args)

    def span(self, metric: str, x: Interval, *, change: bool, short: bool) -> str:
        """The interval in brackets; with one seed that over its viewers, where there is one."""
        if x.lo is None or x.hi is None:
            return self.text("viewers", *self._ends(metric, x, change)) if x.viewers else ""
        doubt = self._doubt(x) if change and not x.told else ""
        ends = self._ends(metric, x, change)
        return self.text("short" if short else "interval", *ends, doubt)

    def _ends(self, metric: str, x: Interval, change: bool) -> list[str]:
        show = measure(metric).show
        return [show(end, like=x.mean, signed=change) for end in x.ends or ()]

    def _doubt(self, x: Interval) -> str:
        """Why a change is not told for sure: its own interval, or the company that it is in."""
        assert x.lo is not None and x.hi is not None
        return self.text("unsure" if x.lo <= 0 <= x.hi else "doubt")

    def answer(self, agent: str, baseline: str | None, levels, changes) -> str:
        """One sentence: watch time, satisfaction, and what got worse."""
        change = baseline is not None and bool(changes)
        found = changes if change else levels
        parts: list[str] = []
        for metric, key in (("watch_minutes", "minutes"), ("satisfaction", "satisfied")):
            if metric in found:
                x = found[metric]
                value = measure(metric).show(x.mean, signed=change)
                span = self.span(metric, x, change=change, short=bool(parts))
                parts.append(self.text(key, value) + span)
        head = self.text("against", agent, baseline) if change else self.text("alone", agent)
        one = all(x.lo is None for x in found.values())
        worse = self._worse(changes, one) if change else ""
        end = _end(one, any(x.viewers for x in found.values()))
        return head + self.text("list").join(parts) + worse + self.text(end)

    def lead(self, columns: dict[str, dict], base: tuple[str, dict] | None, worse: bool) -> str:
        """One sentence on several agents; `columns` are their levels, ceilings left out, `worse`
        whether each of them made something worse."""
        one, said, viewers = False, "", False
        for metric, key in (("watch_minutes", "most_minutes"), ("satisfaction", "most_satisfied")):
            found = {agent: x[metric] for agent, x in columns.items() if metric in x}
            if not found:
                continue
            top = max(found, key=lambda agent: found[agent].mean)
            one, show = found[top].lo is None, measure(metric).show
            viewers = viewers or found[top].viewers is not None
            beside = ""
            if base and metric in base[1]:
                beside = self.text("base_has", show(base[1][metric].mean), base[0])
            said += self.text(key, top, show(found[top].mean), beside)
        said += self.text("every_one_worse") if worse else ""
        return said + self.text(_end(one, viewers))

    def _worse(self, changes: dict[str, Interval], one: bool) -> str:
        worse = [m for m in ordered(changes) if is_worse(m, changes[m])]
        if not worse:
            return "" if one else self.text("none")
        said = [
            f"{self.name(m)} {measure(m).change(changes[m].mean, self.lang)}" for m in worse[:4]
        ]
        more = self.text("more", len(worse) - 4) if len(worse) > 4 else ""
        return self.text("but_one" if one else "but", self.text("list").join(said)) + more

    def name(self, metric: str) -> str:
        """The name of a measure within a sentence."""
        name = measure(metric).name(self.lang)
        return name if name[1:2].isupper() else name[0].lower() + name[1:]

    def figure(
        self, name: str, metrics: pd.DataFrame, events: pd.DataFrame | None, baseline: str | None
    ) -> str:
        """One line on what a figure shows."""
        if name == "lorenz" and events is not None:
            curves = numbers.lorenz(events, "video")
            return self.text("lorenz", self._each({a: 1 - c[90] for a, c in curves.items()}))
        if name == "watch_ratio" and events is not None:
            own = numbers.chosen(events)
            skipped = (own["watch_s"] < 0.1 * own["duration_s"]).groupby(own["agent"])
            return self.text("watch_ratio", self._each(dict(skipped.mean())))
        if name == "reach":
            found = numbers.means(metrics, "exposure_share", "creator:large")
            return self.text("reach", self._each({a: x.mean for a, x in found.items()}))
        if name in ("difference", "lift"):
            return self.text(name, baseline)
        names = {"retention": ["return_rate"], "satisfaction": ["watch_minutes", "satisfaction"]}
        said = [self._levels(metrics, metric) for metric in names.get(name, [name])]
        return self.text("late", self.text("then").join(said))

    def _levels(self, metrics: pd.DataFrame, metric: str) -> str:
        words = measure(metric)
        unit = self.text("percent") if words.percent else ""
        found = numbers.means(metrics, metric)
        said = [f"{agent} {words.show(x.mean)}{unit}" for agent, x in found.items()]
        return self.text("each", self.name(metric), self.text("list").join(said))

    def _each(self, shares: dict) -> str:
        sign = self.text("percent")
        return self.text("list").join(f"{a} {100 * x:.0f}{sign}" for a, x in shares.items())


def _end(one: bool, viewers: bool) -> str:
    """How an answer closes: with one seed it says what its intervals leave out."""
    return "stop" if not one else "one_viewers" if viewers else "one"
