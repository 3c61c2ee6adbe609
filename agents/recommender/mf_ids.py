"""Matrix factorisation as published: ids alone (Koren et al., 2009)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.learned import LearnedAgent
from agents.ranges import Width
from sim.world.state import Catalog, Observation, row_of


class IdFactors(nn.Module):
    """score(viewer, video) = mean + bias_video + <u_viewer, i_video>."""

    def __init__(self, viewers: int, videos: int, factors: int):
        super().__init__()
        self.viewer_embed = nn.Embedding(viewers, factors, sparse=True)
        self.video_embed = nn.Embedding(videos, factors + 1, sparse=True)
        self.mean = nn.Parameter(torch.zeros(1))

    def users(self, viewer: Int[Tensor, " n"]) -> Float[Tensor, "n factors1"]:
        """Viewer vectors, with a 1 last to pick up the video's bias."""
        vector = self.viewer_embed(viewer)
        return torch.cat([vector, torch.ones_like(vector[:, :1])], dim=1)

    def items(self, video: Int[Tensor, " n"]) -> Float[Tensor, "n factors1"]:
        own = self.video_embed(video)
        return torch.cat([own[:, :-1], own[:, -1:] + self.mean], dim=1)


class MFIds(LearnedAgent):
    """Koren, Bell and Volinsky (2009), with the logistic loss of Rendle et al. (2020) on long views
    that were shown. What differs: viewers have no biases, which move nothing in a ranking of their
    own; stochastic steps go on as days pass, with a rate per row; and a video that nobody has met
    starts from the mean. Ids of videos that live a week teach little about people: see `mf`."""

    factors: Width = 8
    most_updates = 12
    dense_rate = 0.02  # of the mean
    temperature = 0.15

    def build(self, catalog: Catalog) -> nn.Module:
        return IdFactors(self.viewers, catalog.capacity, self.factors)

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_embed.weight]

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def user_vectors(self, observation: Observation) -> Tensor:
        """(awake, factors + 1); the inner product with an item's vector is the score."""
        return self.net.users(observation.row)

    def item_vectors(self, catalog: Catalog, row: Tensor) -> Tensor:
        return self.net.items(row)

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"])
        items = self.net.items(row_of(batch["video"], self.capacity))
        loss = self.misfit((self.net.users(batch["viewer"]) * items).sum(1), batch["label"])
        return (loss * alive).sum() / alive.sum().clamp(min=1)
