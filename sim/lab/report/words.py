"""What a report says besides its numbers, in English and Chinese."""

TEXT = {
    "measure": ("Measure", "指标"),
    "change": ("Change", "变化"),
    "table": ("All agents side by side", "各推荐算法对照"),
    "marks": (
        "“Best” and “worst” mark the means of a row, not what is told for sure.",
        "“最好”“最差”只按一行中的均值标出，并不表示差异显著。",
    ),
    "best": ("best", "最好"),
    "worst": ("worst", "最差"),
    "tap": ("Tap a measure to read what it is.", "点指标名，看它是什么意思。"),
    "more_is_better": ("More is better.", "越高越好。"),
    "less_is_better": ("Less is better.", "越低越好。"),
    "of_view": ("Whether more is better is a matter of view.", "高低好坏，见仁见智。"),
    "own": ("An agent that is not built in.", "不是内置的推荐算法。"),
    "viewers": ("Viewers", "观众"),
    "creators": ("Creators", "创作者"),
    "videos": ("Videos and topics", "视频与话题"),
    "learning": ("Learning", "学习"),
    "all_measures": ("What changed, and what got worse", "哪些变了，哪些变差了"),
    "on_day": ("Day {}", "第 {} 天"),
    "hint": (
        "Touch the figure, or use the arrow keys, to read a day's values.",
        "触摸图或按方向键，可读出某天的数值。",
    ),
    "shaded": ("The shade is the difference. ", "阴影是两者之差。"),
    "how": ("How it was run", "怎样运行的"),
    "limits": ("What these numbers are, and are not", "这些数字说明什么、不说明什么"),
    "more": ("{} more measures", "另外 {} 项指标"),
    "to": ("{} to {}", "{} 到 {}"),
    "better": ("better", "变好"),
    "worse": ("worse", "变差"),
    "changed": ("changed", "变了"),
    "unsure": ("not distinguishable from zero", "与 0 无显著差异"),
    "legend_viewers": (
        "Small print: 95 % intervals over the viewers of this one world; changes are paired by "
        "viewer. They leave out what differs from world to world, so nothing is judged by them: "
        "○ better, □ worse, △ a matter of view, on this seed alone. What is of videos or creators "
        "has none.",
        "小字为这一个世界里用户间的 95% 置信区间，变化按同一用户配对。它不含世界与世界之间的差异，"
        "因此不作判断：○ 变好，□ 变差，△ 好坏见仁见智，都只就这个随机种子而言。"
        "视频和创作者的指标没有这种区间。",
    ),
    "legend": (
        "Small print: 95 % intervals over seeds. The change is paired by seed; between shares it "
        "is in percentage points. Where good or bad is a matter of view it only says changed. All "
        "measures are judged together: between equal agents at most one comparison in twenty would "
        "call anything better, worse or changed. So a measure whose own interval leaves out 0 may "
        "still not be distinguishable from zero.",
        "小字为各随机种子间的 95% 置信区间。变化按相同随机种子配对；比例之间的变化以百分点计。"
        "好坏见仁见智的指标只写“变了”。所有指标合在一起判断：两个完全相同的算法，"
        "20 次比较中至多 1 次会报出变好、变差或变了。"
        "因此，单看区间不含 0 的指标，也可能与 0 无显著差异。",
    ),
    "key": (
        "● better, ■ worse, ▲ changed (a matter of view), ◆ not distinguishable from zero.",
        "● 变好，■ 变差，▲ 变了（好坏见仁见智），◆ 与 0 无显著差异。",
    ),
    "legend_one": (
        "Small print: 95 % intervals over seeds.",
        "小字为各随机种子间的 95% 置信区间。",
    ),
    "failed": ("The run failed: this is what there was.", "运行失败：以下为已得结果。"),
    "interrupted": (
        "The run was interrupted: this is what there was.",
        "运行被中断：以下为已得结果。",
    ),
    "ceiling_mark": ("upper bound", "上界"),
    "ceiling": (
        "{} is handed the hidden truth about viewers: an upper bound to compare with, not a "
        "method.",
        "{} 能看到观众的隐藏真实口味：它是用来比较的上界，不是可用的方法。",
    ),
    "lift": ("How lift grows with the pool", "提升如何随候选池增大"),
    "lift_up": (
        "{}'s lift over random grows with the pool",
        "{} 相对随机的提升随候选池增大而上升",
    ),
    "lift_down": (
        "{}'s lift over random shrinks as the pool grows",
        "{} 相对随机的提升随候选池增大而下降",
    ),
    "lift_flat": (
        "{}'s lift over random does not clearly change with the pool",
        "{} 相对随机的提升没有明显随候选池变化",
    ),
    "lift_first": (
        "offered {0} fresh videos, what it shows is watched to the end {1} times as often as a "
        "random choice ({2}) and viewed long {3} times as often ({4})",
        "从{0}个没看过的视频里挑，完播率是随机（{2}）的 {1} 倍，长播率是随机（{4}）的 {3} 倍",
    ),
    "lift_next": ("offered {}, {} and {} times", "从{}个里挑，{} 倍和 {} 倍"),
    "lift_some": ("{}", " {} "),
    "lift_all": ("all {}", "全部 {} "),
    "lift_oracle": (
        "The oracle, which sees the hidden truth and is an upper bound, not a method, goes from {} "
        "and {} times to {} and {} times.",
        "oracle 看得到隐藏真实值，是上界而不是方法：从 {} 倍和 {} 倍到 {} 倍和 {} 倍。",
    ),
    "lift_pool": ("Fresh videos", "没看过的视频"),
    "lift_finish": ("{}: watched to the end", "{}：完播率"),
    "lift_long": ("long views", "长播率"),
    "lift_legend": (
        "Times random's share, of videos seen. After the last day at least {} rested viewers were "
        "shown one page more from each pool, without exploring, with the same luck for all "
        "recommenders; nothing was learned from it. Published lifts come from pools of millions: "
        "compare lifts at pools of like size.",
        "数字是随机的几倍，按看到的视频计。最后一天之后，至少 {} 位休息过的观众从每个候选池再看一页"
        "：不探索，各推荐算法运气相同，也不从中学习。公开报告的提升来自上百万视频的候选池：只在大小相近的"
        "候选池之间比较。",
    ),
    "knowing": ("How well does it know people", "它有多了解人"),
    "knowing_shares": (
        "Of what each shows, the share about the five topics that the viewer likes most for good: "
        "{}.",
        "推荐的内容里，属于用户长期最爱的五个话题的占比：{}。",
    ),
    "knowing_each": ("{} {} %", "{} {}%"),
    "within": ("Scores and true appeal, within a viewer", "打分与真实吸引力（同一用户内）"),
    "within_unit": ("correlation", "相关系数"),
    "knowing_legend": (
        "All of it reads the hidden truth about tastes, which no platform has. {} What all viewers "
        "make of each video is taken off: who scores all viewers alike gets 0. Nobody can reach 1 "
        "without seeing the mood of the moment. A dash, or a measure that is not there: it could "
        "not be told, say for fewer than a hundred newcomers (see viewers.arrivals), or where "
        "the agent has no scores.",
        "以上都要看隐藏的真实口味，真实平台看不到。{}所有用户对同一视频的共同评价已经去掉："
        "对谁都打一样分的算法得 0。"
        "看不到当下的心情，谁也到不了 1。短横线或没有列出的指标表示测不出，例如新用户不足一百位"
        "（来多少由 viewers.arrivals 决定），或该算法不打分。",
    ),
    "knowing_daily": (
        "The correlation is of the last day's first page, as the agent ranked it, over up to 100 "
        "viewers and 100 videos; one day of one world tells it to about .02.",
        "相关系数取自最后一天的第一页，用算法排序时的打分，至多 100 位用户、100 个视频；"
        "一个世界的一天，误差约 0.02。",
    ),
    "knowing_after": (
        "The correlation is taken once, after the last day, over up to 1,000 videos and 500 "
        "viewers.",
        "相关系数只在最后一天之后算一次：至多 1000 个视频、500 位用户。",
    ),
    "each": ("{}: {}", "{}：{}"),
    "then": ("; ", "；"),
    "stop": (".", "。"),
    "no_events": (
        "No impressions were kept, so who gets the views is not shown.",
        "没有保留曝光记录，因此不显示曝光给了谁。",
    ),
    "simulated": (
        "Viewers, creators and videos are simulated; no real person was shown anything.",
        "观众、创作者和视频都是模拟的，没有任何真人参与。",
    ),
    "late": (
        "Numbers are means over the days after the first third, when the start has worn off.",
        "数字是去掉前三分之一天数之后的平均，避开起步阶段。",
    ),
    "one_seed": (
        "One seed is one world. An interval over its viewers says how far the same world would "
        "differ with other viewers of its kind, and nothing of other worlds: a difference may "
        "still be chance. Run several seeds before believing it.",
        "一个随机种子就是一个世界。用户间的区间只说明同一个世界换一批同类用户会差多少，"
        "不涉及其他世界：差异仍可能只是偶然。多跑几个随机种子再下结论。",
    ),
    "seeds": (
        "Intervals are over {} seeds, each a world of its own: Student's t, and for shares on the "
        "scale of log-odds, so that they stay between 0 and 100 %. A bootstrap over so few seeds "
        "would cover far less than it says; one over viewers leaves out what differs from world "
        "to world (it stands in summary.json as ci95_viewers).",
        "置信区间来自 {} 个随机种子（每个是一个独立的世界）：用 t 分布；占比在对数几率上计算，"
        "因此不会越出 0 到 100%。随机种子这么少，自助法（bootstrap）的覆盖率会远低于其所称；"
        "只对用户做区间又漏掉了世界之间的差异（见 summary.json 的 ci95_viewers）。",
    ),
    "scale": (
        "Minutes and videos a day are of a small world: its viewers have {} of a real day's time. "
        "Under watch time stands what it would be at a real day's length (the figure divided by "
        "{}); nothing else is scaled.",
        "分钟数和视频数都属于一个小世界：其中用户每天的时间是真实的 {}。观看时长下一行是按真实一天"
        "折算的值（除以 {}）；其余指标不折算。",
    ),
    "real_day": ("the same at a real day's length", "按真实一天折算"),
    "sample": (
        "Who gets the views and how much is watched are drawn from a sample: "
        "{} of {} videos shown.",
        "“一天的曝光给了谁”和“看了多少”来自样本：{} / {} 次曝光。",
    ),
}

HOW = {  # keys of `info`, in the order shown
    "command": ("Command", "命令"),
    "version": ("Version", "版本"),
    "agent": ("Agent", "推荐算法"),
    "baseline": ("Baseline", "基线"),
    "world": ("World", "世界"),
    "platform": ("Platform", "平台"),
    "viewers": ("Viewers on day 1", "首日用户数"),
    "videos": ("Videos on offer, about", "可推荐视频数（约）"),
    "creators": ("Creators", "创作者数"),
    "shown": ("Videos a viewer and day", "人均每日曝光视频数"),
    "scale": ("Time of a real day", "时间占真实一天"),
    "days": ("Days", "天数"),
    "seeds": ("Seeds", "随机种子"),
    "future": ("Future", "未来"),
    "slots": ("Videos a page", "每页视频数"),
    "objective": ("Objective", "目标"),
    "device": ("Device", "设备"),
    "seconds": ("Seconds", "用时（秒）"),
}


def say(key: str, lang: str, *args) -> str:
    return TEXT[key][lang == "zh"].format(*args)
