"""作业 A1：把它量出来。只需提交这一个文件：四个函数，各算一个指标。

日志是 pandas 的表，每行一次曝光：

    day, viewer, video, creator   整数
    category                      视频的主要话题，整数
    duration_s, watch_s           秒

    python -m sim.check A1 measures.py
"""


def exposure(log, videos):
    """`videos`（编号数组）里每个视频被展示的次数，顺序不变：一个数组。从未展示的记 0。"""
    raise NotImplementedError


def gini(amount):
    """一组数量的基尼系数：人人相同为 0，n 个里一个独占为 (n - 1) / n；没有可分的为 nan。
    一无所有的也要算在内。"""
    raise NotImplementedError


def topic_entropy(log):
    """每位观众看到的 category 的香农熵（比特），再对观众取平均。"""
    raise NotImplementedError


def luck_share(replays, videos):
    """成功有多少是运气。`replays` 是一列日志：同样的视频，不同的运气。

    成功记为 y = ln(1 + 曝光)。其方差中不属于视频之间的部分就是运气：
    1 减去单因素方差分析（随机效应）的组内相关系数。设有 k 个视频、n 次重放：

        组间 = n × 各视频（均值 - 总均值）² 之和 / (k - 1)
        组内 = 各视频各次重放（y - 该视频均值）² 之和 / (k × (n - 1))
        占比 = 1 - (组间 - 组内) / (组间 + (n - 1) × 组内)，限制在 0 到 1
    """
    raise NotImplementedError
