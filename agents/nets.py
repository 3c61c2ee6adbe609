"""What learning agents share: seeded layers, a replay of impressions, honest threads."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from sim.world.rng import Key
from sim.world.state import Log, rows_at, watched


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Run with so many threads. Small batches run up to 20 times slower on two threads than on
    one (docs/agents.md), and one thread also makes sums of gradients the same on any machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class SmallLinear(nn.Linear):
    """A layer whose output adds up to a score, so it starts near nothing: a random score is worse
    than none."""


def seeded(module: nn.Module, key: Key, scale: float = 0.1) -> nn.Module:
    """Initial weights drawn from the agent's own key, by the types of torch's layers: embeddings
    normal with sd `scale`, other matrices with sd (2 / fan in)^.5 (a tenth of it in SmallLinear),
    biases zero. All else stays as it was built: norms, and parameters of a module's own."""
    owners = {id(w): owner for owner in module.modules() for w in owner.parameters(recurse=False)}
    for i, (name, weight) in enumerate(module.named_parameters()):
        owner = owners[id(weight)]
        if _is_layer(owner):
            with torch.no_grad():
                _start(owner, name.rpartition(".")[2], weight, scale, key.fold(i))
    return module


def _is_layer(module: nn.Module) -> bool:
    """A layer of torch, or a kind of one; not what merely holds others."""
    homes = {kind.__module__ for kind in type(module).__mro__ if issubclass(kind, nn.Module)}
    homes -= {"torch.nn.modules.module", "torch.nn.modules.container"}
    return any(home.startswith("torch.nn.") for home in homes)


def _start(layer: nn.Module, name: str, weight: Tensor, scale: float, key: Key) -> None:
    if weight.dim() < 2:
        if "bias" in name:
            weight.zero_()
        return
    table = isinstance(layer, nn.Embedding | nn.EmbeddingBag)
    sd = scale if table else (2 / weight[0].numel()) ** 0.5
    sd = 0.1 * sd if isinstance(layer, SmallLinear) else sd
    weight.copy_(
        sd * key.normal(torch.arange(len(weight), device=weight.device), *weight.shape[1:])
    )
    if isinstance(layer, nn.Embedding | nn.EmbeddingBag) and layer.padding_idx is not None:
        weight[layer.padding_idx] = 0.0


def against(users: Tensor, items: Tensor) -> Tensor:
    """users @ items.T, (n, vector) and (pool, vector), the same to the last bit however users are
    cut into blocks and on any number of threads: products of a few rows alone are summed in another
    order, so rows are filled up to eight."""
    n = len(users)
    return (nn.functional.pad(users, (0, 0, 0, -n % 8)) @ items.T)[:n]


def pairs(users: Tensor, items: Tensor, row: Tensor) -> Tensor:
    """Inner products of users (n, vector) with the items at `row` (n, k); (n, k)."""
    return torch.einsum("nv,nkv->nk", users, rows_at(items, row))


class RowAdagrad:
    """Adagrad (Duchi et al., 2011) with one step size per row of an embedding table, and Adam
    (Kingma and Ba, 2015) for all other weights.

    Only rows met in the batch are touched, so a step costs the same in a world of a thousand videos
    and of a million. Doubles within a batch are summed in a fixed order (sorted, one thread) before
    the row moves, so results repeat. `decay` pulls the rows met towards 0 at every meeting.
    """

    BETA1, BETA2 = 0.9, 0.99

    def __init__(self, net: nn.Module, rate: float, decay: float = 0.0, dense_rate: float = 0.003):
        self.weights = {name: w for name, w in net.named_parameters() if w.requires_grad}
        self.rate, self.decay, self.dense_rate = rate, decay, dense_rate
        self.steps = 0
        self.state: dict[str, dict[str, Tensor]] = {name: {} for name in self.weights}

    @torch.no_grad()
    def step(self, loss: Tensor) -> None:
        """Down the gradient of the loss: by rows where it is sparse, whatever holds the weight."""
        weights = list(self.weights.values())
        grads = torch.autograd.grad(loss, weights, allow_unused=True)
        self.steps += 1
        for (name, weight), grad in zip(self.weights.items(), grads, strict=True):
            if grad is None:
                continue
            if grad.is_sparse:
                self._rows(name, *_summed(grad))
            else:
                self._dense(name, weight, grad)

    @torch.no_grad()
    def step_rows(self, name: str, row: Tensor, grad: Tensor) -> tuple[Tensor, Tensor]:
        """Down a gradient written out by hand: some rows of the table `name`, which may repeat.
        Returns the rows met, ascending, and the sum for each."""
        rows, total = added(row, grad, len(self.weights[name]))
        self._rows(name, rows, total)
        return rows, total

    @torch.no_grad()
    def step_dense(self, name: str, grad: Tensor) -> None:
        """Down a gradient written out by hand, of the whole weight `name`."""
        self._dense(name, self.weights[name], grad)

    def _rows(self, name: str, row: Tensor, grad: Tensor) -> None:
        weight = self.weights[name]
        total = self._kept(name, "sum", weight[:, :1])
        held = total.index_select(0, row) + grad.square().mean(1, keepdim=True)
        total.index_copy_(0, row, held)
        old = weight.index_select(0, row)
        move = grad / held.sqrt_().clamp_(min=1e-12)
        if self.decay:
            move += self.decay * old
        weight.index_copy_(0, row, old.sub_(move, alpha=self.rate))

    def _kept(self, name: str, part: str, like: Tensor) -> Tensor:
        """What is remembered of a weight's gradients; zeros when it is first asked for."""
        held = self.state[name]
        if part not in held:
            held[part] = torch.zeros_like(like, memory_format=torch.contiguous_format)
        return held[part]

    def _dense(self, name: str, weight: Tensor, grad: Tensor) -> None:
        m, v = self._kept(name, "m", weight), self._kept(name, "v", weight)
        m.lerp_(grad, 1 - self.BETA1)
        v.lerp_(grad.square(), 1 - self.BETA2)
        scale = (1 - self.BETA2**self.steps) ** 0.5 / (1 - self.BETA1**self.steps)
        weight -= self.dense_rate * scale * m / (v.sqrt() + 1e-8)

    def forget(self, weight: Tensor, row: Tensor) -> None:
        """Rows given to someone new start with fresh steps."""
        for name, held in self.weights.items():
            if held is weight:
                for kept in self.state[name].values():
                    kept[row] = 0.0

    def state_dict(self) -> dict:
        return {"steps": self.steps, "state": self.state}

    def load_state_dict(self, state: dict) -> None:
        self.steps = state["steps"]
        self.state = {
            name: {k: v.to(w.device, copy=True) for k, v in state["state"].get(name, {}).items()}
            for name, w in self.weights.items()
        }


def _summed(grad: Tensor) -> tuple[Tensor, Tensor]:
    return added(grad._indices()[0], grad._values(), grad.shape[0])


def added(row: Tensor, value: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The rows met, of `count`, ascending, and the sum of the values (n, width) of each.

    torch's coalesce sorts, which took a third of training; on a CPU the sums are as repeatable when
    added in the order of the batch."""
    if value.is_cuda:
        grad = torch.sparse_coo_tensor(row[None], value, (count, value.shape[1])).coalesce()
        return grad.indices()[0], grad.values()
    rows, place = met(row, count)
    return rows, value.new_zeros(len(rows), value.shape[1]).index_add_(0, place, value)


def met(row: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The rows met, of `count`, ascending, and at which of them each is."""
    rows = torch.zeros(count, dtype=torch.bool, device=row.device).index_fill_(0, row, True)
    rows = rows.nonzero().squeeze(1)
    at = torch.arange(len(rows), device=row.device)
    return rows, at.new_empty(count).index_copy_(0, rows, at).index_select(0, row)


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
        first = self.capacity - self.head  # a log is put down in one piece or two
        for name, value in columns.items():
            held, new = self.columns[name], value[-self.capacity :]
            if n >= self.capacity:  # as if all had been put down, one over the other
                new = new.roll((self.head + n) % self.capacity, 0)
                held.copy_(new)
            else:
                held[self.head : self.head + n] = new[:first]
                held[: max(0, n - first)] = new[first:]
        self.head = (self.head + n) % self.capacity
        self.filled = min(self.capacity, self.filled + n)

    def sample(self, key: Key, count: int, newest: int = 0) -> dict[str, Tensor]:
        """Rows drawn evenly with replacement, every other one from the `newest` where given."""
        draw = torch.arange(count, device=self.device)
        reach = torch.full_like(draw, self.filled)
        if newest:
            reach[::2] = min(newest, self.filled)
        at = (self.head - 1 - key.integer(draw, reach)) % self.capacity
        return {name: column.index_select(0, at) for name, column in self.columns.items()}

    def state_dict(self) -> dict:
        kept = {k: v[: self.filled].clone() for k, v in self.columns.items()}
        return {"columns": kept, "filled": self.filled, "head": self.head}

    def load_state_dict(self, state: dict) -> None:
        self.columns, self.head = {}, 0
        if state["filled"]:
            self.add(**{k: v.to(self.device) for k, v in state["columns"].items()})
        self.filled, self.head = state["filled"], state["head"]


def long_view(log: Log) -> Tensor:
    """The usual label: watched at least 18 s, or to the end. Raw seconds would teach a model
    duration, and watch ratio brevity (docs/agents.md); this teaches taste."""
    return watched.long_view(log.watch, log.duration)
