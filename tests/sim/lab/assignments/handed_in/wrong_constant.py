"""The same score for everything: a random feed."""

import torch

from agents.base import ScoreAgent


class Agent(ScoreAgent):
    def score(self, observation, ids):
        return torch.full((len(observation.viewer), ids.shape[-1]), 0.42)
