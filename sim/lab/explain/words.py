"""What explanations say, in both languages."""

from typing import Any

SAY: dict[str, tuple[str, str]] = {
    "shown": (
        "Video {video} ({topic}) stands at place {rank} of {of} for viewer {viewer}, with a score "
        "of {score}.",
        "视频 {video}（{topic}）对观众 {viewer} 排在 {of} 个中的第 {rank} 位，得分 {score}。",
    ),
    "part": ("{name}: {value}; without it place {rank}", "{name}：{value}；去掉它排第 {rank} 位"),
    "exact": (
        "The parts are the terms of the score and add up to it.",
        "各部分就是得分的各项，相加等于得分。",
    ),
    "approximate": (
        "Approximate: the score is no sum; the parts hang on the order in which they are added.",
        "近似：得分不是各项之和，各部分取决于相加的次序。",
    ),
    "gap": (
        "To stand first it lacks {gap}. A page is drawn from the best: the order is no promise.",
        "距第一位还差 {gap}。一页是从靠前者中抽取的，次序并非保证。",
    ),
    "spread": (
        "Video {video}, {age} days old: {total} impressions, {today} of them on the last day.",
        "视频 {video}，发布 {age} 天：共 {total} 次曝光，最后一天 {today} 次。",
    ),
    "source": ("{name}: {n} ({share})", "{name}：{n}（{share}）"),
    "holds": (
        "It held viewers for long {rate} of the time; videos of its age {usual}.",
        "长播率 {rate}；同龄视频为 {usual}。",
    ),
    "because": ("What holds it back now:", "目前限制它的原因："),
    "removed": ("it was taken down", "已被下架"),
    "limited": (
        "it is kept out of feeds; who follows the account still gets it",
        "不进信息流；关注者仍可看到",
    ),
    "gated": ("it is kept from those under 18", "不对未满 18 岁的人展示"),
    "labelled": ("it is marked as doubtful, and fewer send it on", "带有存疑标签，转发减少"),
    "waiting": (
        "it waits for a person's decision, which changes nothing yet",
        "正在等待人工审核，暂不影响分发",
    ),
    "old": ("it is past the age at which videos are recommended", "已超过可被推荐的时限"),
    "worse": ("viewers leave it sooner than others of its age", "观众比看同龄视频更早划走"),
    "fades": ("nothing of its own: impressions fall with age", "无自身原因：曝光随时间下降"),
    "untried": ("the recommender has hardly tried it", "推荐算法几乎没有试推过它"),
    "not_removed": ("Video {video} was not taken down.", "视频 {video} 没有被下架。"),
    "taken": (
        "Video {video} was taken down on day {day} {who}, as harm type {rule}.",
        "视频 {video} 在第 {day} 天被{who}下架，依据危害类型 {rule}。",
    ),
    "by_machine": ("by the machine", "机器"),
    "by_person": ("by a person ({lane})", "人工（{lane}）"),
    "by_other": ("by order", "指令"),
    "scored": (
        "The machine's score for type {rule} was {score}; above {line} the policy takes down.",
        "机器对 {rule} 类的评分为 {score}；策略规定高于 {line} 即下架。",
    ),
    "appeal_open": (
        "Its creator may appeal tonight; another person then looks at it.",
        "创作者今晚可以申诉，将由另一人复核。",
    ),
    "appeal_filed": ("An appeal was filed and waits for an answer.", "已提出申诉，等待答复。"),
    "appeal_lost": ("Another person looked at it and it stays down.", "已由另一人复核，维持下架。"),
    "appeal_over": (
        "The night for an appeal has passed without one.", "申诉期已过，没有提出申诉。"
    ),
    "reinstated": (
        "It was put back on day {day}, after another person looked at it.",
        "经另一人复核，已在第 {day} 天恢复。",
    ),
    "strikes": ("The account holds {n} strike(s).", "该账号现有 {n} 次违规记录。"),
}  # fmt: skip
PARTS = {
    "viewers alike": "相似观众", "the video for everybody": "视频对所有人",
    "its topics": "它的话题", "its style": "它的风格", "the network": "神经网络",
    "the viewer for everything": "观众对一切", "seen enough of the topic": "该话题已看够",
    "usual for any video": "任何视频的常态", "how long it holds": "它留住人的程度",
    "what was learned of both": "对双方学到的", "the public profile": "公开资料",
    "the last videos watched": "最近看过的视频",
}  # fmt: skip
LANES = {"reports": "举报", "views": "预期播放", "audit": "随机抽查"}


def say(key: str, lang: str, **values: Any) -> str:
    return SAY[key][lang == "zh"].format(**values)
