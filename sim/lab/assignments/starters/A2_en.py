"""Assignment A2: build a recommender. Hand in this one file.

Every page, `score` says how much each viewer would like each video that is offered; the best that
the viewer has not seen are shown. What you may know is in the observation:

    observation.viewer      who is awake: permanent ids, (awake,)
    observation.profile     age band, region, newness, (awake, 13)
    observation.history     the last videos each watched, newest last; 0 is none, (awake, recent)
    observation.catalog     all videos: topic, duration, age, feature, counts, ..., (videos,) each

Marks are for watch time and satisfaction above random, above popular and above a reference mf; for
newcomers who still get seen; and for holding the contract (agents/base.py).

    python -m sim.check A2 agent.py
"""

from agents.base import ScoreAgent
from sim.world.state import COUNTS, row_of


class Agent(ScoreAgent):
    def score(self, observation, ids):
        """A number for each id: ids are (n,), or (awake, n) with each viewer's own."""
        counts = observation.catalog.counts[row_of(ids, self.capacity)].float()
        views = counts[..., COUNTS.index("views")]
        long_views = counts[..., COUNTS.index("long_views")]
        return long_views / (views + 1)  # what most watched long: the same for everybody

    def learn(self, log):
        """Once a page: who watched what for how long. Keep what will help `score`."""
        return {}
