"""What a studio's table and page say, in English and Chinese, in the words of creators' own
analytics pages."""

from typing import Any

SAY = {
    "title": (
        "A creator's studio: {agents}, {days} days in the {world} world, recommended by {house}",
        "创作者数据中心：{agents}，{world} 世界 {days} 天，推荐算法 {house}",
    ),
    "answer": (
        "In {days} days the followers of {agent} went from {first} to {last}, with {shown} "
        "impressions a day; under {base}, on the same account with the same luck, they ended at "
        "{other}, with {less} a day.",
        "{days} 天里，{agent} 的粉丝从 {first} 到 {last}，日均曝光 {shown} 次；"
        "同一账号、同样的运气下，{base} 最后有 {other} 个粉丝，日均曝光 {less} 次。",
    ),
    "answer_alone": (
        "In {days} days the followers of {agent} went from {first} to {last}, with {shown} "
        "impressions a day.",
        "{days} 天里，{agent} 的粉丝从 {first} 到 {last}，日均曝光 {shown} 次。",
    ),
    "gave_up": (" The creator gave up on day {day}.", "创作者在第 {day} 天放弃了。"),
    "bankrupt": (" The purse was empty on day {day}.", "第 {day} 天资金用尽。"),
    "overview": ("Overview", "数据总览"),
    "growth": ("Followers", "粉丝增长"),
    "growth_more": (
        "Followers at the end of each day. Dashes: {base}, on the same account.",
        "每天结束时的粉丝数。虚线为同一账号的 {base}。",
    ),
    "reach": ("Reach by source", "流量来源"),
    "reach_more": (
        "Impressions a day, by what led viewers there (mean of 7 days).",
        "日均曝光次数，按观众从哪里看到划分（7 天均值）。",
    ),
    "retention": ("Retention", "观众留存曲线"),
    "retention_more": (
        "Of those who were shown it, how many still watch at each part of the video. Best and "
        "worst by the share that finished, of posts shown at least {least} times.",
        "曝光后，看到视频各处时还有多少人在看。最好与最差按完播率，只算曝光至少 {least} 次的作品。",
    ),
    "best": ("Best: {what}, {finish} finished", "最好：{what}，完播率 {finish}"),
    "worst": ("Worst: {what}, {finish} finished", "最差：{what}，完播率 {finish}"),
    "income": ("Income by stream", "收入构成"),
    "income_more": (
        "RMB a day, mean of 7 days, before what was spent.", "元/天，7 天均值，未扣支出。",
    ),
    "no_income": ("No money was earned.", "没有收入。"),
    "audience": ("Audience", "观众画像"),
    "audience_more": (
        "Shares of all impressions; the tick is {base}'s.", "占全部曝光；短竖线为 {base} 的。",
    ),
    "brand": ("Brand", "个人品牌"),
    "brand_more": (
        "The four parts of brand equity, 0 to 1; hidden from creators, told here by the simulator.",
        "品牌资产的四个部分，0 到 1；创作者看不到，由模拟器给出。",
    ),
    "no_brand": (
        "Brands are laws of money=on; this run had money=off.",
        "品牌规律只在 money=on 时起作用；这次是 money=off。",
    ),
    "energy": ("Energy and work", "精力与工作"),
    "energy_more": (
        "Energy, 0 to 1, and hours of work a day as a share of 24.",
        "精力（0 到 1），以及每天工作时长占 24 小时的比例。",
    ),
    "energy_line": ("energy", "精力"),
    "hours_line": ("hours of work / 24", "工作时长 / 24"),
    "posts": ("Posts", "作品"),
    "how": ("How this was run", "运行方式"),
    "limits": ("What this does not say", "这些数字说明不了什么"),
    "simulated": (
        "A simulated platform: accounts, viewers and money are made up; {viewers} viewers, "
        "{creators} creators.",
        "这是模拟平台：账号、观众、金钱均为虚构；{viewers} 位观众，{creators} 位创作者。",
    ),
    "one_seed": (
        "One seed is one life: luck alone may make such a difference. Try --seed 0 1 2 3 4.",
        "一个随机种子只是一段人生：这样的差异可能全凭运气。可加 --seed 0 1 2 3 4。",
    ),
    "first_seed": (
        "The figures are of seed {seed}; the table is over all seeds.",
        "图为随机种子 {seed} 的结果；表为全部随机种子的结果。",
    ),
    "delay": (
        "The agent saw its figures {days} day(s) late; this page shows them as they were.",
        "智能体看到的数据晚 {days} 天；本页为当天实际数据。",
    ),
    "privileged": (
        "{agent} sees the hidden truth: an upper bound, not a method.",
        "{agent} 看得到隐藏真实值：只是上界，不是方法。",
    ),
    "day": ("day", "天"),
    "of_video": ("% of the video", "% 的视频"),
    "difference": ("difference", "差异"),
    "interval": ("95 % interval", "95% 置信区间"),
    "none": ("-", "-"),
    "table": (
        "{world} world, {days} days as a creator, recommended by {house}, seed {seeds}; flows are "
        "means over days {first} to {days}, stocks the last day's",
        "{world} 世界，当创作者 {days} 天，推荐算法 {house}，随机种子 {seeds}；"
        "流量为第 {first} 至 {days} 天均值，存量为最后一天",
    ),
    "progress": ("{done} of {of} lives, about {left} left", "已完成 {done}/{of} 段，约剩 {left}"),
    "folder": ("Files: {folder}", "文件：{folder}"),
    "about": ("about {time} on this machine", "本机约需 {time}"),
}  # fmt: skip
SOURCES = {
    "feed": ("For you", "推荐"), "follow": ("Following", "关注"), "share": ("Shared", "好友分享"),
    "trend": ("Trends", "热榜"), "promoted": ("Promoted", "付费推广"), "search": ("Search", "搜索"),
}  # fmt: skip
STREAMS = {
    "ads": ("Advertising", "广告分成"), "shop": ("Shop", "橱窗带货"),
    "membership": ("Membership", "会员"), "deals": ("Brand deals", "商单"),
    "gifts": ("Gifts", "打赏"), "merchandise": ("Merchandise", "周边"),
    "support": ("Platform's support", "平台扶持"),
}  # fmt: skip
AUDIENCE = (
    ("Under 18", "18 岁以下"), ("18 to 24", "18–24 岁"), ("25 to 30", "25–30 岁"),
    ("31 to 40", "31–40 岁"), ("41 to 50", "41–50 岁"), ("Over 50", "50 岁以上"),
    ("Largest cities", "一线城市"), ("Large cities", "新一线城市"), ("Middle cities", "二线城市"),
    ("Smaller cities", "三线城市"), ("Smallest cities", "四线及以下"),
    ("Followers", "粉丝"), ("Met you before", "老观众"),
)  # fmt: skip
FORMATS = {
    "tutorial": ("tutorial", "教程"), "review": ("review", "测评"), "vlog": ("vlog", "日常"),
    "story": ("story", "剧情"),
}  # fmt: skip
AGENTS = {
    "habit": ("goes on as the account always did", "按账号一贯的习惯来"),
    "random": ("decides at random every day", "每天随机决定"),
    "imitator": ("copies what went viral yesterday", "模仿昨天的爆款"),
    "bandit": (
        "learns from its own analytics which level of each lever pays",
        "从自己的数据里学每个选项哪一档更划算",
    ),
    "planner": ("knows what viewers want: an upper bound", "知道观众想看什么：上界"),
}  # fmt: skip

HOW = {
    "command": ("command", "命令"), "world": ("world", "世界"), "platform": ("platform", "平台"),
    "house": ("recommender", "推荐算法"), "days": ("days", "天数"), "seeds": ("seeds", "随机种子"),
    "future": ("future", "未来"), "objective": ("objective", "目标"),
    "delay": ("delay of figures, days", "数据延迟（天）"),
    "warm_up": ("days lived before", "预热天数"),
    "privileged": ("sees hidden truth", "看得到真实值"),
    "version": ("version", "版本"),
}  # fmt: skip


def say(key: str, lang: str, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)


def word(table: Any, key: Any, lang: str) -> str:
    return table[key][lang == "zh"]


def clock(seconds: float, lang: str) -> str:
    """A wait, as a person says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} 秒" if lang == "zh" else f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} 分钟" if lang == "zh" else f"{minutes} min"
