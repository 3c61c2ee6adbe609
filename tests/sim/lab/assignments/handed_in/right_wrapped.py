"""An agent of the package, wrapped: a posterior for every viewer, and a push for small creators."""

from agents.recommender.bayes import Bayes
from sim.world.state import row_of


class Agent(Bayes):
    def score(self, observation, ids):
        found = super().score(observation, ids)
        followers = observation.catalog.followers[row_of(ids, self.capacity)]
        return found + 0.02 * (followers < 10)
