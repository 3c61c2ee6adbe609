"""How much of success was luck: variance between videos against variance between worlds.

Success is ln(1 + impressions). A video's mean over worlds is its own; what differs between worlds
is luck. One-way analysis of variance with random effects gives both without bias, since a mean over
few worlds holds a little luck itself (Searle, Casella, McCulloch 1992).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from sim.lab.teaching.lesson_02.worlds import Fates
from sim.measure.agreement import alike

DRAWS = 500  # of the bootstrap
LARGE = 500  # impressions from which a count is as good as a number


@dataclass(frozen=True)
class Luck:
    """Where the variance of success comes from, in per cent: `worth` (quality and hook), `rest` of
    what is the video's own (topic, length, creator), `dice` (as much as if every impression fell by
    itself) and `snowball` (what luck there is beyond that). They add up to 100."""

    worth: float
    rest: float
    dice: float
    snowball: float

    @property
    def luck(self) -> float:
        return self.dice + self.snowball


def luck(found: Fates, agent: str) -> Luck:
    """Shares under one recommender."""
    views = found.views[agent]
    traits = torch.stack([found.quality, found.hook], dim=1)
    y = views.log1p()
    own = _own(y)
    worth = min(own, max(0.0, _told(y.mean(0), traits) * (own + (1 - own) / len(y))))
    total = max(1e-12, float(y.var(0).mean()) / max(1e-12, 1 - own))
    dice = min(1 - own, float(scatter(views.mean(0)).mean()) / total)
    shares = (worth, own - worth, dice, 1 - own - dice)
    return Luck(*(100 * share for share in shares))


def _own(y: Float[Tensor, "worlds videos"]) -> float:
    """Share of the variance that is between videos."""
    plays = np.full(y.shape[1], y.shape[0])
    share = alike(plays, y.sum(0).numpy(), y.square().sum(0).numpy())
    return min(1.0, max(0.0, share or 0.0))


def _told(mean: Tensor, traits: Float[Tensor, "videos traits"]) -> float:
    """How much of the videos' means the traits tell: adjusted R squared, since two random numbers
    would tell something of few videos, too."""
    n, k = traits.shape
    x = torch.cat([traits.double(), torch.ones(n, 1, dtype=torch.float64)], dim=1)
    left = mean - x @ torch.linalg.lstsq(x, mean[:, None]).solution[:, 0]
    apart = (mean - mean.mean()).square().sum().clamp(min=1e-12)
    return 1 - float(left.square().sum() / apart) * (n - 1) / (n - k - 1)


def scatter(mean: Float[Tensor, " videos"]) -> Float[Tensor, " videos"]:
    """Variance of ln(1 + n) where n is Poisson with these means: summed over n; for large means by
    the slope there (delta method)."""
    rate = mean.double().clamp(min=1e-9, max=LARGE)[:, None]
    n = torch.arange(2 * LARGE, dtype=torch.float64)
    chance = (n * rate.log() - rate - torch.lgamma(n + 1)).exp()
    y = n.log1p()
    summed = (chance * y.square()).sum(1) - (chance * y).sum(1).square()
    return torch.where(mean > LARGE, mean / (1 + mean).square(), summed)


def bounds(found: Fates, agent: str, seed: int = 0) -> tuple[float, float]:
    """A 95 % interval of the share of luck: videos drawn anew with replacement (percentiles of a
    bootstrap; Efron, 1979)."""
    draws = np.random.default_rng(seed).integers(len(found.video), size=(DRAWS, len(found.video)))
    y = found.views[agent].log1p()
    shares = [100 - 100 * _own(y[:, torch.from_numpy(some)]) for some in draws]
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)


def times(found: Fates, agent: str) -> float:
    """By what factor the impressions of a video differ between two worlds: the median over videos
    and pairs of worlds."""
    y = found.views[agent].log1p()
    first, second = torch.triu_indices(len(y), len(y), 1)
    return float((y[first] - y[second]).abs().median().exp())
