"""作业 A2：构建推荐算法。只需提交这一个文件。

每一页，`score` 给出每位观众对每个候选视频的喜欢程度；观众没看过的里面分数最高的会被展示。
你能知道的都在 observation 里：

    observation.viewer      此刻在线的观众：永久编号，(awake,)
    observation.profile     年龄段、地区、新旧程度，(awake, 13)
    observation.history     每人最近看过的视频，最新的在最后；0 表示没有，(awake, recent)
    observation.catalog     所有视频：话题、时长、天数、特征、计数等，各为 (videos,)

得分看观看时长和满意度是否高于 random、高于 popular、高于参考 mf；看新人是否仍有曝光；
以及是否遵守接口约定（agents/base.py）。

    python -m sim.check A2 agent.py
"""

from agents.base import ScoreAgent
from sim.world.state import COUNTS, row_of


class Agent(ScoreAgent):
    def score(self, observation, ids):
        """每个 id 一个分数：ids 为 (n,)，或每位观众各自的 (awake, n)。"""
        counts = observation.catalog.counts[row_of(ids, self.capacity)].float()
        views = counts[..., COUNTS.index("views")]
        long_views = counts[..., COUNTS.index("long_views")]
        return long_views / (views + 1)  # 多数人看得久的：对谁都一样

    def learn(self, log):
        """每页一次：谁看了什么、看了多久。留下对 `score` 有用的东西。"""
        return {}
