"""Bayesian linear regression for many people at once: a posterior each, one prior learnt from all.

y = x . w + noise, w ~ N(mean, cov) over people, noise ~ N(0, noise). What a person did is kept as
sums (x x', x y, y^2, how many), so the posterior is exact however the rows came. The prior and the
noise are learnt by expectation and maximisation (empirical Bayes; Bishop, 2006, sections 3.3 and
3.5; Efron and Morris, 1973).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state import rows_at

FIELDS = (
    "gram", "cross", "square", "count", "guess", "mean", "cov", "noise", "precision", "kind", "by"
)  # fmt: skip
CHUNK = 2048  # people at once, so that memory stays small


@dataclass
class Belief:
    """Of some people: the mean of w, and the lower Cholesky factor of its precision."""

    mean: Float[Tensor, "n width"]
    factor: Float[Tensor, "n width width"]

    def draw(self, normal: Float[Tensor, "n width"]) -> Float[Tensor, "n width"]:
        """A draw of w from the posterior, from standard normal draws."""
        upper = self.factor.transpose(1, 2)
        step = torch.linalg.solve_triangular(upper, normal[:, :, None], upper=True)
        return self.mean + step[:, :, 0]

    def spread(self, x: Float[Tensor, "n k width"]) -> Float[Tensor, "n k"]:
        """The standard deviation of x . w."""
        part = torch.linalg.solve_triangular(self.factor, x.transpose(1, 2), upper=False)
        return part.square().sum(1).sqrt()


class People:
    """The sums of everybody (rows), and the prior that they share."""

    def __init__(
        self, rows: int, sds: Float[Tensor, " width"], noise: float, weight: float, kinds: int = 1
    ):
        """`sds`: of each part of w before anything is known; `weight`: how many people that first
        guess counts for when the prior is learnt; `kinds` of people have means of their own."""
        width, device = len(sds), sds.device
        self.gram = torch.zeros(rows, width, width, device=device)
        self.cross = torch.zeros(rows, width, device=device)
        self.square, self.count = torch.zeros(2, rows, device=device)
        self.guess, self.weight = sds.square().diag(), weight
        self.mean, self.cov = torch.zeros_like(sds), self.guess.clone()
        self.noise = torch.tensor(noise, device=device)
        self.precision = torch.linalg.inv(self.cov)
        self.kind = torch.zeros(rows, dtype=torch.int64, device=device)  # set it from outside
        self.by = torch.zeros(kinds, width, device=device)  # a kind's mean, over that of all

    def add(self, row: Int[Tensor, " n"], x: Float[Tensor, "n width"], y: Tensor) -> None:
        """Rows of data: whose, x, y. Those of one person are multiplied together."""
        who, place, slots = _grouped(row)
        table = x.new_zeros(len(who) * slots, x.shape[1] + 1)
        table[place] = torch.cat([x, y[:, None]], dim=1)
        table = table.view(len(who), slots, -1)
        for start in range(0, len(who), CHUNK):
            some, part = who[start : start + CHUNK], table[start : start + CHUNK]
            product = part.transpose(1, 2) @ part
            self.gram[some] += product[:, :-1, :-1]
            self.cross[some] += product[:, :-1, -1]
            self.square[some] += product[:, -1, -1]
        self.count.index_add_(0, row, torch.ones_like(y))

    def fade(self, keep: float) -> None:
        """What is old counts for less."""
        for sums in (self.gram, self.cross, self.square, self.count):
            sums *= keep

    def forget(self, row: Int[Tensor, " n"]) -> None:
        for sums in (self.gram, self.cross, self.square, self.count):
            sums[row] = 0.0

    def belief(self, row: Int[Tensor, " n"]) -> Belief:
        """The exact posterior of the people at `row`."""
        parts = [self._belief(some) for some in row.split(CHUNK)]
        return Belief(torch.cat([p.mean for p in parts]), torch.cat([p.factor for p in parts]))

    def _belief(self, row: Tensor) -> Belief:
        factor = torch.linalg.cholesky(self.precision + rows_at(self.gram, row) / self.noise)
        usual = self.mean + rows_at(self.by, rows_at(self.kind, row))
        told = usual @ self.precision + rows_at(self.cross, row) / self.noise
        return Belief(torch.cholesky_solve(told[:, :, None], factor)[:, :, 0], factor)

    def learn(self, row: Int[Tensor, " n"]) -> None:
        """One step of expectation and maximisation over the people at `row`."""
        if not len(row):
            return
        total, second = torch.zeros_like(self.by), torch.zeros_like(self.cov)
        left = torch.zeros_like(self.noise)
        for some in row.split(CHUNK):
            belief, gram = self._belief(some), self.gram[some]
            spread = torch.cholesky_inverse(belief.factor)
            total.index_add_(0, rows_at(self.kind, some), belief.mean)
            second += spread.sum(0) + belief.mean.T @ belief.mean
            told = (belief.mean * self.cross[some]).sum()
            known = torch.einsum("ni,nij,nj->", belief.mean, gram, belief.mean)
            left += self.square[some].sum() - 2 * told + known + (gram * spread).sum()
        n = torch.bincount(rows_at(self.kind, row), minlength=len(self.by))[:, None]
        self._centre(total, n)
        mean = self.mean + self.by
        around = second - total.T @ mean - mean.T @ total + mean.T @ (n * mean)
        self.cov = (around + self.weight * self.guess) / (len(row) + self.weight)
        self.noise = left / rows_at(self.count, row).sum().clamp(min=1)
        self.precision = torch.linalg.inv(self.cov)

    def _centre(self, total: Float[Tensor, "kinds width"], n: Int[Tensor, "kinds one"]) -> None:
        """The mean of all, and of each kind as far as it has people."""
        self.mean = (total - n * self.by).sum(0) / (n.sum() + self.weight)
        if len(self.by) > 1:
            self.by = (total - n * self.mean) / (n + self.weight)

    def state_dict(self) -> dict:
        return {name: getattr(self, name) for name in FIELDS}

    def load_state_dict(self, state: dict) -> None:
        device = self.guess.device
        for name in FIELDS:
            setattr(self, name, state[name].clone().to(device))


def _grouped(row: Int[Tensor, " n"]) -> tuple[Tensor, Tensor, int]:
    """Whose the rows are, each once; each row's place in a table of (people, slots); slots."""
    who, group, count = torch.unique(row, return_inverse=True, return_counts=True)
    order = torch.argsort(group, stable=True)
    start = count.cumsum(0) - count
    slot = torch.empty_like(order)
    slot[order] = torch.arange(len(row), device=row.device) - start[group[order]]
    slots = int(count.max()) if len(row) else 0
    return who, group * slots + slot, slots
