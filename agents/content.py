"""What a video is about, as numbers that any platform has: its tags, and the directions in which
its `feature` differs from that of other videos of the topic."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state import Catalog, rows_at

ROUND = 16  # topics are counted in such steps, so that one met later has a place


class Content:
    """Tags and principal components of the videos' features.

    Components are taken within topics, because tags tell of topics already; they are found once,
    from the catalogue that is handed in, and scaled to a variance of 1.
    """

    def __init__(self, components: int):
        self.components = components
        self.topics, self.ready = ROUND, False

    def fit(self, catalog: Catalog) -> None:
        """Find the components, from videos that are there (id > 0)."""
        here = catalog.id > 0
        topic, feature = catalog.topic[here], catalog.feature[here].double()
        most = int(topic.max()) if len(topic) else 0
        self.topics = ROUND * (most // ROUND + 1)
        self.centre = _means(topic, feature, self.topics)
        inner = feature - self.centre[topic]
        value, vector = torch.linalg.eigh(inner.T @ inner / max(1, len(inner)))
        best = torch.argsort(value, descending=True)[: self.components]
        axes = vector[:, best] * _signs(vector[:, best])
        self.axes = axes / value[best].clamp(min=1e-6).sqrt()
        self.ready = len(topic) > self.components

    @property
    def width(self) -> int:
        return self.topics + self.components

    def tags(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Float[Tensor, "n topics"]:
        """Half a unit for either tag, one where both are the same."""
        one, two = (self.topic(catalog, row, name) for name in ("topic", "topic2"))
        hot = torch.zeros(len(row), self.topics, device=row.device)
        half = torch.full((len(row), 1), 0.5, device=row.device)
        return hot.scatter_add_(1, one[:, None], half).scatter_add_(1, two[:, None], half)

    def topic(self, catalog: Catalog, row: Tensor, name: str = "topic") -> Tensor:
        """Topics that the first catalogue did not know count as its last."""
        return rows_at(getattr(catalog, name), row).clamp(max=self.topics - 1)

    def style(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Float[Tensor, "n components"]:
        topic = self.topic(catalog, row)
        inner = rows_at(catalog.feature, row) - self.centre.float()[topic]
        found = inner @ self.axes.float()
        return torch.nn.functional.pad(found, (0, self.components - found.shape[1]))

    def state_dict(self) -> dict:
        if not self.ready:
            return {}
        return {"topics": self.topics, "centre": self.centre, "axes": self.axes}

    def load_state_dict(self, state: dict, device: torch.device) -> None:
        self.ready = bool(state)
        if state:
            self.topics = state["topics"]
            self.centre, self.axes = (state[k].to(device) for k in ("centre", "axes"))


def _means(topic: Tensor, feature: Tensor, topics: int) -> Tensor:
    total = feature.new_zeros(topics, feature.shape[1]).index_add(0, topic, feature)
    count = torch.bincount(topic, minlength=topics).clamp(min=1)
    return total / count[:, None]


def _signs(axes: Tensor) -> Tensor:
    """So that the same axis points the same way on every machine: its largest part is positive."""
    largest = axes.abs().argmax(0, keepdim=True)
    return axes.gather(0, largest).sign()
