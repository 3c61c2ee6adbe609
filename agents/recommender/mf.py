"""Matrix factorisation, R = U I^T: the seed formula (Koren et al., 2009), pointwise or by pairs."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.featured import FeaturedAgent
from agents.nets import against, pairs
from agents.ranges import Few, Width
from sim.world.state import Catalog, Log, Observation, row_of, rows_at


class Factors(nn.Module):
    """score(viewer, video) = <u_viewer, i_video> + bias_video + <M p_viewer, x_video>.

    p is what the viewer made of content so far and x the video's content; M starts from the one and
    learns how much is to be believed, and what goes with what. bias is the video's own and its
    content's, so a new video is ranked before anyone has seen it.
    """

    def __init__(self, viewers: int, videos: int, width: int, factors: int):
        super().__init__()
        self.viewer_embed = nn.Embedding(viewers, factors, sparse=True)
        self.video_embed = nn.Embedding(videos, factors + 1, sparse=True)
        self.taste = nn.Parameter(torch.eye(width))
        self.worth = nn.Parameter(torch.zeros(width, 1))

    def users(self, viewer: Int[Tensor, " n"], pooled: Tensor) -> Float[Tensor, "n vector"]:
        """Own vector, 1 to pick up the video's bias, and what is expected of content."""
        own = self.viewer_embed(viewer)
        return torch.cat([own, torch.ones_like(own[:, :1]), pooled @ self.taste], dim=1)

    def items(self, video: Int[Tensor, " n"], x: Tensor) -> Float[Tensor, "n vector"]:
        own = self.video_embed(video)
        return torch.cat([own[:, :-1], own[:, -1:] + x @ self.worth, x], dim=1)


class MF(FeaturedAgent):
    """Pointwise (Rendle et al., 2020, for why MF is hard to beat). What differs from Koren et al.:
    a viewer is an own vector and what they made of content, as in their SVD++ (KDD 2008) a user is
    an own vector and those of what was rated; videos have content beside ids, as in Chen et al.
    (SVDFeature, JMLR 2012); rows learn at rates of their own. `mf_ids` has ids alone."""

    factors: Width = 8
    most_updates = 12  # in large worlds wider batches, not more of them: as good, and faster
    passes = 1.0
    batch = 2048
    temperature = 0.15
    written: Tensor | None = None  # the content that stands in `items`

    def build(self, catalog: Catalog) -> nn.Module:
        return Factors(self.viewers, catalog.capacity, self.content.width, self.factors)

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_embed.weight]

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def user_vectors(self, observation: Observation) -> Tensor:
        """(awake, vector); the inner product with an item's vector is the score."""
        return self.net.users(observation.row, self.pooled(observation.row))

    def item_vectors(self, catalog: Catalog, row: Tensor) -> Tensor:
        return self.net.items(row, self.about(row))

    def biases(self) -> Tensor:
        return self.items[:, self.factors]

    def prepare(self, catalog: Catalog) -> None:
        """The vectors of all videos; and beside them, in one row, what candidates are ranked by:
        a video's own vector, its bias and its components. Content is written once a day."""
        own, width = self.factors + 1, self.content.components
        self.pool_items: tuple[Tensor, Tensor] | None = None
        if self._changed("item_vectors"):
            super().prepare(catalog)
            self.looks = torch.cat([self.items[:, :own], self.items[:, -width:]], dim=1)
            return
        x = self.all_about()
        if self.written is not x:
            self.written, blank = x, x.new_zeros(len(x), own)
            self.items = torch.cat([blank, x], dim=1)
            self.looks = torch.cat([blank, x[:, -width:]], dim=1)
        self.bias, self.bias_at = self._bias(x), self.optimizer.steps
        self.items[:, : self.factors] = self.net.video_embed.weight[:, :-1]
        self.items[:, self.factors] = self.bias
        self.favour()
        self.looks[:, :own] = self.items[:, :own]

    def _bias(self, x: Tensor) -> Float[Tensor, " videos"]:
        """A video's own and its content's."""
        return self.net.video_embed.weight[:, -1] + (x @ self.net.worth)[:, 0]

    def _changed(self, *names: str) -> bool:
        """A subclass has one of these of its own."""
        return any(getattr(type(self), name) is not getattr(MF, name) for name in names)

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        """As the vectors have it; of candidates without their noughts. A pool's are gathered once
        for all who are searched for."""
        if ids.dim() == 1:
            if self.pool_items is None or self.pool_items[0] is not ids:
                self.pool_items = ids, rows_at(self.items, row_of(ids, self.capacity))
            return against(self.user_vectors(observation), self.pool_items[1])
        row, own = row_of(ids, self.capacity), self.factors + 1
        users, style = self.user_vectors(observation), self.content.components
        known = torch.cat([users[:, :own], users[:, -style:]], dim=1)
        return pairs(known, self.looks, row) + self.of_tags(users[:, own:-style], row)

    def logits(self, batch: dict[str, Tensor]) -> Tensor:
        items = self.item_vectors(self.catalog, row_of(batch["video"], self.capacity))
        return (self.net.users(batch["viewer"], batch["pooled"].float()) * items).sum(1)

    def usual(self, batch: dict[str, Tensor]) -> Tensor:
        """What all make of the videos: their biases."""
        row = row_of(batch["video"], self.capacity)
        if self.x is not None and self.written is self.x and self.bias_at == self.optimizer.steps:
            return self.bias.index_select(0, row)  # as they were before the page
        own = self.net.video_embed.weight[:, -1].index_select(0, row)
        return own + (self.about(row) @ self.net.worth)[:, 0]

    def descend(self, batch: dict[str, Tensor]) -> Tensor:
        """The same step with its gradient written out, in half the time. A subclass with a formula
        or a loss of its own has it derived by torch, as ever."""
        if self._changed("build", "item_vectors", "logits", "loss", "alive"):
            return super().descend(batch)
        return self._descend(batch["viewer"], batch["video"], batch["pooled"], batch["label"])

    @torch.no_grad()
    def _descend(self, viewer: Tensor, video: Tensor, pooled: Tensor, label: Tensor) -> Tensor:
        """Of the squared loss by a score the gradient is the error, score - label; the score is
        linear in each of its vectors, so theirs is the error times what they met."""
        row, pooled, f = row_of(video, self.capacity), pooled.float(), self.factors
        x, net = self.about(row), self.net
        user = net.viewer_embed.weight.index_select(0, viewer)
        item = net.video_embed.weight.index_select(0, row)
        wanted = torch.addmm(net.worth.T, pooled, net.taste)
        logits = (user * item[:, :f]).sum(1) + item[:, f] + wanted.mul_(x).sum(1)
        alive = self.alive(video)
        share = alive / alive.sum().clamp(min=1)
        error = (share * (self.expected(logits) - label))[:, None]
        told = x.mul_(error)
        self.optimizer.steps += 1
        self.optimizer.step_rows("viewer_embed.weight", viewer, error * item[:, :f])
        self.optimizer.step_rows("video_embed.weight", row, torch.cat([error * user, error], 1))
        self.optimizer.step_dense("taste", pooled.T @ told)
        self.optimizer.step_dense("worth", told.sum(0)[:, None])
        return (share * self.misfit(logits, label)).sum()


class BPR(MF):
    """By pairs: what one viewer was held by more outranks what held the same viewer less (Rendle et
    al., UAI 2009). Negatives are videos shown and left, not videos never shown. A pair counts for
    as much as its labels differ: of two videos the one that is worth more on average outranks, not
    the one that is worth more oftener."""

    tries: Few = 4  # impressions that each is held against

    def columns(self, log: Log) -> dict[str, Tensor]:
        """Pairs of a better and a worse impression of the same viewer, from the same log."""
        columns = super().columns(log)
        order = torch.argsort(columns["viewer"], stable=True)
        viewer, video, pooled, label = (
            columns[k][order] for k in ("viewer", "video", "pooled", "label")
        )
        place = torch.arange(len(viewer), device=video.device)
        made = []
        for shift in range(1, 1 + self.tries):
            other = (place + shift).clamp(max=len(viewer) - 1)
            fits = (viewer == viewer[other]) & (label != label[other])
            more = (label - label[other])[fits]
            one, two = video[fits], video[other[fits]]
            better, worse = one.where(more > 0, two), two.where(more > 0, one)
            made.append((viewer[fits], better, worse, pooled[fits], more.abs()))
        names = ("viewer", "video", "other", "pooled", "weight")
        return {
            k: torch.cat(parts) for k, parts in zip(names, zip(*made, strict=True), strict=True)
        }

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"]) * self.alive(batch["other"])
        margin = self.logits(batch) - self.logits({**batch, "video": batch["other"]})
        loss = -F.logsigmoid(margin) * batch["weight"]
        return (loss * alive).sum() / alive.sum().clamp(min=1)
