"""GRU4Rec: a recurrent network that reads what each viewer watches (Hidasi et al., ICLR 2016)."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.nets import SmallLinear
from agents.ranges import Width
from agents.sequences import Batch, SequenceAgent, Videos, read
from sim.world.state import Catalog, rows_at


class Reader(nn.Module):
    def __init__(self, videos: int, width: int, hidden: int):
        super().__init__()
        self.videos = Videos(videos, width)
        self.gru = nn.GRU(2 * width + 1, hidden, batch_first=True)
        self.want = SmallLinear(hidden, width)


class GRU(SequenceAgent):
    """What differs from Hidasi et al. (2016, and their top-k gains of 2018): a viewer's state is
    carried from page to page for good, not reset with every session, so it can come to know a
    person and not an hour only; the network reads content and how long each video was watched, and
    not a one-hot id; beside the next item, which here is one that held the viewer, it learns the
    next label; gradients reach back over one page; and what is wanted for good is told by sums over
    all history (agents/sequences.py), which a network of this size learns too slowly to keep."""

    hidden: Width = 32

    def build(self, catalog: Catalog) -> nn.Module:
        self.state = torch.zeros(self.viewers, self.hidden, device=self.device)
        return Reader(catalog.capacity, self.content.width, self.hidden)

    def forget(self, row: Tensor) -> None:
        super().forget(row)
        self.state[row] = 0.0

    def before(self, row: Int[Tensor, " n"]) -> Batch:
        return {"state": rows_at(self.state, row)}

    def wants(self, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        return self.net.want(rows_at(self.state, row))

    def wanted(self, batch: Batch, x: Tensor, label: Tensor) -> Tensor:
        first = batch["state"][:, None]
        after = self.net.gru(read(x, label)[:, :-1], first.transpose(0, 1).contiguous())[0]
        return self.net.want(torch.cat([first, after], dim=1))

    def take_in(self, row: Int[Tensor, " n"], batch: Batch) -> None:
        """Read on to the last video of the page."""
        _, x, _ = self.videos_of(batch)
        first = batch["state"][None].contiguous()
        states = self.net.gru(read(x, batch["label"]), first)[0]
        last = (batch["video"] > 0).sum(1).clamp(min=1) - 1
        at = last[:, None, None].expand(-1, 1, states.shape[2])
        self.state[row] = states.gather(1, at)[:, 0]

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"state": self.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.state = state["state"].clone().to(self.device)
