"""What a plan's table and page say, in English and Chinese."""

from typing import Any

SAY = {
    "title": ("A plan and its futures: {names}", "计划与它的多种未来：{names}"),
    "answer": (
        "{name}: in {of} futures of {days} days the middle one ends with {middle} followers, nine "
        "in ten between {low} and {high}.",
        "{name}：在 {of} 种 {days} 天的未来里，粉丝数的中位数为 {middle}，"
        "九成落在 {low} 到 {high} 之间。",
    ),
    "answer_goal": (
        " The goal ({what} of {value}) is reached in {share}% of them (95 % interval {low} to "
        "{high}%).",
        "目标（{what} 达到 {value}）在其中 {share}% 里实现（95% 置信区间 {low}% 到 {high}%）。",
    ),
    "answer_what_if": (
        " {name}, with the same luck: {what} {gap}.", "{name}，同样的运气：{what} {gap}。",
    ),
    "table": (
        "{futures} futures of {days} days as a creator, {world} world, recommended by {house}, "
        "seed {seeds}",
        "当创作者 {days} 天的 {futures} 种未来，{world} 世界，推荐算法 {house}，随机种子 {seeds}",
    ),
    "followers": ("followers", "粉丝数"),
    "monthly_income": ("monthly income", "月收入"),
    "income": ("income a month, RMB", "月收入（元）"),
    "brand": ("brand equity", "品牌资产"),
    "brand_equity": ("brand equity", "品牌资产"),
    "chance": ("chance of the goal", "达成目标的机会"),
    "against": ("against {first}, paired", "与 {first} 之差（配对）"),
    "unsure": ("not distinguishable from zero", "与 0 无显著差异"),
    "spread": (
        "The middle future, and in brackets the ends of nine in ten; the chance and differences "
        "with their 95 % intervals.",
        "括号外为中位数，括号内为九成未来的两端；机会与差异的括号内为 95% 置信区间。",
    ),
    "goal": ("Goal: {what} of {value} on the last day.", "目标：最后一天{what}达到 {value}。"),
    "luck": (
        "Of the spread of {what} over all these lives {share}% is luck; the rest is what was done.",
        "在这些人生里，{what}的差别有 {share}% 来自运气，其余来自所做的事。",
    ),
    "scale": (
        "Followers and money are the simulated world's times run.audience_scale={scale}: a viewer "
        "stands for so many people, which is assumed. Income is of a month of {month} days, less "
        "what was spent.",
        "粉丝与金钱为模拟世界的数字乘以 run.audience_scale={scale}：一位观众代表这么多人，"
        "这是假设。收入按一个月 {month} 天计，已扣支出。",
    ),
    "early": (
        "{n} of {of} lives ended early: the creator gave up, or the purse was empty.",
        "{of} 段人生中有 {n} 段提前结束：放弃，或资金用尽。",
    ),
    "habit": ("by habit", "按习惯"),
    "fan": ("{name}: followers", "{name}：粉丝数"),
    "fan_more": (
        "The line is the middle future; half of them lie in the darker band, nine in ten in the "
        "lighter one. Dots: the goal.",
        "实线为中位数；深色带内有一半的未来，浅色带内有九成。点线为目标。",
    ),
    "middle": ("middle future", "中位数"),
    "same_past": (
        "All futures have one past: the account, the world and the first {warm_up} days are the "
        "same; luck differs from then on.",
        "所有未来有同一个过去：账号、世界与最初 {warm_up} 天相同，之后运气不同。",
    ),
    "plan": ("The plan", "计划原文"),
    "how": ("How this was run", "运行方式"),
    "limits": ("What this does not say", "这些数字说明不了什么"),
    "overview": ("Overview", "总览"),
}  # fmt: skip


def say(key: str, lang: str, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)
