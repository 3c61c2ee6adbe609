"""What all figures share: the tables drawn, colours, words, bare axes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.colours import colours_of
from sim.lab.drawing.labels import LINE

FEW = 5  # seeds below which an interval at every day is wider than what it is about
WIDTH = 5.0  # inches: on a phone 10 points stay about 10 pixels

TEXT = {
    "day": ("Day", "天"),
    "ceiling": ("{} (upper bound)", "{}（上界）"),
    "band": ("band: 95 % interval over {} seeds", "阴影：{} 个随机种子的 95% 置信区间"),
    "thin": ("thin: each of {} seeds; thick: their mean", "细线：{} 个随机种子各一条；粗线：均值"),
    "both": (
        "band: 95 % interval over {} seeds; thin: each seed, where they are fewer",
        "阴影：{} 个随机种子的 95% 置信区间；细线：随机种子较少的，各一条",
    ),
    "bars": ("line: 95 % interval over {} seeds", "线段：{} 个随机种子的 95% 置信区间"),
    "dots": ("small: each of {} seeds; large: their mean", "小点：{} 个随机种子各一；大点：均值"),
    "marks": (
        "line: 95 % interval over {} seeds; small dots: each seed, where they are fewer",
        "线段：{} 个随机种子的 95% 置信区间；小点：随机种子较少的，各一",
    ),
    "mean": ("mean of {} seeds", "{} 个随机种子的均值"),
    "one": ("one seed, one line each", "只有一个随机种子，每条线是一次运行"),
    "lorenz": ("Who gets a day's impressions (mean over days)", "一天的曝光给了谁（各天平均）"),
    "video": ("Videos, least shown first", "视频（曝光从少到多）"),
    "creator": ("Creators, least shown first", "创作者（曝光从少到多）"),
    "share": ("Share of impressions", "占全部曝光"),
    "equal": ("all equal", "完全平均"),
    "top": ("{}: top tenth gets {:.0%}", "{}：前 10% 得 {:.0%}"),
    "tops": ("the top tenth gets", "前 10% 所得"),
    "top_of": ("{} {:.0%}", "{} {:.0%}"),
    "reach": ("Impressions by size of creator", "不同规模创作者所得曝光"),
    "large": ("Largest tenth\nby followers", "粉丝最多的\n十分之一"),
    "small": ("The other\nnine tenths", "其余\n十分之九"),
    "new": ("Fewer than\n10 followers", "粉丝不足\n10 人"),
    "difference": ("Difference from {}, % of its level", "与 {} 相比的差异（占其水平的 %）"),
    "forest": ("What changed, and what got worse", "哪些变了，哪些变差了"),
    "better": ("better", "变好"),
    "worse": ("worse", "变差"),
    "changed": ("changed: good or bad is a matter of view", "变了：好坏见仁见智"),
    "unsure": ("not distinguishable from zero", "与 0 无显著差异"),
    "better_one": ("better on this seed", "这个随机种子上变好"),
    "worse_one": ("worse on this seed", "这个随机种子上变差"),
    "changed_one": ("changed: a matter of view", "变了：好坏见仁见智"),
    "over_viewers": (
        "one seed, which judges nothing; lines: 95 % over its viewers",
        "只有一个随机种子，不作判断；线段：用户间的 95% 置信区间",
    ),
    "ratio": ("How much of each video was watched", "每个视频看了多少"),
    "ratio_x": ("Watch time / duration", "观看时长 / 视频时长"),
    "ratio_y": ("Impressions (%)", "占曝光的 %"),
    "lift": ("{}: times random's share", "{}：随机的几倍"),
    "pool": ("Fresh videos to choose from", "可选的没看过的视频数"),
}


@dataclass(frozen=True)
class Data:
    """What is drawn, for whom."""

    metrics: pd.DataFrame
    events: pd.DataFrame | None
    lang: str
    wanted_baseline: str | None
    privileged: frozenset[str]
    lift: Mapping[str, Any] = field(default_factory=dict)  # lift_by_pool of the summary
    changes: Mapping[str, Any] = field(default_factory=dict)  # its differences, by agent
    what: Mapping[str, str] = field(default_factory=dict)  # agents behind the names of a comparison

    def text(self, key: str, *args) -> str:
        return TEXT[key][self.lang == "zh"].format(*args)

    @cached_property
    def agents(self) -> list[str]:
        return numbers.agents_of(self.metrics, self.wanted_baseline)[0]

    @cached_property
    def baseline(self) -> str | None:
        return numbers.agents_of(self.metrics, self.wanted_baseline)[1]

    @cached_property
    def seeds(self) -> int:
        return int(self.metrics["seed"].nunique())

    @property
    def few(self) -> bool:
        """Too few seeds for a band: each is a thin line of its own."""
        return self.seeds < FEW

    @property
    def said_of_seeds(self) -> str:
        """What the lines and bands of a figure stand for."""
        return self._said("one", "thin", "both", "band")

    @property
    def said_of_dots(self) -> str:
        """The same where a seed is a dot and an interval a line."""
        return self._said("one", "dots", "marks", "bars")

    def _said(self, one: str, few: str, both: str, many: str) -> str:
        """In a comparison some agents may have few seeds and others many."""
        each = [self.seeds_of(agent) for agent in self.agents]
        if self.seeds == 1:
            return self.text(one)
        mixed = min(each) < FEW <= max(each)
        return self.text(both if mixed else few if self.few else many, max(each))

    def seeds_of(self, agent: str) -> int:
        return int(self.metrics.loc[self.metrics["agent"] == agent, "seed"].nunique())

    @cached_property
    def colours(self) -> dict[str, str]:
        return colours_of(self.agents, self.what)

    def label(self, agent: str) -> str:
        return self.text("ceiling", agent) if agent in self.privileged else agent

    def style(self, agent: str) -> dict:
        """The agent's own colour; the privileged are dashed."""
        return {"color": self.colours[agent], "ls": "--" if agent in self.privileged else "-"}

    def room(self, height: float) -> float:
        """The height of a panel, in inches: at least what all names take."""
        return max(height, LINE * (len(self.agents) + 1) + 1.0)


def axes(rows: int = 1, height: float = 3.1) -> tuple[Figure, list[Axes]]:
    figure, grid = plt.subplots(
        rows, 1, figsize=(WIDTH, height), sharex=True, squeeze=False, layout="constrained"
    )
    plt.close(figure)  # the caller shows it; a notebook would show it twice
    for axis in grid[:, 0]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, list(grid[:, 0])


def note(figure: Figure, text: str) -> None:
    figure.supxlabel(text, x=0.99, ha="right", size=8, color="#666666")
