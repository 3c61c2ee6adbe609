"""What learning agents share: seeded layers, a replay of impressions, honest threads."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from sim.world.rng import Key
from sim.world.state import Log


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Run with so many threads. Small batches run up to 20 times slower on two threads than on
    one (AGENTS.md), and one thread also makes sums of gradients the same on any machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def seeded(module: nn.Module, key: Key, scale: float = 0.1) -> nn.Module:
    """Initial weights drawn from the agent's own key: embeddings normal with sd `scale`, matrices
    normal with sd (2 / fan in)^.5, all else zero (ones for norms)."""
    for i, (name, weight) in enumerate(module.named_parameters()):
        with torch.no_grad():
            if weight.dim() < 2:
                weight.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
                continue
            rows = torch.arange(len(weight), device=weight.device)
            sd = scale if "embed" in name else (2 / weight.shape[1]) ** 0.5
            weight.copy_(sd * key.fold(i).normal(rows, *weight.shape[1:]))
    return module


class Replay:
    """The last `capacity` impressions, as columns, on the device."""

    def __init__(self, capacity: int, device: torch.device):
        self.capacity, self.device = capacity, device
        self.columns: dict[str, Tensor] = {}
        self.filled = 0
        self.head = 0

    def add(self, **columns: Tensor) -> None:
        """Append rows; the oldest are overwritten."""
        n = len(next(iter(columns.values())))
        if not self.columns:
            self.columns = {
                k: torch.zeros(self.capacity, *v.shape[1:], dtype=v.dtype, device=self.device)
                for k, v in columns.items()
            }
        place = (self.head + torch.arange(n, device=self.device)) % self.capacity
        for name, value in columns.items():
            self.columns[name][place[-self.capacity :]] = value[-self.capacity :]
        self.head = (self.head + n) % self.capacity
        self.filled = min(self.capacity, self.filled + n)

    def sample(self, key: Key, count: int) -> dict[str, Tensor]:
        """Rows drawn evenly with replacement."""
        at = key.integer(torch.arange(count, device=self.device), self.filled)
        return {name: column[at] for name, column in self.columns.items()}

    def state_dict(self) -> dict:
        kept = {k: v[: self.filled].clone() for k, v in self.columns.items()}
        return {"columns": kept, "filled": self.filled, "head": self.head}

    def load_state_dict(self, state: dict) -> None:
        self.columns = {}
        if state["filled"]:
            self.add(**{k: v.to(self.device) for k, v in state["columns"].items()})
        self.filled, self.head = state["filled"], state["head"]


def long_view(log: Log) -> Tensor:
    """The usual label: watched at least 18 s, or to the end. Raw seconds would teach a model
    duration, and watch ratio brevity (AGENTS.md); this teaches taste."""
    return log.watch >= log.duration.clamp(max=18.0)
