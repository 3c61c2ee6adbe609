"""Neural collaborative filtering: GMF, MLP and NeuMF (He et al., WWW 2017), in two stages."""

from typing import ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.learned import LearnedAgent
from agents.nets import SmallLinear, against
from agents.ranges import Width
from sim.world.state import Catalog, Observation, row_of, rows_at


class Towers(nn.Module):
    """GMF multiplies a viewer's and a video's vectors; MLP feeds them, side by side, to a network.

    The first layer of the MLP is linear in the two halves, so each half goes through it once per
    viewer and once per video instead of once per pair.
    """

    def __init__(self, viewers: int, videos: int, topics: int, factors: int, hidden: int):
        super().__init__()
        self.viewer_embed = nn.Embedding(viewers, 2 * factors, sparse=True)
        self.video_embed = nn.Embedding(videos, 2 * factors + 1, sparse=True)
        self.topic_embed = nn.Embedding(topics, 2 * factors + 1, sparse=True)
        self.gmf_out = nn.Parameter(torch.zeros(factors))
        self.first_viewer = nn.Linear(factors, hidden)
        self.first_video = nn.Linear(factors, hidden, bias=False)
        self.second = nn.Linear(hidden, hidden // 2)
        self.out = SmallLinear(hidden // 2, 1)

    def viewers(self, row: Int[Tensor, " n"]) -> tuple[Tensor, Tensor]:
        """GMF's (n, factors + 1), weighted, 1 last for the bias; and the MLP's (n, hidden)."""
        gmf, mlp = self.viewer_embed(row).chunk(2, dim=1)
        gmf = gmf * (1 + self.gmf_out)
        return torch.cat([gmf, torch.ones_like(gmf[:, :1])], dim=1), self.first_viewer(mlp)

    def videos(self, row: Tensor, topic: Tensor, topic2: Tensor) -> tuple[Tensor, Tensor]:
        """The same of the videos, each its own vector and its tags'."""
        tags = (self.topic_embed(topic) + self.topic_embed(topic2)) / 2
        vector = self.video_embed(row) + tags
        factors = len(self.gmf_out)
        mlp, gmf = vector[..., :factors], vector[..., factors:]
        return gmf, self.first_video(mlp)

    def deep(self, first: Tensor) -> Tensor:
        """The rest of the MLP, from the sum of both halves; (...,)"""
        return self.out(F.relu(self.second(F.relu(first)))).squeeze(-1)


class NeuMF(LearnedAgent):
    """What differs from He et al. (`ncf_ids` is as published): each video has its tags' vectors
    beside its own, and a bias; negatives are what was shown and not watched long, where theirs are
    drawn from what a user never met; and GMF has a second loss of its own, because its inner
    products retrieve the candidates that the whole network then ranks. From scratch, without their
    pre-training; tables by Adagrad with a rate per row, where theirs learn by Adam."""

    factors: Width = 8
    hidden: Width = 32
    topics: Width = 64  # more than any platform's list
    uses: ClassVar[tuple[str, ...]] = ("gmf", "mlp")

    def build(self, catalog: Catalog) -> nn.Module:
        return Towers(self.viewers, catalog.capacity, self.topics, self.factors, self.hidden)

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_embed.weight]

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def videos(self, catalog: Catalog, row: Tensor) -> tuple[Tensor, Tensor]:
        return self.net.videos(row, catalog.topic[row], catalog.topic2[row])

    def prepare(self, catalog: Catalog) -> None:
        self.items = self.videos(catalog, torch.arange(self.capacity, device=self.device))

    def coarse(self, observation: Observation, ids: Int[Tensor, " pool"]) -> Tensor:
        """GMF's inner products, (awake, pool)."""
        users, _ = self.net.viewers(observation.row)
        return against(users, self.items[0][row_of(ids, self.capacity)])

    def score(
        self, observation: Observation, ids: Int[Tensor, "awake n"]
    ) -> Float[Tensor, "awake n"]:
        row = (ids if ids.dim() == 2 else ids.expand(len(observation.row), -1)) - 1
        gmf, mlp = (rows_at(half, row % self.capacity) for half in self.items)
        return self.join(self.net.viewers(observation.row), (gmf, mlp))

    def join(self, users: tuple[Tensor, Tensor], items: tuple[Tensor, Tensor]) -> Tensor:
        """Logits of pairs: users (n, ...), items (n, ...) or (n, k, ...)."""
        if items[0].dim() == 3:
            users = (users[0][:, None], users[1][:, None])
        total = torch.zeros((), device=items[0].device)
        if "gmf" in self.uses:
            total = total + (users[0] * items[0]).sum(-1)
        if "mlp" in self.uses:
            total = total + self.net.deep(users[1] + items[1])
        return total

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        row, alive = row_of(batch["video"], self.capacity), self.alive(batch["video"])
        users, items = self.net.viewers(batch["viewer"]), self.videos(self.catalog, row)
        whole, retrieval = self.join(users, items), (users[0] * items[0]).sum(-1)
        loss = sum(self.misfit(logits, batch["label"]) for logits in (whole, retrieval))
        return (loss * alive).sum() / alive.sum().clamp(min=1)


class GMF(NeuMF):
    """Generalised matrix factorisation alone."""

    uses = ("gmf",)


class MLP(NeuMF):
    """The network alone ranks; GMF still retrieves."""

    uses = ("mlp",)
