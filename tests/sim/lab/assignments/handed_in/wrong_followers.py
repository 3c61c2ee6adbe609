"""The largest creators first: nobody new is seen."""

from agents.base import ScoreAgent
from sim.world.state import row_of


class Agent(ScoreAgent):
    def score(self, observation, ids):
        followers = observation.catalog.followers[row_of(ids, self.capacity)].float()
        return followers.expand(len(observation.viewer), -1)
