"""Learned agents that read what a viewer watched in its order, page by page."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from agents.asked import added
from agents.featured import FeaturedAgent
from agents.ranges import Few, Weight
from agents.told import answers, bins
from sim.world.state import Catalog, Log, Observation, Slate, row_of, rows_at

Batch = dict[str, Tensor]


class Videos(nn.Module):
    """A video is its content x and a bias, its own and its content's. What a viewer made of content
    so far, p, is believed as far as M p says."""

    def __init__(self, videos: int, width: int):
        super().__init__()
        self.video_embed = nn.Embedding(videos, 1, sparse=True)
        self.worth = nn.Parameter(torch.zeros(width, 1))
        self.taste = nn.Parameter(torch.eye(width))

    def items(self, row: Tensor, x: Tensor) -> Float[Tensor, "*n vector"]:
        """The bias, and x."""
        return torch.cat([self.video_embed(row) + x @ self.worth, x], dim=-1)


def read(x: Float[Tensor, "*n width"], label: Float[Tensor, "*n"]) -> Float[Tensor, "*n read"]:
    """What a network reads of a video that was watched: what it is, how it was taken, and both."""
    return torch.cat([x, label[..., None], label[..., None] * x], dim=-1)


class SequenceAgent(FeaturedAgent):
    """A network reads a viewer's videos with how long each was watched, and says at each what the
    viewer wants of the next: a vector in the space of content, which meets the next video's content
    in an inner product. Two losses: watch-aware, the squared error of the next video's label; and
    next-item, the cross-entropy of the next video among those of the batch, where it held the
    viewer more than was expected. These are drawn as often as they were shown, so what is learnt is
    who wants a video more than others do, and not how often it is shown. What is wanted for good is
    M p, as in `mf`: so the network has to tell only what the order of videos tells beside it.

    The replay holds pages: what was watched of one, and what stood before it (`before`).
    """

    steps: Few = 12  # videos of a page that are read; slates of today's worlds are shorter
    next_item: Weight = 0.1  # of the cross-entropy beside the squared error
    others: Few = 128  # videos that it is taken over
    learning_rate = 0.05
    dense_rate = 0.003
    replay_size = 20_000  # pages
    batch = 384  # pages
    widest = 2048
    most_updates = 6

    def before(self, row: Int[Tensor, " n"]) -> Batch:
        """What is held of the viewers at `row`, by name."""
        raise TypeError(f"{type(self).__name__} must define before(row)")

    def wanted(self, batch: Batch, x: Tensor, label: Tensor) -> Float[Tensor, "n steps width"]:
        """What else is wanted of each video of a page, from what was watched before it."""
        raise TypeError(f"{type(self).__name__} must define wanted(batch, x, label)")

    def wants(self, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        """What else the viewers at `row` want now."""
        raise TypeError(f"{type(self).__name__} must define wants(row)")

    def take_in(self, row: Int[Tensor, " n"], batch: Batch) -> None:
        """Pages are over: what is held of their viewers moves on."""
        raise TypeError(f"{type(self).__name__} must define take_in(row, batch)")

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.now = torch.zeros_like(self.past)  # what was wanted when a page was asked for

    def video_tables(self) -> list[Tensor]:
        return [self.net.videos.video_embed.weight]

    @torch.no_grad()
    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.meet(observation)
        lasting = self.pooled(observation.row) @ self.net.videos.taste
        self.now[observation.row] = lasting + self.wants(observation.row)
        return super().act(observation, slots, explore=explore, **truth)

    def user_vectors(self, observation: Observation) -> Tensor:
        want = rows_at(self.now, observation.row)
        return torch.cat([torch.ones_like(want[:, :1]), want], dim=1)

    def item_vectors(self, catalog: Catalog, row: Tensor) -> Tensor:
        return self.net.videos.items(row, self.about(row))

    def biases(self) -> Tensor:
        return self.items[:, 0]

    @torch.no_grad()
    def columns(self, log: Log) -> Batch:
        """Pages: videos (id 0 = none) and labels, and what stood before them."""
        self.content.fixed = True
        rows = row_of(log.viewer, self.viewers)
        who, place, fits = self._pages(rows)
        video = log.video.new_zeros(len(who) * self.steps).index_copy(0, place, log.video[fits])
        page = {"viewer": who, "video": video.view(len(who), -1), **self.before(who)}
        page["pooled"] = self.pooled(who).half()
        item = self.item_vectors(self.catalog, row_of(log.video[fits], self.capacity))
        usual = item[:, 0]
        expected = usual + (rows_at(self.now, rows[fits]) * item[:, 1:]).sum(1)
        if self.objective is None:
            self.told.add(answers(log)[fits], bins(log.duration)[fits], expected)
            self.told.learn()
        else:
            asked = log.survey[fits] > 0
            more = added(self.objective, log)[fits]
            self.heard.add(item[:, 1:][asked], expected[asked], more[asked])
        label = self.label(log)[fits]
        page["label"] = label.new_zeros(len(video)).index_copy(0, place, label).view(len(who), -1)
        self.take_in(who, page)
        self._remember(rows[fits], log.video[fits], label - usual)
        return page

    def _pages(self, row: Int[Tensor, " n"]) -> tuple[Tensor, Tensor, Tensor]:
        """Whose pages there are; and of the impressions read, places in (pages, steps), and which
        they are of the log."""
        who, group, count = torch.unique(row, return_inverse=True, return_counts=True)
        order = torch.argsort(group, stable=True)
        start = count.cumsum(0) - count
        step = torch.arange(len(row), device=row.device) - start[group[order]]
        read = step < self.steps
        return who, (group[order] * self.steps + step)[read], order[read]

    def videos_of(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, content, and whether there is a video in a place and still in the catalogue."""
        row = row_of(batch["video"].clamp(min=1), self.capacity)
        there = (rows_at(self.catalog.id, row) == batch["video"]) & (batch["video"] > 0)
        x = self.about(row.flatten()).view(*row.shape, -1)
        return row, x * there[..., None], there

    def _all_wanted(self, batch: Batch, x: Tensor) -> Float[Tensor, "n steps width"]:
        """For good, and now."""
        lasting = batch["pooled"].float() @ self.net.videos.taste
        return lasting[:, None] + self.wanted(batch, x, batch["label"])

    def loss(self, batch: Batch) -> Tensor:
        row, x, there = self.videos_of(batch)
        want, item = self._all_wanted(batch, x), self.net.videos.items(row, x)
        score = item[..., 0] + (want * x).sum(-1)
        missed = (self.misfit(score, batch["label"]) * there).sum() / there.sum().clamp(min=1)
        if not self.next_item:
            return missed
        return missed + self.next_item * self._crossed(want, x, there, batch["label"])

    def _crossed(
        self, want: Tensor, x: Tensor, there: Bool[Tensor, "n steps"], label: Tensor
    ) -> Tensor:
        """The cross-entropy of what held a viewer, among it and others of the batch."""
        flat, held = x.flatten(0, 1), (label.clamp(min=0) * there).flatten()
        want = want.flatten(0, 1)
        stride = max(1, len(flat) // self.others)
        own, other = (want * flat).sum(1, keepdim=True), want @ flat[::stride].T
        other = other.masked_fill(~there.flatten()[::stride], -1e9)
        lost = F.cross_entropy(
            torch.cat([own, other], dim=1), torch.zeros_like(held, dtype=torch.int64),
            reduction="none",
        )  # fmt: skip
        return (lost * held).sum() / held.sum().clamp(min=1)
