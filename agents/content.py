"""What a video is about, as numbers that any platform has: its tags, and the directions in which
its `feature` differs from that of other videos of the topic."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state import Catalog, rows_at

ROUND = 16  # topics are counted in such steps, so that one met later has a place
FIELDS = ("centre", "axes")


class Content:
    """Tags and principal components of the videos' features.

    Components are taken within topics, because tags tell of topics already, and scaled to a
    variance of 1. They are found anew every morning until something was learnt by them, and stay.
    """

    def __init__(self, components: int, topics: int | None = None):
        """`topics`: how many there may be; None counts those of the catalogue."""
        self.components, self.counts = components, topics is None
        self.topics = topics or ROUND
        self.fixed = False

    def fit(self, catalog: Catalog) -> None:
        """Find the components, from the videos that are there (id > 0)."""
        if self.fixed:
            return
        if self.counts:
            self.topics = ROUND * (int(catalog.topic.max()) // ROUND + 1)
        here = (catalog.id > 0).double()[:, None]
        topic = catalog.topic.clamp(max=self.topics - 1)
        feature = catalog.feature.double() * here
        both = torch.cat([feature, here], dim=1)
        total = both.new_zeros(self.topics, both.shape[1]).index_add(0, topic, both)
        self.centre = total[:, :-1] / total[:, -1:].clamp(min=1)
        inner = feature - self.centre.index_select(0, topic) * here
        value, vector = torch.linalg.eigh(inner.T @ inner / here.sum().clamp(min=1))
        value, vector = (x.flip(-1)[..., : self.components] for x in (value, vector))
        signs = vector.gather(0, vector.abs().argmax(0, keepdim=True)).sign()
        self.axes = vector * signs / value.clamp(min=1e-6).sqrt()

    @property
    def width(self) -> int:
        return self.topics + self.components

    def topic(self, catalog: Catalog, row: Tensor, name: str = "topic") -> Tensor:
        """Topics that the first catalogue did not know count as its last."""
        return rows_at(getattr(catalog, name), row).clamp(max=self.topics - 1)

    def tags(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Float[Tensor, "n topics"]:
        """Half a unit for either tag, one where both are the same."""
        one, two = (self.topic(catalog, row, name) for name in ("topic", "topic2"))
        hot = torch.zeros(len(row), self.topics, device=row.device)
        half = torch.full((len(row), 1), 0.5, device=row.device)
        return hot.scatter_add_(1, one[:, None], half).scatter_add_(1, two[:, None], half)

    def style(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Float[Tensor, "n components"]:
        """The components, each of variance 1."""
        centre = self.centre.float().index_select(0, self.topic(catalog, row))
        found = (rows_at(catalog.feature, row) - centre) @ self.axes.float()
        return torch.nn.functional.pad(found, (0, self.components - found.shape[1]))

    def both(self, catalog: Catalog, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        return torch.cat([self.tags(catalog, row), self.style(catalog, row)], dim=1)

    def state_dict(self) -> dict:
        return {
            "topics": self.topics,
            "fixed": self.fixed,
            "centre": self.centre,
            "axes": self.axes,
        }

    def load_state_dict(self, state: dict) -> None:
        self.topics, self.fixed = state["topics"], state["fixed"]
        for name in FIELDS:
            setattr(self, name, state[name].clone().to(getattr(self, name).device))
