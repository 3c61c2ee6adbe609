"""What a moderator's office says, in both languages."""

from typing import Any

SAY: dict[str, tuple[str, str]] = {
    "title": (
        "{agents} at the moderation desk for {days} days", "{agents} 当 {days} 天的内容审核"
    ),
    "table": (
        "{world} world, threats {threats}, {days} days at the moderation desk, recommended by "
        "{house}, seed {seeds}; means over days {first} to {days}",
        "{world} 世界，威胁 {threats}，当内容审核 {days} 天，推荐算法 {house}，随机种子 {seeds}；"
        "第 {first} 至 {days} 天的均值",
    ),
    "answer": (
        "Under {agent} people saw {harm} of harm per 1,000 impressions ({base}: {other}); it took "
        "down {wrong} harmless videos of every 1,000 posted ({base}: {less}).",
        "{agent} 之下，每千次曝光看到的危害为 {harm}（{base} 为 {other}）；"
        "每上传一千条误删 {wrong} 条（{base} 为 {less}）。",
    ),
    "answer_alone": (
        "Under {agent} people saw {harm} of harm per 1,000 impressions; it took down {wrong} "
        "harmless videos of every 1,000 posted.",
        "{agent} 之下，每千次曝光看到的危害为 {harm}；每上传一千条误删 {wrong} 条。",
    ),
    "difference": ("difference", "差异"),
    "interval": ("95 % interval", "95% 置信区间"),
    "one_seed": (
        "One seed is one platform: luck alone may make such a difference. Try --seed 0 1 2 3 4.",
        "一个随机种子只是一个平台：这样的差异可能全凭运气。可加 --seed 0 1 2 3 4。",
    ),
    "first_seed": (
        "The figures are of seed {seed}; the table is over all seeds.",
        "图为随机种子 {seed} 的结果；表为全部随机种子的结果。",
    ),
    "privileged": (
        "{agent} sees the hidden truth: an upper bound, not a method.",
        "{agent} 看得到隐藏真实值：只是上界，不是方法。",
    ),
    "simulated": (
        "A simulated platform: videos, accounts and harm are made up; {viewers} viewers. Pay and "
        "costs are counted by the truth, which no platform sees.",
        "这是模拟平台：视频、账号与危害均为虚构；{viewers} 位观众。回报与成本按真实情况计算，"
        "任何平台都看不到。",
    ),
    "overview": ("Overview", "概览"),
    "how": ("How it was made", "如何得出"),
    "limits": ("Limits", "局限"),
    "frontier": ("Harm against wrongful removals", "危害与误删"),
    "frontier_more": (
        "Each point is a policy: harm seen per 1,000 impressions (up) and harmless videos taken "
        "down per 1,000 posts (right). The line is fixed thresholds on the score; nearer to the "
        "corner is better on both.",
        "每个点是一种策略：纵轴为每千次曝光看到的危害，横轴为每千条上传的误删数。"
        "连线为固定分数阈值；越靠近角落，两者越好。",
    ),
    "across": ("wrongful", "误删"),
    "harm": ("Harm seen by day", "每日看到的危害"),
    "harm_more": (
        "Severity x vulnerability per 1,000 impressions; dashed: {base}.",
        "严重度×易受影响程度，每千次曝光；虚线为 {base}。",
    ),
    "removed": ("Taken down and put back", "下架与恢复"),
    "removed_more": (
        "Videos a day: by the machine, by people, and put back after a second look or an appeal.",
        "每天的视频数：机器下架、人工判定、复核或申诉后恢复。",
    ),
    "by_machine": ("machine", "机器下架"),
    "by_people": ("found by people", "人工判定"),
    "put_back": ("put back", "恢复"),
    "queue": ("The queue", "审核队列"),
    "queue_more": (
        "Videos that wait in the morning, and those that people looked at last night.",
        "早上待审的视频，以及昨夜人工看过的视频。",
    ),
    "waiting": ("waiting", "待审"),
    "looked": ("looked at", "已看"),
    "found": ("What each lane finds", "各通道的命中率"),
    "found_more": (
        "Of what people looked at, the share they took for violations, by what brought it to them.",
        "人工看过的视频中判为违规的占比，按进入队列的原因。",
    ),
    "case": ("What a creator is told", "创作者得到的说明"),
    "case_more": (
        "Of the video that was taken down last: rule, score, who decided, right of appeal.",
        "最近一条被下架的视频：依据、评分、由谁决定、申诉权。",
    ),
    "folder": ("Files: {folder}", "文件：{folder}"),
}  # fmt: skip
LANES = {
    "reports": ("reports", "举报"), "views": ("expected views", "预期播放"),
    "audit": ("random audit", "随机抽查"),
}  # fmt: skip
HOW = {
    "command": ("command", "命令"), "world": ("world", "世界"), "platform": ("platform", "平台"),
    "house": ("recommender", "推荐算法"), "threats": ("threats", "威胁"),
    "moderation": ("usual policy", "默认策略"), "days": ("days", "天数"),
    "seeds": ("seeds", "随机种子"), "future": ("future", "未来"),
    "objective": ("objective (costs)", "目标（成本）"), "warm_up": ("days before", "预热天数"),
    "privileged": ("sees hidden truth", "看得到真实值"), "version": ("version", "版本"),
}  # fmt: skip


def say(key: str, lang: str, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)
