"""SASRec: self-attention over what each viewer watched last (Kang and McAuley, ICDM 2018)."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.nets import SmallLinear
from agents.ranges import Few, Width
from agents.sequences import Batch, SequenceAgent, Videos, read
from sim.world.state import Catalog, rows_at


class Block(nn.Module):
    """Attention and a network of two layers, each added to what came in, norms first."""

    def __init__(self, size: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.three = nn.Linear(size, 3 * size)
        self.mix = SmallLinear(size, size)
        self.wide, self.back = nn.Linear(size, 2 * size), SmallLinear(2 * size, size)

    def forward(self, h: Float[Tensor, "n long size"], sees: Tensor) -> Tensor:
        """`sees` (n, long, long) is what is added to the logits of attention."""
        q, k, v = self.three(self.norm1(h)).chunk(3, dim=-1)
        weight = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5 + sees).softmax(-1)
        h = h + self.mix(weight @ v)
        return h + self.back(F.relu(self.wide(self.norm2(h))))


class Reader(nn.Module):
    def __init__(self, videos: int, width: int, size: int, long: int, blocks: int):
        super().__init__()
        self.videos = Videos(videos, width)
        self.enter = nn.Linear(2 * width + 1, size)
        self.place = nn.Embedding(long, size)
        self.blocks = nn.ModuleList(Block(size) for _ in range(blocks))
        self.norm = nn.LayerNorm(size)
        self.want = SmallLinear(size, width)

    def forward(self, seen: Tensor, there: Tensor) -> Float[Tensor, "n long width"]:
        """What is wanted after each place of what was seen, from it and those before it."""
        long = seen.shape[1]
        later = torch.ones(long, long, device=seen.device).triu(1) > 0
        own = torch.eye(long, device=seen.device) > 0
        sees = (later | (~there[:, None, :] & ~own)).float() * -1e9
        h = self.enter(seen) + self.place.weight[-long:]
        for block in self.blocks:
            h = block(h, sees)
        return self.want(self.norm(h))


class Attention(SequenceAgent):
    """What differs from Kang and McAuley: cross-entropy over many videos in place of one negative
    (after Klenitskiy and Vasilev, RecSys 2023, who find that this is what SASRec lacks), beside the
    next video's label; the network reads content and how long each video was watched; one head,
    norms first, no dropout, since every page is met few times. It sees the last `long` videos, of
    which those that are no longer in the catalogue are left out; what is wanted for good is told by
    sums over all history (agents/sequences.py)."""

    long: Few = 32  # videos back
    size: Width = 32
    blocks: Few = 1
    batch = 192
    most_updates = 4

    def build(self, catalog: Catalog) -> nn.Module:
        rows = self.viewers, self.long
        self.last = torch.zeros(*rows, dtype=torch.int64, device=self.device)  # ids, newest last
        self.taken = torch.zeros(*rows, device=self.device)  # their labels
        long = self.long + self.steps
        return Reader(catalog.capacity, self.content.width, self.size, long, self.blocks)

    def forget(self, row: Tensor) -> None:
        super().forget(row)
        self.last[row], self.taken[row] = 0, 0.0

    def before(self, row: Int[Tensor, " n"]) -> Batch:
        return {"last": rows_at(self.last, row), "taken": rows_at(self.taken, row)}

    def wants(self, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        parts = [self._now(self.before(some)) for some in row.split(2048)]
        return torch.cat(parts) if parts else torch.zeros(0, self.content.width)

    def _now(self, held: Batch) -> Float[Tensor, "n width"]:
        seen, there = self._seen(held["last"], held["taken"])
        return self.net(seen, there)[:, -1]

    def _seen(self, video: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        _, x, there = self.videos_of({"video": video})
        return read(x, label * there), there

    def wanted(self, batch: Batch, x: Tensor, label: Tensor) -> Tensor:
        video = torch.cat([batch["last"], batch["video"][:, :-1]], dim=1)
        seen, there = self._seen(video, torch.cat([batch["taken"], label[:, :-1]], dim=1))
        return self.net(seen, there)[:, self.long - 1 :]

    def take_in(self, row: Int[Tensor, " n"], batch: Batch) -> None:
        """What was seen now pushes the oldest out."""
        count = (batch["video"] > 0).sum(1)
        at = torch.arange(self.long, device=row.device) + count[:, None]
        for held, name in ((self.last, "video"), (self.taken, "label")):
            both = torch.cat([held[row], batch[name].to(held.dtype)], dim=1)
            held[row] = both.gather(1, at)

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"last": self.last, "taken": self.taken}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("last", "taken"):
            setattr(self, name, state[name].clone().to(self.device))
