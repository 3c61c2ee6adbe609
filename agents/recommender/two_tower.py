"""Two towers: a viewer's tower and a video's, made of features, meet in an inner product.

After Yi et al. (RecSys 2019) and Covington et al. (RecSys 2016). A video that nobody has seen has
its content, tags, duration, age and creator, so it is ranked from its first minute.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.featured import FeaturedAgent
from agents.nets import SmallLinear
from agents.ranges import Many, Weight, Width
from sim.world.state import Catalog, Log, Observation, row_of

TOPICS = 64  # more than any platform's list
PROFILE = 64  # more public viewer features than any platform tells
FACTS = 4  # ln duration, age, worth so far, ln followers


@dataclass(frozen=True)
class Sizes:
    viewers: int
    content: int  # width of the videos' feature vectors
    about: int  # width of what is held of a viewer's history
    profile: int  # width of the viewers' public features
    vector: int
    hidden: int
    creators: int  # rows; creators share them by remainder


class Towers(nn.Module):
    def __init__(self, s: Sizes):
        super().__init__()
        self.viewer_embed = nn.Embedding(s.viewers, s.vector, sparse=True)
        self.profile = SmallLinear(s.profile, s.vector)
        self.history = SmallLinear(s.about, s.vector, bias=False)
        self.taste = nn.Parameter(torch.eye(s.about))
        self.topic_embed = nn.Embedding(TOPICS, s.vector + 1, sparse=True)
        self.creator_embed = nn.Embedding(s.creators, s.vector + 1, sparse=True)
        self.content = SmallLinear(s.content + FACTS, s.vector + 1)
        self.mix = nn.Linear(s.content + FACTS, s.hidden)
        self.mixed = SmallLinear(s.hidden, s.vector + 1, bias=False)
        self.creators = s.creators

    def users(self, viewer: Int[Tensor, " n"], profile: Tensor, pooled: Tensor) -> Tensor:
        """The viewer's vector, 1 to pick up the video's bias, and what is expected of content."""
        told = self.profile(_widened(profile))
        vector = self.viewer_embed(viewer) + told + self.history(pooled)
        return torch.cat([vector, torch.ones_like(vector[:, :1]), pooled @ self.taste], dim=1)

    def items(self, content: Tensor, topic: Tensor, topic2: Tensor, creator: Tensor) -> Tensor:
        """(n, vector + 1) from (n, content + FACTS) and ids; content itself follows it."""
        tags = (self.topic_embed(topic) + self.topic_embed(topic2)) / 2
        maker = self.creator_embed(creator % self.creators)
        mixed = self.mixed(F.relu(self.mix(content)))
        return tags + maker + self.content(content) + mixed


def _widened(profile: Float[Tensor, "n told"]) -> Float[Tensor, "n profile"]:
    """With noughts for the features that a platform does not tell."""
    if profile.shape[1] > PROFILE:
        raise ValueError(
            f"two_tower takes at most {PROFILE} public viewer features; got {profile.shape[1]}. "
            "Raise two_tower.PROFILE."
        )
    return F.pad(profile, (0, PROFILE - profile.shape[1]))


class TwoTower(FeaturedAgent):
    """What differs from Yi et al.: no softmax over the other videos of a batch, and so no
    correction by their ln Q. The loss is pointwise, on what was shown and how it was taken, so a
    chance given exposure is learned: how often a video stands among the impressions does not push
    its score, as it would push a softmax's, but scores are only held to pairs such as the policy
    shows. That it chose them itself, by earlier scores, is not corrected for. Frequencies are not
    estimated from the stream, and tables learn by rows. What a viewer made of content so far
    (agents/featured.py) enters the viewer's tower, and meets content itself beside the towers."""

    vector: Width = 16
    hidden: Width = 32
    creator_rows: Many = 8192
    dense_rate = 0.003
    replay_size = 200_000  # rows are wide
    prior: Weight = 20.0  # impressions' worth of the average, before a video's own labels

    def build(self, catalog: Catalog) -> nn.Module:
        width = catalog.feature.shape[1]
        self.tally = torch.zeros(self.capacity, 2, device=self.device)  # labels' sum, and how many
        return Towers(
            Sizes(
                self.viewers,
                width,
                self.content.width,
                PROFILE,
                self.vector,
                self.hidden,
                self.creator_rows,
            )
        )

    def viewer_tables(self) -> list[Tensor]:
        return [self.net.viewer_embed.weight]

    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        super().on_catalog(catalog, reborn)
        self.tally[reborn] = 0.0

    def worth(self) -> Float[Tensor, " videos"]:
        """The mean label of each video so far, shrunk towards that of all."""
        total, count = self.tally.T
        mean = total.sum() / count.sum().clamp(min=1)
        return (total + self.prior * mean) / (count + self.prior)

    def user_vectors(self, observation: Observation) -> Tensor:
        return self.net.users(observation.row, observation.profile, self.pooled(observation.row))

    def item_vectors(self, catalog: Catalog, row: Tensor) -> Tensor:
        facts = self.facts(catalog, row)
        return self._items(catalog, row, torch.cat([catalog.feature[row], facts], dim=1))

    def biases(self) -> Tensor:
        return self.items[:, self.vector]

    def _items(self, catalog: Catalog, row: Tensor, content: Tensor) -> Tensor:
        towers = self.net.items(
            content, catalog.topic[row], catalog.topic2[row], catalog.creator[row]
        )
        return torch.cat([towers, self.about(row)], dim=1)

    def facts(self, catalog: Catalog, row: Tensor) -> Float[Tensor, "n facts"]:
        return torch.stack(
            [
                (catalog.duration[row].clamp(min=1).log() - 3.5) / 1.2,
                torch.log1p(catalog.age[row].clamp(0, 60).float()) - 1,
                4 * self.worth()[row],
                (torch.log1p(catalog.followers[row].float()) - 3) / 2,
            ],
            dim=1,
        )

    def more(self, log: Log) -> dict[str, Tensor]:
        """The towers' other inputs, as they stood before the impressions."""
        video = row_of(log.video, self.capacity)
        before = self.catalog  # as of the last log, or of this morning
        return {"profile": log.profile, "facts": self.facts(before, video)}

    def columns(self, log: Log) -> dict[str, Tensor]:
        columns = super().columns(log)
        paid = torch.stack([columns["label"], torch.ones_like(columns["label"])], dim=1)
        video = row_of(log.video, self.capacity)
        order = torch.argsort(video, stable=True)  # sums in one order, whatever the device
        self.tally = self.tally.index_add(0, video[order], paid[order])
        return columns

    def users_of(self, batch: dict[str, Tensor]) -> Tensor:
        return self.net.users(batch["viewer"], batch["profile"], batch["pooled"].float())

    def items_of(self, batch: dict[str, Tensor]) -> Tensor:
        row = row_of(batch["video"], self.capacity)
        content = torch.cat([self.catalog.feature[row], batch["facts"]], dim=1)
        return self._items(self.catalog, row, content)

    def logits(self, batch: dict[str, Tensor]) -> Tensor:
        return (self.users_of(batch) * self.items_of(batch)).sum(1)

    def usual(self, batch: dict[str, Tensor]) -> Tensor:
        """What all make of the videos: their biases."""
        return self.items_of(batch)[:, self.vector]

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"tally": self.tally}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.tally = state["tally"].clone().to(self.device)
