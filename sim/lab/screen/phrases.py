"""What the run command says, in English and Chinese."""

SAY = {
    "agent": ("agent", "推荐算法"),
    "days": ("days", "天"),
    "seed": ("seed", "随机种子"),
    "seeds": ("seeds", "随机种子"),
    "difference": ("difference", "差异"),
    "interval": ("95 % interval", "95% 置信区间"),
    "interval_viewers": ("95 % over viewers", "95% 置信区间（用户间）"),
    "title": (
        "{world} world, {platform}, {days} days, seed {seeds}",
        "世界 {world}，平台 {platform}，{days} 天，随机种子 {seeds}",
    ),
    "future": (", future {future}", "，未来 {future}"),
    "flows": ("means over days {first} to {last}", "第 {first} 至 {last} 天的均值"),
    "worse": ("Worse than {base}: {what}.", "比 {base} 差：{what}。"),
    "worse_of": ("{agent}: worse than {base}: {what}.", "{agent}：比 {base} 差：{what}。"),
    "worse_one": (
        "Worse than {base} on this one seed, which judges nothing: {what}.",
        "在这一个随机种子上比 {base} 差（一个随机种子不足以下结论）：{what}。",
    ),
    "worse_one_of": (
        "{agent}: worse than {base} on this one seed, which judges nothing: {what}.",
        "{agent}：在这一个随机种子上比 {base} 差（一个随机种子不足以下结论）：{what}。",
    ),
    "none_worse": (
        "Nothing watched for is surely worse than under {base}.",
        "没有哪项所关注的指标可以确定比 {base} 差。",
    ),
    "none_worse_of": (
        "{agent}: nothing watched for is surely worse than under {base}.",
        "{agent}：没有哪项所关注的指标可以确定比 {base} 差。",
    ),
    "noise": (
        "{text} Within the noise of the seeds: {what}.", "{text}未超出随机种子间波动的：{what}。",
    ),
    "judged": (
        "Measures are judged together: between equal agents at most 1 comparison in 20 would be "
        "told a difference.",
        "各项指标合在一起判断：两个完全相同的算法，20 次比较中至多 1 次会被误报有差异。",
    ),
    "key": (
        "● better, ■ worse, ▲ changed, ◆ not distinguishable from zero.",
        "● 变好，■ 变差，▲ 变了，◆ 与 0 无显著差异。",
    ),
    "scale": (
        "A viewer of this world has {share} of a real day's time; at a real day's length watch "
        "time would be {what} min.",
        "这个世界里用户每天的时间是真实的 {share}；按真实一天折算，人均观看 {what} 分钟。",
    ),
    "beside": (
        "Incomes and safety (the report has more; --set money=off and --threats none rest them): "
        "{what}.",
        "收入与安全（报告里更详细；用 --set money=off 和 --threats none 可以关掉）：{what}。",
    ),
    "ceiling": ("upper bound: sees the hidden truth", "上界：看得到隐藏真实值"),
    "one_seed": (
        "One seed is one world. Its intervals are over that world's viewers, paired by viewer; "
        "they leave out what differs from world to world, so nothing is judged by them: ○ better, "
        "□ worse, △ a matter of view on this seed alone. Try --seed 0 1 2.",
        "一个随机种子就是一个世界。区间只反映这个世界里用户之间的差异（按同一用户配对），"
        "不含世界与世界之间的差异，因此不作判断：○ 变好，□ 变差，△ 好坏见仁见智，"
        "都只就这个随机种子而言。可加 --seed 0 1 2。",
    ),
    "alone": (
        "One seed gives no interval; try --seed 0 1 2.",
        "只有一个随机种子，没有区间；可加 --seed 0 1 2。",
    ),
    "sample": (
        "Events are of 1 viewer in {n}: {rows:,} of {of:,} impressions (--events-max).",
        "交互日志按每 {n} 位用户取 1 位：{of:,} 次曝光中的 {rows:,} 次（--events-max）。",
    ),
    "no_events": ("No events are kept (--events-max).", "不保留交互日志（--events-max）。"),
    "same": (
        "{base} is its own baseline here: no difference is shown.",
        "此处 {base} 就是基线本身：不显示差异。",
    ),
    "stopped": ("interrupted", "已中断"),
    "interrupted": ("Interrupted: what follows is what there was.", "已中断：以下为已得结果。"),
    "failed": ("Failed: what follows is what there was.", "运行失败：以下为已得结果。"),
    "nothing": ("No day was finished.", "没有完成任何一天。"),
    "folder": ("Files: {folder}", "文件：{folder}"),
    "resume": ("Continue with: {command}", "继续运行：{command}"),
    "running": ("{agent}, seed {seed}", "{agent}，随机种子 {seed}"),
    "line": (
        "seed {seed} {agent}: day {day} of {of}, {minutes:.2f} min watched a viewer",
        "随机种子 {seed} {agent}：第 {day}/{of} 天，人均观看 {minutes:.2f} 分钟",
    ),
    "expected": (
        "about {minutes} min on an idle machine", "空闲的机器上约需 {minutes} 分钟",
    ),
    "left": ("{share} done, about {minutes} min left", "已完成 {share}，约剩 {minutes} 分钟"),
    "written": ("written: {path}", "已写出：{path}"),
    "writing": ("writing the files", "正在写文件"),
    "compare_broken": (
        "{run} is {state}: its days as far as they go.",
        "{run} {state}：只用已完成的那些天。",
    ),
    "state_failed": ("a run that failed", "运行失败"),
    "state_interrupted": ("a run that was interrupted", "中途停止"),
    "state_running": ("still running", "仍在运行"),
    "state_unknown": ("a run whose end is not known", "结束状态不明"),
    "compare_allowed": (
        "Let differ, and so part of every difference: {keys}.",
        "允许不同、因而也算在差异之内的设置：{keys}。",
    ),
    "compare_days": (
        "{one} has {n} days and {other} {m}: only those that all have are compared.",
        "{one} 有 {n} 天，{other} 有 {m} 天：只比较共有的天数。",
    ),
    "compare_no_seed": (
        "runs are paired by seed; {one} has {ones} and {other} {others}, none in common. Run one "
        "of them again on the other's seeds.",
        "按随机种子配对：{one} 的是 {ones}，{other} 的是 {others}，没有共同的。"
        "请用另一个的随机种子重跑其中一个。",
    ),
    "compare_worlds": (
        "{one} and {other} are not of the same worlds, so what differs is not the agents' doing: "
        "{what}. Run one again with the other's settings, or, where this is what you ask about, "
        "say --allow {group}.",
        "{one} 与 {other} 不在同样的世界里，差别不能归于推荐算法：{what}。"
        "请用另一个的设置重跑其中一个；如果要问的正是这个差别，就加上 --allow {group}。",
    ),
    "compare_gap": ("{name} is {one} and {other}", "{name} 分别是 {one} 和 {other}"),
    "compare_more": (", and {n} more", "，另有 {n} 项"),
    "compare_unset": ("not set", "未设置"),
    "compare_seeds": (
        "{one} and {other} share the seeds {seeds}: only these are compared.",
        "{one} 与 {other} 共有的随机种子是 {seeds}：只比较这些。",
    ),
}  # fmt: skip


def say(key: str, lang: str, **values: object) -> str:
    return SAY[key][lang == "zh"].format(**values)
