"""Watch seconds are a mixture: some skip, some leave midway, some finish, some loop.

t ~ skip LogNormal(ln median, sd) + leave D Uniform(0, 1)^k + finish Normal(c D, (s D)^2)
    + loop D (1 + m Exp(1)).
Every number is an array over knots of duration, read linearly in ln D between them (the median of
skips on a scale of ln) and clamped at the ends, as the world reads a preset.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from sim.calibration.bins import LEAST_ROWS, Bins
from sim.world.watching import Shapes, between, played

PARTS = ("skip", "leave", "finish", "loop")
SHAPES = ("skip_median", "skip_sd", "finish_at", "finish_sd", "loop_mean", "leave_bend")
BOUNDS = {  # of each shape: outside it two parts of the mixture would trade places
    "skip_median": (0.3, 12.0),
    "skip_sd": (0.15, 2.0),
    "finish_at": (0.9, 1.3),
    "finish_sd": (0.004, 0.15),
    "loop_mean": (0.02, 3.0),
    "leave_bend": (1.0, 4.0),
}
LEAST_SECONDS = 0.1  # a play of 0 s has no logarithm; the apps' clocks do not resolve less
MOST_RATIO = 10.0  # a screen left on is no interest: longer loops are cut here
APART = 1.01  # at least, of a knot over the one before: a preset holds four digits
STARTS = (  # skip, leave, finish, loop, then the six shapes
    (0.45, 0.30, 0.15, 0.10, 2.0, 0.6, 1.02, 0.03, 0.5, 1.0),
    (0.30, 0.40, 0.10, 0.20, 1.6, 0.4, 1.10, 0.05, 0.8, 1.5),
    (0.70, 0.20, 0.08, 0.02, 4.0, 1.2, 1.01, 0.015, 0.3, 1.0),
)


@dataclass(frozen=True)
class Mixture:
    """Arrays over knots; the four parts sum to 1 at each knot."""

    knots: np.ndarray  # (knots,) seconds of duration, rising
    skip: np.ndarray
    leave: np.ndarray
    finish: np.ndarray
    loop: np.ndarray
    skip_median: np.ndarray  # seconds
    skip_sd: np.ndarray  # of ln seconds
    finish_at: np.ndarray  # durations
    finish_sd: np.ndarray  # durations
    loop_mean: np.ndarray  # durations beyond the first
    leave_bend: np.ndarray  # 1: they leave anywhere alike; above, rather early

    def at(self, seconds: np.ndarray) -> "Mixture":
        """The same numbers read at each duration in seconds, as the world reads them."""
        at = partial(between, self.knots, np.log(seconds))
        read = {k: at(v) for k, v in asdict(self).items() if k != "knots"}
        read["skip_median"] = np.exp(at(np.log(self.skip_median)))
        return Mixture(knots=seconds, **read)

    def shapes(self) -> Shapes:
        """As the world has them: the median of skips in ln seconds."""
        median, *rest = (torch.from_numpy(getattr(self, name)) for name in SHAPES)
        return Shapes(median.log(), *rest)

    def draw(self, seconds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Watch seconds for videos of these durations."""
        here, n = self.at(seconds), len(seconds)
        parts = np.cumsum([getattr(here, p) for p in PARTS], axis=0)
        which = (rng.random(n) * parts[-1] > parts[:-1]).sum(axis=0)
        normal, inside, beyond = rng.standard_normal(n), rng.random(n), rng.exponential(size=n)
        minus_log = np.where(
            which == PARTS.index("leave"), -np.log(np.maximum(inside, 1e-300)), beyond
        )
        luck = (torch.from_numpy(x) for x in (normal, normal, minus_log))
        ways = torch.stack(played(here.shapes(), torch.as_tensor(seconds), *luck)).clamp(min=0)
        return np.choose(which, ways.numpy())


def by_knot(seconds: np.ndarray, edges: Sequence[float] = Bins().knots) -> list[np.ndarray]:
    """The rows of each knot of a fit, by rising duration; one with few is joined to the next."""
    where = np.searchsorted(edges, seconds, side="left")
    out, few = [], np.empty(0, np.int64)
    for knot in range(len(edges) + 1):
        few = np.concatenate([few, np.flatnonzero(where == knot)])
        if len(few) >= LEAST_ROWS:
            out.append(few)
            few = few[:0]
    if len(few) and out:
        out[-1] = np.concatenate([out[-1], few])
    return out


def fit(watch: np.ndarray, seconds: np.ndarray, edges: Sequence[float] = Bins().knots) -> Mixture:
    """The likeliest mixture for plays of `watch` s of videos of `seconds` s.

    Expectation-maximisation, bin by bin, with each row's own duration.
    """
    watch = np.clip(watch, LEAST_SECONDS, MOST_RATIO * seconds)
    full = by_knot(seconds, edges)
    if not full:
        raise ValueError(
            f"a mixture needs {LEAST_ROWS} rows in some duration bin: got {len(watch)}"
        )
    found = np.stack([fit_bin(watch[rows], seconds[rows]) for rows in full])
    knots = [float(np.exp(np.log(seconds[rows]).mean())) for rows in full]
    if len(knots) == 1:  # a preset has two or more: the same numbers at both
        knots, found = knots * 2, np.concatenate([found, found])
    for i in range(1, len(knots)):
        knots[i] = max(knots[i], APART * knots[i - 1])
    return Mixture(np.array(knots), *found.T)


def fit_bin(watch: np.ndarray, seconds: np.ndarray, steps: int = 150) -> np.ndarray:
    """Ten numbers (four parts, six shapes) of one bin: the best of several starts."""
    ends = [_em(np.array(start), watch, seconds, steps) for start in STARTS]
    return max(ends, key=lambda end: end[1])[0]


def _em(now: np.ndarray, watch: np.ndarray, seconds: np.ndarray, steps: int):
    log_watch, ratio = np.log(watch), watch / seconds
    total = -np.inf
    for _ in range(steps):
        density = np.exp(_log_parts(torch.from_numpy(now)[:, None], watch, seconds).numpy())
        mass = density.sum(axis=0)
        share = density / mass
        last, total = total, np.log(mass).sum()
        now = _moments(share, log_watch, ratio)
        if total - last < 1e-6 * len(watch):
            break
    return now, total


def _moments(share: np.ndarray, log_watch: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """The M step: each part's weighted moments, kept within BOUNDS."""
    skip, leave, finish, loop = share + 1e-12
    middle, at = np.average(log_watch, weights=skip), np.average(ratio, weights=finish)
    shapes = {
        "skip_median": np.exp(middle),
        "skip_sd": np.sqrt(np.average((log_watch - middle) ** 2, weights=skip)),
        "finish_at": at,
        "finish_sd": np.sqrt(np.average((ratio - at) ** 2, weights=finish)),
        "loop_mean": np.average(np.clip(ratio - 1, 0, None), weights=loop),
        "leave_bend": np.average(-np.log(np.clip(ratio, None, 1)), weights=leave),
    }
    kept = [np.clip(shapes[name], *BOUNDS[name]) for name in SHAPES]
    return np.array([*np.clip(share.mean(axis=1), 1e-6, 1), *kept])


def _log_parts(numbers: Tensor, watch, seconds) -> Tensor:
    """ln of each part's share times its density (4, rows), from ten numbers (10, rows or 1)."""
    t, length = torch.as_tensor(watch), torch.as_tensor(seconds)
    weight, (median, sd, at, finish_sd, mean, bend) = numbers[:4].log(), numbers[4:]
    ratio, far = t / length, torch.tensor(-1e9, dtype=torch.float64)
    z, u = (t.log() - median.log()) / sd, (ratio - at) / finish_sd
    root = 0.5 * np.log(2 * np.pi)
    skip = -0.5 * z**2 - sd.log() - t.log() - root
    early = (1 / bend - 1) * ratio.log() - bend.log() - length.log()
    leave = torch.where(ratio <= 1, early, far)
    finish = -0.5 * u**2 - finish_sd.log() - length.log() - root
    loop = torch.where(ratio >= 1, -(ratio - 1) / mean - mean.log() - length.log(), far)
    return weight + torch.stack([skip, leave, finish, loop])
