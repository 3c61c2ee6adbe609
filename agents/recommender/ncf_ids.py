"""Neural collaborative filtering as published: ids alone, log loss, negatives that are drawn."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Int
from torch import Tensor, nn

from agents.learned import LearnedAgent
from agents.nets import SmallLinear
from agents.ranges import Few, Width
from agents.recommender.ncf import TwoStages
from sim.world.rng import streams
from sim.world.state import Catalog, Log, row_of

(NEGATIVE,) = streams("ncf_ids", "negative")


class IdTowers(nn.Module):
    """NeuMF of He et al. (2017) with f predictive factors: GMF on vectors of f, MLP of layers
    4f -> 2f -> f on vectors of 2f side by side, and one layer on both ends side by side.

    The first layer is linear in the two halves, so each goes through it once per viewer and once
    per video; it is the same network.
    """

    def __init__(self, viewers: int, videos: int, factors: int):
        super().__init__()
        self.viewer_table = nn.Embedding(viewers, 3 * factors, sparse=True)
        self.video_table = nn.Embedding(videos, 3 * factors, sparse=True)
        self.first_viewer = nn.Linear(2 * factors, 2 * factors)
        self.first_video = nn.Linear(2 * factors, 2 * factors, bias=False)
        self.second = nn.Linear(2 * factors, factors)
        self.out = SmallLinear(factors, 1)
        self.gmf_out = nn.Parameter(torch.ones(factors))
        self.factors = factors

    def viewers(self, row: Int[Tensor, " n"]) -> tuple[Tensor, Tensor]:
        """GMF's (n, f), weighted as the last layer does; and the MLP's first, (n, 2f)."""
        vector = self.viewer_table(row)
        gmf, mlp = vector[..., : self.factors], vector[..., self.factors :]
        return gmf * self.gmf_out, self.first_viewer(mlp)

    def videos(self, row: Tensor) -> tuple[Tensor, Tensor]:
        vector = self.video_table(row)
        return vector[..., : self.factors], self.first_video(vector[..., self.factors :])

    def deep(self, first: Tensor) -> Tensor:
        """The rest of the MLP, from the sum of both halves; (...,)"""
        return self.out(F.relu(self.second(F.relu(first)))).squeeze(-1)


class NeuMFIds(TwoStages, LearnedAgent):
    """NeuMF of He et al. (WWW 2017): nothing but ids, one log loss, and for every interaction four
    videos drawn evenly, anew in every batch, from those that the viewer has not interacted with.

    An interaction is a long view (theirs: a rating, whatever its stars); under another objective,
    an impression that pays more than usual, and how much more is not told. Interactions are known
    as far back as the replay goes. What the platform asks and the paper does not: GMF's part alone
    retrieves the candidates that the whole network ranks, and a video that nobody has met starts
    from nought. From scratch, without their pre-training; tables learn by rows, as all here do.
    """

    factors: Width = 8
    negatives: Few = 4  # an interaction

    def build(self, catalog: Catalog) -> nn.Module:
        return IdTowers(self.viewers, catalog.capacity, self.factors)

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_table.weight]

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_table.weight]

    def videos(self, catalog: Catalog, row: Tensor) -> tuple[Tensor, Tensor]:
        return self.net.videos(row)

    def columns(self, log: Log) -> dict[str, Tensor]:
        """Interactions alone."""
        columns = super().columns(log)
        met = columns.pop("label") > (0.5 if self.objective is None else 0.0)
        return {name: column[met] for name, column in columns.items()}

    def train(self, newest: int) -> float:
        if self.replay.filled:
            kept = {name: x[: self.replay.filled] for name, x in self.replay.columns.items()}
            self.known = _pair(kept["viewer"], kept["video"]).sort().values
        return super().train(newest)

    def met(self, viewer: Int[Tensor, " n"], video: Int[Tensor, " n"]) -> Bool[Tensor, " n"]:
        """Whether the viewer at each row has interacted with the video."""
        pair = _pair(viewer, video)
        at = torch.searchsorted(self.known, pair).clamp(max=len(self.known) - 1)
        return self.known[at] == pair

    def drawn(self, viewer: Int[Tensor, " n"]) -> tuple[Tensor, Tensor]:
        """Negatives for the interactions of a batch: whose, and of which video."""
        live = self.catalog.id[self.catalog.eligible]
        who = viewer.repeat_interleave(self.negatives if len(live) else 0)
        luck = self.key.fold(NEGATIVE).fold(self.optimizer.steps)
        place = luck.integer(torch.arange(len(who), device=who.device), max(1, len(live)))
        return who, live[place] if len(live) else who

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        who, other = self.drawn(batch["viewer"])
        viewer = torch.cat([batch["viewer"], who])
        video = torch.cat([batch["video"], other])
        label = torch.zeros_like(video, dtype=torch.float32)
        label[: len(batch["video"])] = 1.0
        weight = torch.cat([self.alive(batch["video"]), (~self.met(who, other)).float()])
        users = self.net.viewers(viewer)
        logits = self.join(users, self.net.videos(row_of(video, self.capacity)))
        loss = F.binary_cross_entropy_with_logits(logits, label, reduction="none")
        return (loss * weight).sum() / weight.sum().clamp(min=1)


def _pair(viewer: Tensor, video: Tensor) -> Tensor:
    return viewer * (1 << 32) + video
