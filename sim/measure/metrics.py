"""What measures, groups and plots are called in English and Chinese, and which way is better."""

from dataclasses import dataclass

LANGS = ("en", "zh")


@dataclass(frozen=True)
class Measure:
    """How a measure is shown. `better`: 1 = more is better, -1 = less is, 0 = a matter of view."""

    en: str
    zh: str
    better: int = 0
    unit_en: str = ""
    unit_zh: str = ""
    percent: bool = False

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def unit(self, lang: str) -> str:
        return self.unit_zh if lang == "zh" else self.unit_en

    def label(self, lang: str) -> str:
        """Name and unit, for an axis."""
        unit = "%" if self.percent else self.unit(lang)
        return f"{self.name(lang)} ({unit})" if unit else self.name(lang)

    def show(self, value: float, *, signed: bool = False, like: float | None = None) -> str:
        """A value as a person reads it, a share in per cent; as many decimals as `like` has."""
        scale = 100 if self.percent else 1
        size = abs(value if like is None else like) * scale
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
        return f"{scale * value:{'+' if signed else ''},.{digits}f}".replace("-", "−")

    def ends(self, lo: float, hi: float, mean: float) -> tuple[str, str]:
        """Both ends of an interval, with the decimals of its mean."""
        return self.show(lo, like=mean), self.show(hi, like=mean)

    def change(self, value: float, lang: str) -> str:
        """A difference with its sign; between shares it is in percentage points."""
        points = ("个百分点" if lang == "zh" else " points") if self.percent else ""
        return self.show(value, signed=True) + points


def _share(en: str, zh: str, better: int = 0) -> Measure:
    return Measure(en, zh, better, percent=True)


MEASURES = {
    "watch_minutes": Measure("Watch time", "观看时长", 1, "min a day per viewer", "分钟/人/天"),
    "watch_minutes_active": Measure(
        "Watch time of those who came", "到访者观看时长", 1, "min a day", "分钟/天"
    ),
    "satisfaction": Measure("Satisfaction afterwards", "看后满意度", 1, "0 to 1", "0 到 1"),
    "regret": _share("Watched and not glad", "看了却不满意", -1),
    "return_rate": _share("Came back the next day", "次日回访", 1),
    "dau_over_mau": _share("Daily over monthly viewers", "日活/月活", 1),
    "topic_entropy": Measure("Variety of topics shown", "所见话题的多样性", 0, "bits", "比特"),
    "homogeneity": Measure("Likeness of two feeds", "两人信息流的相似度", 0, "cosine", "余弦"),
    "calibration": Measure("Distance from own taste", "与本人口味的差距", -1, "nats", "奈特"),
    "coverage": _share("Videos shown to anyone", "有人看到的视频占比", 1),
    "video_gini": Measure("Inequality among videos", "视频曝光不平等", -1, "Gini", "基尼系数"),
    "creator_gini": Measure("Inequality among creators", "作者曝光不平等", -1, "Gini", "基尼系数"),
    "newcomer_share": _share("Views of small newcomers", "新作者所得播放", 1),
    "exposure_share": _share("Share of views", "播放占比"),
    "impressions": Measure("Videos shown", "视频展示次数", 0, "a day", "次/天"),
    "active_viewers": Measure("Viewers who came", "到访人数", 1, "a day", "人/天"),
    "finish_rate": _share("Watched to the end", "完播率", 1),
    "quick_skip_rate": _share("Skipped within 3 s", "3 秒内划走", -1),
    "long_view_rate": _share("Long views", "长播率", 1),
    "like_rate": _share("Likes per video shown", "点赞率", 1),
    "comment_rate": _share("Comments per video shown", "评论率", 1),
    "share_rate": _share("Shares per video shown", "分享率", 1),
    "follow_rate": _share("Follows per video shown", "关注率", 1),
    "collect_rate": _share("Saves per video shown", "收藏率", 1),
    "hide_rate": _share("Hides per video shown", "不感兴趣率", -1),
    "report_rate": _share("Reports per video shown", "举报率", -1),
    "violative_view_rate": _share("Views of rule-breaking videos", "违规视频播放占比", -1),
    "harm": Measure("Harm", "伤害", -1),
    "removed_share": _share("Videos removed", "下架视频占比"),
    "wrongful_removal_rate": _share("Wrongful removals", "误删率", -1),
    "bot_share": _share("Views by bots", "机器人播放占比", -1),
    "platform_revenue": Measure("Platform revenue", "平台收入", 1, "RMB a day", "元/天"),
    "creator_income": Measure("Creators' income", "作者收入", 1, "RMB a day", "元/天"),
    "ad_load": _share("Ads among videos shown", "广告占比"),
}

# what a reader cares for first; the rest of the measures follow in the order they came
FIRST = (
    "watch_minutes",
    "satisfaction",
    "regret",
    "return_rate",
    "topic_entropy",
    "homogeneity",
    "coverage",
    "video_gini",
    "creator_gini",
    "newcomer_share",
)


def measure(metric: str) -> Measure:
    """How to show a measure; one without words of its own goes by its own name."""
    return MEASURES.get(metric, Measure(metric, metric))


def ordered(metrics) -> list[str]:
    """Metric names, the ones that matter most first."""
    names = list(dict.fromkeys(metrics))
    return [m for m in FIRST if m in names] + [m for m in names if m not in FIRST]


def check_lang(lang: str) -> str:
    if lang not in LANGS:
        raise ValueError(f"lang must be one of {', '.join(LANGS)}; got {lang!r}.")
    return lang
