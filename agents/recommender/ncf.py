"""Neural collaborative filtering: GMF, MLP and NeuMF (He et al., WWW 2017), in two stages."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.featured import FeaturedAgent
from agents.nets import SmallLinear, against
from agents.ranges import Width
from sim.world.state import Catalog, Observation, row_of, rows_at

Halves = tuple[Tensor, Tensor]  # GMF's vectors, and what goes into the MLP


class TwoStages:
    """GMF's inner products retrieve; the whole network ranks. Its halves meet in an inner product
    and in a sum that goes on through the MLP, so each is computed once a viewer and once a video
    instead of once a pair. A part of whoever holds `net`, `capacity`, `device`."""

    net: Any
    capacity: int
    device: torch.device
    uses: ClassVar[tuple[str, ...]] = ("gmf", "mlp")

    def people(self, observation: Observation) -> Halves:
        """(awake, vector) and (awake, hidden)."""
        return self.net.viewers(observation.row)

    def videos(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Halves:
        raise TypeError(f"{type(self).__name__} must define videos(catalog, row)")

    def prepare(self, catalog: Catalog) -> None:
        self.items = self.videos(catalog, torch.arange(self.capacity, device=self.device))

    def coarse(self, observation: Observation, ids: Int[Tensor, " pool"]) -> Tensor:
        """GMF's inner products, (awake, pool)."""
        users, _ = self.people(observation)
        return against(users, self.items[0][row_of(ids, self.capacity)])

    def score(self, observation: Observation, ids: Tensor) -> Float[Tensor, "awake n"]:
        """Of (awake, n) candidates, or of (n,) that all share."""
        row = row_of(ids, self.capacity).expand(len(observation.row), -1)
        gmf, mlp = (rows_at(half, row) for half in self.items)
        return self.join(self.people(observation), (gmf, mlp))

    def join(self, users: Halves, items: Halves) -> Tensor:
        """Scores of pairs: users (n, ...), items (n, ...) or (n, k, ...)."""
        total = met(users[0], items[0])
        if "gmf" not in self.uses:
            total = torch.zeros_like(total)
        if "mlp" in self.uses:
            first = users[1][:, None] if items[1].dim() == 3 else users[1]
            total = total + self.net.deep(first + items[1])
        return total


def met(users: Float[Tensor, "n vector"], items: Tensor) -> Tensor:
    """Inner products with items (n, vector), or (n, k, vector)."""
    if items.dim() == 3:
        return torch.einsum("nv,nkv->nk", users, items)
    return (users * items).sum(-1)


class Towers(nn.Module):
    """GMF multiplies a viewer's and a video's vectors; MLP feeds them, side by side, to a network.

    The vectors are those of ids, and beside them a video's content x and what is expected of it
    from the viewer's history p: M p, with M learnt.
    """

    def __init__(self, viewers: int, videos: int, width: int, factors: int, hidden: int):
        super().__init__()
        self.viewer_embed = nn.Embedding(viewers, 2 * factors, sparse=True)
        self.video_embed = nn.Embedding(videos, 2 * factors + 1, sparse=True)
        self.gmf_out = nn.Parameter(torch.zeros(factors))
        self.taste = nn.Parameter(torch.eye(width))
        self.worth = nn.Parameter(torch.zeros(width, 1))
        self.first_viewer = nn.Linear(factors + width, hidden)
        self.first_video = nn.Linear(factors + width, hidden, bias=False)
        self.second = nn.Linear(hidden, hidden // 2)
        self.out = SmallLinear(hidden // 2, 1)

    def viewers(self, row: Int[Tensor, " n"], pooled: Tensor) -> Halves:
        """GMF's, weighted, then 1 for the bias, then M p; and the MLP's (n, hidden)."""
        gmf, mlp = self.viewer_embed(row).chunk(2, dim=1)
        gmf, taste = gmf * (1 + self.gmf_out), pooled @ self.taste
        own = torch.cat([gmf, torch.ones_like(gmf[:, :1]), taste], dim=1)
        return own, self.first_viewer(torch.cat([mlp, pooled], dim=1))

    def videos(self, row: Int[Tensor, " n"], x: Tensor) -> Halves:
        """The same of the videos, from ids and content."""
        vector, factors = self.video_embed(row), len(self.gmf_out)
        mlp, gmf = vector[..., :factors], vector[..., factors:]
        bias = gmf[:, -1:] + x @ self.worth
        own = torch.cat([gmf[:, :-1], bias, x], dim=1)
        return own, self.first_video(torch.cat([mlp, x], dim=1))

    def deep(self, first: Tensor) -> Tensor:
        """The rest of the MLP, from the sum of both halves; (...,)"""
        return self.out(F.relu(self.second(F.relu(first)))).squeeze(-1)


class NeuMF(TwoStages, FeaturedAgent):
    """What differs from He et al. (`ncf_ids` is as published): a video has its content beside its
    id, and a viewer what they made of content so far (agents/featured.py), both in GMF and in the
    MLP; negatives are what was shown and left, where theirs are drawn from what a user never met,
    and the loss is squared; and GMF has a second loss of its own, because its inner products
    retrieve the candidates that the whole network then ranks. From scratch, without their
    pre-training; tables by Adagrad with a rate per row, where theirs learn by Adam."""

    factors: Width = 8
    hidden: Width = 32

    def build(self, catalog: Catalog) -> nn.Module:
        width = self.content.width
        return Towers(self.viewers, catalog.capacity, width, self.factors, self.hidden)

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_embed.weight]

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def people(self, observation: Observation) -> Halves:
        return self.net.viewers(observation.row, self.pooled(observation.row))

    def videos(self, catalog: Catalog, row: Tensor) -> Halves:
        return self.net.videos(row, self.about(row))

    def prepare(self, catalog: Catalog) -> None:
        super().prepare(catalog)
        self.favour()

    def biases(self) -> Tensor:
        return self.items[0][:, self.factors]

    def halves(self, batch: dict[str, Tensor]) -> tuple[Halves, Halves]:
        row = row_of(batch["video"], self.capacity)
        users = self.net.viewers(batch["viewer"], batch["pooled"].float())
        return users, self.videos(self.catalog, row)

    def logits(self, batch: dict[str, Tensor]) -> Tensor:
        return self.join(*self.halves(batch))

    def usual(self, batch: dict[str, Tensor]) -> Tensor:
        """Of a viewer whose vectors and history are nought."""
        gmf, mlp = self.videos(self.catalog, row_of(batch["video"], self.capacity))
        nobody = torch.zeros_like(gmf[:1])
        nobody[:, self.factors] = 1.0
        return self.join((nobody, self.net.first_viewer.bias[None]), (gmf, mlp))

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive, (users, items) = self.alive(batch["video"]), self.halves(batch)
        retrieval = met(users[0], items[0])
        whole = retrieval if "gmf" in self.uses else torch.zeros_like(retrieval)
        if "mlp" in self.uses:
            whole = whole + self.net.deep(users[1] + items[1])
        loss = sum(self.misfit(logits, batch["label"]) for logits in (whole, retrieval))
        return (loss * alive).sum() / alive.sum().clamp(min=1)


class GMF(NeuMF):
    """Generalised matrix factorisation alone."""

    uses = ("gmf",)


class MLP(NeuMF):
    """The network alone ranks; GMF still retrieves."""

    uses = ("mlp",)
