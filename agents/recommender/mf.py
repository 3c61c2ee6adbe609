"""Matrix factorisation, R = U I^T: the seed formula (Koren et al., 2009), pointwise or by pairs."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.learned import LearnedAgent
from agents.ranges import Few, Width
from sim.world.state import Catalog, Log, Observation, row_of, rows_at


class Factors(nn.Module):
    """score(viewer, video) = <u_viewer, i_video> + bias_video, with i = own vector + its tag's.

    The tag beside the id is what lets a new video be ranked before anyone has seen it.
    """

    def __init__(self, viewers: int, videos: int, topics: int, factors: int):
        super().__init__()
        self.viewer_embed = nn.Embedding(viewers, factors + 1, sparse=True)
        self.video_embed = nn.Embedding(videos, factors + 1, sparse=True)
        self.topic_embed = nn.Embedding(topics, factors + 1, sparse=True)

    def users(self, viewer: Int[Tensor, " n"]) -> Float[Tensor, "n factors1"]:
        """Viewer vectors, the last place 1 to pick up the video's bias."""
        vector = self.viewer_embed(viewer)
        return torch.cat([vector[:, :-1], torch.ones_like(vector[:, :1])], dim=1)

    def items(self, video: Tensor, topic: Tensor, topic2: Tensor) -> Tensor:
        tags = (self.topic_embed(topic) + self.topic_embed(topic2)) / 2
        return self.video_embed(video) + tags


class MF(LearnedAgent):
    """Pointwise: logistic loss on long views (Rendle et al., 2020, for why MF is hard to beat)."""

    factors: Width = 8
    most_updates = 12  # in large worlds wider batches, not more of them: as good, and faster
    temperature = 0.15
    topics: Width = 64  # more than any platform's list

    def build(self, catalog: Catalog) -> nn.Module:
        return Factors(self.viewers, catalog.capacity, self.topics, self.factors)

    def video_tables(self) -> list[Tensor]:
        return [self.net.video_embed.weight]

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def user_vectors(self, observation: Observation) -> Tensor:
        """(awake, factors + 1); the inner product with an item's vector is the score."""
        return self.net.users(observation.row)

    def item_vectors(self, catalog: Catalog, row: Tensor) -> Tensor:
        return self.net.items(row, rows_at(catalog.topic, row), rows_at(catalog.topic2, row))

    def logits(self, viewer: Tensor, video: Tensor) -> Tensor:
        items = self.item_vectors(self.catalog, row_of(video, self.capacity))
        return (self.net.users(viewer) * items).sum(1)

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"])
        logits = self.logits(batch["viewer"], batch["video"])
        loss = self.misfit(logits, batch["label"])
        return (loss * alive).sum() / alive.sum().clamp(min=1)

    def descend(self, batch: dict[str, Tensor]) -> Tensor:
        """The same step with its gradient written out, in half the time. A subclass with a formula
        or a loss of its own has it derived by torch, as ever."""
        own = ("build", "item_vectors", "logits", "loss", "alive")
        if any(getattr(type(self), name) is not getattr(MF, name) for name in own):
            return super().descend(batch)
        return self._descend(batch["viewer"], batch["video"], batch["label"])

    @torch.no_grad()
    def _descend(self, viewer: Tensor, video: Tensor, label: Tensor) -> Tensor:
        """Of the logistic loss by a score the gradient is the error, sigmoid(score) - label; the
        score is linear in each of its vectors, so theirs is the error times what they met."""
        catalog, row = self.catalog, row_of(video, self.capacity)
        user, item = self.net.users(viewer), self.item_vectors(catalog, row)
        logits = (user * item).sum(1)
        alive = self.alive(video)
        share = alive / alive.sum().clamp(min=1)
        error = (share * (self.expected(logits) - label))[:, None]
        item[:, -1] = 0.0  # the bias met a constant, not the viewer
        self.optimizer.step_rows("viewer_embed.weight", viewer, error * item)
        row, grad = self.optimizer.step_rows("video_embed.weight", row, error * user)
        topic = torch.cat([rows_at(catalog.topic, row), rows_at(catalog.topic2, row)])
        self.optimizer.step_rows("topic_embed.weight", topic, (grad / 2).repeat(2, 1))
        loss = self.misfit(logits, label)
        return (share * loss).sum()


class BPR(MF):
    """By pairs: what one viewer watched long outranks what the same viewer did not (Rendle et al.,
    UAI 2009). Negatives are videos shown and skipped, not videos never shown. Where labels are
    rewards, a pair counts for as much as they differ: then of two videos the one that is worth more
    on average outranks, not the one that is worth more oftener."""

    tries: Few = 4  # impressions that each is held against

    def columns(self, log: Log) -> dict[str, Tensor]:
        """Pairs of a better and a worse impression of the same viewer, from the same log."""
        columns = super().columns(log)
        order = torch.argsort(columns["viewer"], stable=True)
        viewer, video, label = (columns[k][order] for k in ("viewer", "video", "label"))
        place = torch.arange(len(viewer), device=video.device)
        made = []
        for shift in range(1, 1 + self.tries):
            other = (place + shift).clamp(max=len(viewer) - 1)
            fits = (viewer == viewer[other]) & (label != label[other])
            more = (label - label[other])[fits]
            one, two = video[fits], video[other[fits]]
            better, worse = one.where(more > 0, two), two.where(more > 0, one)
            made.append((viewer[fits], better, worse, more.abs()))
        names = ("viewer", "video", "other", "weight")
        return {
            k: torch.cat(parts) for k, parts in zip(names, zip(*made, strict=True), strict=True)
        }

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"]) * self.alive(batch["other"])
        margin = self.logits(batch["viewer"], batch["video"]) - self.logits(
            batch["viewer"], batch["other"]
        )
        loss = -F.logsigmoid(margin) * batch["weight"]
        return (loss * alive).sum() / alive.sum().clamp(min=1)
