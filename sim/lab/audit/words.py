"""What an audit says, in both languages."""

from typing import Any

SAY: dict[str, tuple[str, str]] = {
    "title": ("Audit of {agent}", "对 {agent} 的审计"),
    "table": (
        "{agent} on {world}, {days} days, seed {seed}, threats {threats}; {puppets} puppets a "
        "persona, {videos} videos a day",
        "{agent}，{world} 世界，{days} 天，随机种子 {seed}，威胁 {threats}；"
        "每种人设 {puppets} 个傀儡账号，每天 {videos} 个视频",
    ),
    "persona": ("persona", "人设"),
    "most": ("shown most", "最多的话题"),
    "harm": ("harmful, % of shown", "有害占比 %"),
    "interval": ("95 % interval", "95% 置信区间"),
    "drift": ("drift (chance)", "漂移（随机水平）"),
    "harm_drift": ("harm, last - first third", "有害：末段减首段"),
    "people": ("people like it", "同类真实观众"),
    "none": ("-", "-"),
    "alike": (
        "{a} and {b} act alike: their feeds are {distance} apart, {null} by chance (p {p}){harm}. "
        "The audit says: {says}.",
        "{a} 与 {b} 行为相同：信息流相差 {distance}，随机水平 {null}（p {p}）{harm}。"
        "审计结论：{says}。",
    ),
    "null": (
        "Null, two equal personas: {a} and {b} are {distance} apart, {null} by chance (p {p}){harm}"
        ". The audit says: {says}.",
        "零假设对照，两组相同人设：{a} 与 {b} 相差 {distance}，随机水平 {null}（p {p}）{harm}。"
        "审计结论：{says}。",
    ),
    "harm_differs": (
        "; harm differs by {gap} points (p {p})", "；有害占比相差 {gap} 个百分点（p {p}）",
    ),
    "differs": ("treated differently", "区别对待"),
    "same": ("no difference told", "未发现差异"),
    "truth": (
        "Truth: age alone changes {changed} of the slots; the audit is {right}.",
        "真实情况：仅年龄就改变了 {changed} 的推荐位；审计结论{right}。",
    ),
    "right": ("right", "正确"),
    "wrong": ("wrong", "错误"),
    "gap": (
        "Truth of {name}: its puppets were shown {real} harmful; the {viewers} people that it "
        "stands for {people}. The audit is off by {gap} points; feeds are {distance} apart.",
        "{name} 的真实情况：傀儡账号看到的有害占比为 {real}；它所代表的 {viewers} 位真实观众"
        "为 {people}。审计偏差 {gap} 个百分点；信息流相差 {distance}。",
    ),
    "feeds": (
        "Truth of {name}: the feeds of the {viewers} people that it stands for are {distance} away "
        "from its own.",
        "{name} 的真实情况：与它所代表的 {viewers} 位真实观众的信息流相差 {distance}。",
    ),
    "rest": (
        "Threats are none here: nothing is harmful, and the audit tells of topics alone.",
        "此处没有威胁：没有有害内容，审计只涉及话题。",
    ),
    "privileged": (
        "{agent} reads hidden tastes; a puppet's are set to what its script watches.",
        "{agent} 能看到隐藏的真实兴趣；傀儡账号的兴趣按其脚本设定。",
    ),
    "few": (
        "{puppets} puppet(s) a persona cannot tell any difference: of so few, the most unlike of "
        "all ways to part them comes up too often by chance. Take --repeats 5 or more.",
        "每种人设只有 {puppets} 个傀儡账号，无法判断任何差异：数目太少时，"
        "最极端的分组也常随机出现。请用 --repeats 5 以上。",
    ),
    "made_up": (
        "A simulated platform: videos, viewers and harm are made up, and harm is a letter.",
        "这是模拟平台：视频、观众与危害均为虚构，危害只以字母表示。",
    ),
    "overview": ("What the audit found", "审计结果"),
    "how": ("How it was made", "如何得出"),
    "limits": ("Limits", "局限"),
    "answer": (
        "{told} of {pairs} pairs of personas that act alike were treated differently, by what the "
        "puppets saw.",
        "行为相同的 {pairs} 对人设中，按傀儡账号所见，有 {told} 对被区别对待。",
    ),
    "answer_none": (
        "No two personas act alike: the audit tells what each was shown.",
        "没有行为相同的人设：审计只说明各自看到了什么。",
    ),
    "chart_harm": ("Harmful content by day", "每日有害占比"),
    "chart_harm_more": (
        "Share of what a persona's puppets were shown.",
        "占该人设所见内容的比例。",
    ),
    "chart_drift": ("Distance from the first day", "与第一天的距离"),
    "chart_drift_more": (
        "Share of the feed that would have to change to be the first day's again; days differ by "
        "chance as well.",
        "信息流要改变多少才能回到第一天；不同日子之间本来就有随机差异。",
    ),
    "chart_topics": ("Topics shown to {name}", "{name} 看到的话题"),
    "chart_topics_more": (
        "The eight shown most; the tick is {base}.",
        "最多的八个；竖线为 {base}。",
    ),
    "progress": ("day {day} of {of}", "第 {day} 天，共 {of} 天"),
    "written": ("Page: {path}", "页面：{path}"),
}  # fmt: skip
HOW = {
    "command": ("command", "命令"), "world": ("world", "世界"), "platform": ("platform", "平台"),
    "days": ("days", "天数"), "seed": ("seed", "随机种子"), "threats": ("threats", "威胁"),
    "puppets": ("puppets a persona", "每种人设的傀儡账号"),
    "labels": ("auditor's labels right", "审计员标注正确率"), "version": ("version", "版本"),
}  # fmt: skip


def say(key: str, lang: str, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)
