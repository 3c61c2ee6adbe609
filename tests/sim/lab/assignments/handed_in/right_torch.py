"""A model in PyTorch that learns what holds and what is liked: a viewer's vector times content, by
gradient descent."""

import torch

from agents.base import ScoreAgent
from sim.world.state import COUNTS, row_of

VIEWS, LONG, LIKES = (COUNTS.index(name) for name in ("views", "long_views", "likes"))


class Taste(torch.nn.Module):
    def __init__(self, viewers, width):
        super().__init__()
        self.own = torch.nn.Parameter(torch.zeros(viewers, width))
        self.level = torch.nn.Parameter(torch.zeros(viewers))

    def forward(self, who, content):
        return self.level[who] + (self.own[who] * content).sum(1)


class Agent(ScoreAgent):
    def reset(self, catalog, *, viewers, seed, device):
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.model = Taste(viewers, catalog.feature.shape[1])
        self.descent = torch.optim.SGD(self.model.parameters(), lr=0.001)

    def on_viewers(self, reborn):
        with torch.no_grad():
            self.model.own[reborn], self.model.level[reborn] = 0, 0

    def usual(self, catalog):
        counts = catalog.counts.float()
        return (counts[:, LONG] + 2 * counts[:, LIKES] + 6) / (counts[:, VIEWS] + 20)

    def learn(self, log):
        if not len(log):
            return {}
        row, who = row_of(log.video, self.capacity), row_of(log.viewer, self.viewers)
        content, usual = log.catalog.feature[row], self.usual(log.catalog)[row]
        held = (log.watch >= log.duration.clamp(max=18)) + 2.0 * log.did("like")
        loss = (self.model(who, content) + usual - held).square().sum() / 2
        self.descent.zero_grad()
        loss.backward()
        self.descent.step()
        return {"loss": loss.detach() / len(log)}

    def score(self, observation, ids):
        every = self.model.own[observation.row] @ observation.catalog.feature.T
        every = every + self.usual(observation.catalog)
        row = row_of(ids, self.capacity)
        return every[:, row] if row.dim() == 1 else every.gather(1, row)

    def state_dict(self):
        own = {name: part.detach().clone() for name, part in self.model.state_dict().items()}
        return {**super().state_dict(), "model": own}

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.model.load_state_dict(state["model"])
