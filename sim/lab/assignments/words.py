"""What checks and grades say, in both languages."""

from collections.abc import Mapping
from typing import Any

from sim.lab.assignments.marks import Mark, Verdict
from sim.lab.door.said import in_chinese

SAY: dict[str, tuple[str, str]] = {
    "title": ("{assignment}: {score} of {most} points", "{assignment}：{most} 分中得 {score} 分"),
    "student": ("{student}: {score} of {most}", "{student}：{score} / {most}"),
    "mark": ("mark", "评分项"),
    "points": ("points", "得分"),
    "value": ("reached", "达到"),
    "need": ("needed", "要求"),
    "reached": (": {value} (needed {need})", "：{value}（要求 {need}）"),
    "got": ("Reached {value}, needed {need}.", "达到 {value}，要求 {need}。"),
    "replay": ("replay", "重现"),
    "shown": (
        "See it yourself: python -m sim.check {assignment} {file} --seed {seed}",
        "自己重现：python -m sim.check {assignment} {file} --seed {seed}",
    ),
    "near": (
        "No public seed fails; the nearest: python -m sim.check {assignment} {file} --seed {seed}",
        "公开随机种子上都没有失败，最接近的：python -m sim.check {assignment} {file} --seed {seed}",
    ),
    "above": ("Not marked: see the top.", "没有评：原因见最上面。"),
    "printed": ("The last of what it printed:", "它最后打印的内容："),
    "walls": ("Walls around the code: {walls}.", "代码外的隔离：{walls}。"),
    "few_walls": (
        "this system lacks some walls around students' code ({walls} stand): grade in a container",
        "本系统缺少部分隔离（现有：{walls}）：请在容器里评分",
    ),
    "nothing_in": (
        "without {file}, so not marked: {names}",
        "没有 {file}，未评：{names}",
    ),
    "done": (
        "{n} submissions, mean {mean} of {most}, {seconds} s each; files in {out}",
        "共 {n} 份，平均 {mean} / {most}，每份 {seconds} 秒；文件在 {out}",
    ),
    "skipped": ("{n} were marked before", "其中 {n} 份此前已评"),
    "base": ("baselines, seed {k} of {of}", "基线，第 {k}/{of} 个随机种子"),
    "line": ("{k} of {of}: {student}, {score} of {most}", "{k}/{of}：{student}，{score} / {most}"),
    "world": ("a world", "运行世界"),
    "rules": ("the contract", "检查约定"),
    "hidden": ("Marked on hidden seeds.", "按隐藏随机种子评分。"),
    "open": (
        "On public seeds {seeds}. The teacher's seeds are others, and so may marks be that are "
        "near their line.",
        "按公开随机种子 {seeds}。老师用的是另外的随机种子，接近分数线的项可能不同。",
    ),
    "heads": ("what, points, reached, needed", "项目、得分、达到、要求"),
    "stopped": ("stopped; the same command goes on", "已停止；再次运行同一命令即可继续"),
}
MARKS: dict[str, tuple[str, str]] = {
    "exposure": ("exposure of each video", "每个视频的曝光"),
    "gini": ("Gini coefficient", "基尼系数"),
    "entropy": ("topic entropy", "话题熵"),
    "luck": ("share of luck", "运气占比"),
    "policy": ("a policy that can be followed", "可执行的策略"),
    "harm_nothing": (
        "a quarter of the harm seen with nothing done",
        "危害不超过什么都不做时的四分之一",
    ),
    "wrongful": ("few harmless videos taken down", "很少误删无害视频"),
    "open": ("harmless videos stay in feeds", "无害视频仍在信息流里"),
    "barred": ("few honest creators barred", "很少封禁守规矩的创作者"),
    "staff": ("staff hours within bounds", "审核工时有节制"),
    "harm_house": (
        "half the harm seen under the house's policy",
        "危害不超过平台自己策略的一半",
    ),
    "harm_strict": (
        "at most three times the harm seen under the strict policy",
        "危害不超过严格策略的三倍",
    ),
    "plan": ("a plan that can be lived", "可执行的计划"),
    "lasting": ("nobody gives up, goes broke or is worn out", "没有人放弃、破产或累垮"),
    "followers": ("followers are kept", "粉丝没有流失"),
    "income_habit": ("more income than by habit", "收入高于照旧经营"),
    "brand": ("brand equity is kept", "品牌资产没有受损"),
    "income_daily": ("more income than with a post a day", "收入高于每天发一条"),
    "more_brand": ("more brand equity than by habit", "品牌资产高于照旧经营"),
    "more_followers": ("more followers than by habit", "粉丝多于照旧经营"),
    "contract": ("holds the contract", "遵守接口约定"),
    "watch_random": ("watch time above random", "观看时长高于 random"),
    "watch_popular": ("watch time above popular", "观看时长高于 popular"),
    "watch_mf": ("watch time above the reference mf", "观看时长高于参考 mf"),
    "satisfaction_random": ("satisfaction above random", "满意度高于 random"),
    "satisfaction_popular": ("satisfaction above popular", "满意度高于 popular"),
    "satisfaction_mf": ("satisfaction above the reference mf", "满意度高于参考 mf"),
    "newcomers": ("newcomers are not starved", "不饿死新人"),
}
UNITS: dict[str, tuple[str, str]] = {
    "A1": (
        "Of each function, the share of cases that it has right; all are needed.",
        "每个函数算对的情形占比；须全部正确。",
    ),
    "A5": (
        "Each value is how many times what there was the line allows: 1 is on the line, 2 is half "
        "of what is allowed. Harmless videos in feeds: of those that stand there under the house's "
        "policy. The four bounds count once harm is a quarter of what it is with nothing done; the "
        "two harder marks for harm once all bounds are kept.",
        "每个数是分数线允许的量为实际的几倍：1 正好在线上，2 为允许量的一半。"
        "信息流里的无害视频：相当于平台自己的策略下的几成。"
        "危害降到什么都不做时的四分之一，四项限制才计分；四项限制都守住，后两项危害才计分。",
    ),
    "A7": (
        "Followers, income and brand equity: times those of the baseline, which is the accounts' "
        "own habit, or a post a day and nothing else, on the same seeds. Lasting: the share of "
        "accounts that neither end nor are worn out; told where followers are kept. The last three "
        "are told where the accounts last.",
        "粉丝、收入、品牌资产：相当于同一批随机种子上基线的几倍，"
        "基线是账号照旧经营，或每天只发一条、别无其他。"
        "坚持：没有终止也没有累垮的账号占比，粉丝没有流失才计。账号坚持得住，最后三项才计。",
    ),
    "A2": (
        "Watch time and satisfaction: 0 is random, 1 the reference mf, on the same seeds. "
        "Newcomers: their exposure as a share of what random gives them; told only where watch "
        "time is above random.",
        "观看时长与满意度：同一批随机种子上，0 为 random，1 为参考 mf。"
        "新人：其曝光相当于 random 所给的几成；观看时长高于 random 才计。",
    ),
}
FAULTS: dict[str, tuple[str, str]] = {
    "syntax": (
        "Python cannot read line {line}: {text}. Look there and in the line before: a bracket, a "
        "colon or an indent.",
        "Python 读不懂第 {line} 行：{text}。请看这一行和上一行：括号、冒号或缩进。",
    ),
    "import": (
        "line {line}: {text}. Import torch, numpy, agents and sim.world.state; hand in one file, "
        "with nothing of your own beside it.",
        "第 {line} 行：{text}。可导入 torch、numpy、agents 和 sim.world.state；"
        "只交一个文件，不能依赖旁边自己的其他文件。",
    ),
    "class": (
        "the file defines no class Agent; it has {text}. Name your class Agent.",
        "文件里没有名为 Agent 的类；有的是 {text}。请把你的类命名为 Agent。",
    ),
    "function": (
        "the file defines no function {text}. Keep the names of the starter file.",
        "文件里没有函数 {text}。请保留模板里的名称。",
    ),
    "exit": (
        "the process ended itself in {verb} (sys.exit or os._exit). Return a value, or raise an "
        "error that says what is wrong.",
        "进程在 {verb} 中自行退出（sys.exit 或 os._exit）。请返回值，或抛出说明问题的异常。",
    ),
    "memory": (
        "{verb} ran out of memory. Score viewers in blocks, and keep no copies of what was seen.",
        "{verb} 内存用尽。请分块打分，不要保留所有见过的数据。",
    ),
    "cpu": (
        "{verb} computed for longer than one run may take. Use tensors in place of loops, and "
        "learn in fewer passes.",
        "{verb} 计算太久，超过了一次运行允许的时间。请用张量代替循环，减少训练遍数。",
    ),
    "slow": (
        "{verb} gave no answer in {seconds:.0f} s though it hardly computed. Take out sleep, input "
        "and whatever waits.",
        "{verb} 在 {seconds:.0f} 秒内没有回答，却几乎没有计算。请去掉 sleep、input 等等待。",
    ),
    "gone": (
        "the process ended in {verb} with code {code}. Look for recursion without end, or for a "
        "library that crashes.",
        "进程在 {verb} 中以代码 {code} 结束。请检查无尽递归，或会崩溃的库。",
    ),
    "rubbish": (
        "what came back from {verb} was no answer ({text}). Write to no file descriptor of the "
        "process; print is free.",
        "{verb} 返回的不是回答（{text}）。不要往进程的文件描述符里写；print 可以随意用。",
    ),
    "raised": (
        "{verb} raised {error}{at}. {cure}",
        "{verb} 抛出了 {error}{at}。{cure}",
    ),
    "refused": ("{text}", "{text}"),
    "unread": (
        "the file cannot be read: {text}. Hand in one plain text file, saved as UTF-8.",
        "文件无法读取：{text}。请交一个普通的文本文件，存为 UTF-8。",
    ),
}
CURES: dict[str, tuple[str, str]] = {
    "PermissionError": (
        "A submission starts no process, opens no connection, and reads and writes no file.",
        "作业代码不能启动进程、建立连接，也不能读写文件。",
    ),
    "OSError": (
        "A submission starts no process, opens no connection, and reads and writes no file.",
        "作业代码不能启动进程、建立连接，也不能读写文件。",
    ),
    "": (
        "Print what you have there, and run it on that seed.",
        "请在那里打印变量，并在该随机种子上运行。",
    ),
}


def say(key: str, lang: str | None, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)


def mark_name(key: str, lang: str | None) -> str:
    return MARKS[key][lang == "zh"]


def unit(assignment: str, lang: str | None) -> str:
    return UNITS[assignment][lang == "zh"]


def fault_text(fault: Mapping[str, Any], lang: str | None) -> str:
    """How it failed, and the likely cure."""
    zh = lang == "zh"
    kind = str(fault.get("kind"))
    known = {"line": "?", "text": "", "verb": "?", "type": "?", "code": "?", "seconds": 0, **fault}
    known["text"] = in_chinese(str(known["text"])) if zh else str(known["text"])
    cure = CURES.get(str(known["type"]), CURES[""])[zh]
    known["error"] = f"{known['type']}{'：' if zh else ': '}{known['text']}".rstrip("：: .。")
    line = known["line"]
    at = "" if line in ("?", None) else f"（第 {line} 行）" if zh else f" (line {line})"
    return FAULTS.get(kind, FAULTS["raised"])[zh].format(**{**known, "at": at, "cure": cure})


def why(mark: Mark, verdict: Verdict, file: str, lang: str | None) -> str:
    """Why a mark was missed, and the seed on which to see it."""
    told = [] if mark.fault is None else [fault_text(mark.fault, lang)]
    if mark.replay is not None:
        key = "shown" if mark.shown else "near"
        told.append(say(key, lang, assignment=verdict.assignment, file=file, seed=mark.replay))
    return ("" if lang == "zh" else " ").join(told)


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}".replace("-", "−")
