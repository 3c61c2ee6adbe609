"""Averages over what the logging policy showed and over who watched it.

The log's shares are averages: its policy picks what appeals, and its viewers differ. What holds at
appeal 0 for a viewer of middling habits is solved for here.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from sim.world.watching.mixture import Shapes, below, between, shapes_at, shares_at
from sim.world.watching.params import GRIP_KNOTS, WatchParams, pull

NODES = 15  # of appeal, where it is averaged over by Gauss-Hermite quadrature
HABITS = 9, 5  # nodes of haste, and of stay given haste
GRIPS = 9  # nodes of a video's grip
_EXACT = 1e-7  # of ln shares


@dataclass(frozen=True)
class Met:
    """Pairs of viewer and video in the log, as nodes of quadrature; those of the rest come first.

    Of whom is told is `own`, viewers or videos; the rest is what else there is in a pair.
    """

    over: np.ndarray  # (rest,) appeal above the logging policy's mean
    rest_weight: np.ndarray  # (rest,), sums to 1
    weight: np.ndarray  # (own,), sums to 1
    shift: np.ndarray  # (4, rest, own) logits of skip, leave, finish and loop


@dataclass(frozen=True)
class Side:
    """Who differ in haste and stay, as nodes: arrays (nodes,)."""

    haste: np.ndarray
    stay: np.ndarray
    weight: np.ndarray  # sums to 1


ALIKE = Side(np.zeros(1), np.zeros(1), np.ones(1))


def met(params: WatchParams, own: Side, rest: Side = ALIKE, alike: float = 0.0) -> Met:
    """Appeal N(logging_appeal, logging_spread^2), a share of its variance between those told of."""
    p, part = params, alike**0.5 * params.logging_spread
    x, appeal_weight = _nodes(p.logging_spread, NODES)
    a, own_weight = _nodes(part, HABITS[1])
    over = np.repeat((1 - alike) ** 0.5 * p.logging_spread * x, len(rest.weight))
    drive = pull(p.logging_appeal + over[:, None] + np.repeat(part * a, len(own.weight)), p)
    haste, stay = (_pairs(getattr(rest, n), getattr(own, n), x, a) for n in ("haste", "stay"))
    skip, late = haste - p.appeal_skip * drive, stay + p.appeal_finish * drive
    rest_weight = np.outer(appeal_weight, rest.weight).ravel()
    weight = np.outer(own_weight, own.weight).ravel()
    return Met(over, rest_weight, weight, np.stack([skip, 0 * skip, late, late]))


def _pairs(rest: np.ndarray, own: np.ndarray, x: np.ndarray, a: np.ndarray) -> np.ndarray:
    """(rest, own): the sums of two habits, at all nodes of appeal."""
    return np.tile(rest, len(x))[:, None] + np.tile(own, len(a))


def _habits(params: WatchParams, haste_sd: float, stay_sd: float, alike: float) -> Side:
    """Normal habits of two spreads and a correlation, their means as over the log's plays."""
    h, haste_weight = _nodes(haste_sd, HABITS[0])
    s, stay_weight = _nodes(stay_sd, HABITS[1])
    mean_haste, mean_stay = params.logging_habits
    haste = np.repeat(mean_haste + haste_sd * h, len(s))
    both = alike * h[:, None] + (1 - alike**2) ** 0.5 * s
    stay = mean_stay + stay_sd * both.ravel()
    return Side(haste, stay, np.outer(haste_weight, stay_weight).ravel())


def _all_met(params: WatchParams) -> Met:
    """Viewers and videos together, beside appeal."""
    return met(params, _habits(params, *params.habits_met))


def _viewers(params: WatchParams) -> Side:
    return _habits(params, params.haste_sd, params.stay_sd, params.haste_stay)


def _videos(params: WatchParams) -> Side:
    grip, weight = _nodes(float(params.grips), GRIPS)
    return Side(-params.video_haste_sd * grip, params.video_stay_sd * grip, weight)


def _nodes(sd: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of a standard normal; one place where nothing varies."""
    if not sd:
        return np.zeros(1), np.ones(1)
    x, weight = np.polynomial.hermite_e.hermegauss(count)
    return x, weight / weight.sum()


def centre(params: WatchParams, shares: np.ndarray) -> np.ndarray:
    """Logits at appeal 0, habits 0 and the mean grip of the log's plays, that give `shares` (4, n)
    on average over the log.

    A random video gets less. By scaling (iterative, as for margins of a table), and by Newton's
    steps where they are small.
    """
    pairs = _all_met(params)
    shift = pairs.shift.reshape(4, -1)
    weight = np.outer(pairs.rest_weight, pairs.weight).ravel()
    logits = np.log(shares)
    for _ in range(300):
        part = _parts(logits, shift)
        mean = part @ weight
        miss = np.log(shares / mean)
        if abs(miss).max() < _EXACT:
            break
        newton = _newton(part, weight, mean, shares)
        logits += np.where(abs(newton).max(0) < 1, newton, miss)
    return logits - logits[1]  # against leaving


def without_grip(params: WatchParams, logits: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The logits of `centre` at ln durations `place` (n,), at grip 0."""
    mean = mean_grip(params, place)
    late = -params.video_stay_sd * mean
    return logits + np.stack([params.video_haste_sd * mean, 0 * mean, late, late])


def mean_grip(params: WatchParams, place: np.ndarray) -> np.ndarray:
    """(n,) that of the log's plays at ln durations."""
    return between(GRIP_KNOTS, place, params.logging_grip)


def habits_at(params: WatchParams, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How the viewers of the log are spread, (viewers,), sums to 1, by habits and by how much
    what they are shown appeals to them; and how many videos they skip, leave, finish and loop,
    (4, n, viewers), at the logits of `centre`."""
    return _by_own(met(params, _viewers(params), _videos(params), params.logging_alike), logits)


def grips_at(params: WatchParams, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of the videos of the log: how they are spread, (videos,), by grip and by how much
    they appeal to whoever is shown them; and how many skip them and so on, (4, n, videos)."""
    pairs = met(params, _videos(params), _viewers(params), params.logging_alike_video)
    return _by_own(pairs, logits)


def _by_own(pairs: Met, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    part = _parts(logits, pairs.shift.reshape(4, -1)).reshape(*logits.shape, -1, len(pairs.weight))
    return pairs.weight, np.einsum("knah,a->knh", part, pairs.rest_weight)


def _parts(logits: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """(4, n, pairs): how many skip, leave, finish and loop."""
    z = logits[:, :, None] + shift[:, None]
    part = np.exp(z - z.max(0))
    return part / part.sum(0)


def _newton(
    part: np.ndarray, weight: np.ndarray, mean: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """The step (4, n) that would mend the shares, were they linear in the logits."""
    three = part[[0, 2, 3]]  # leaving stays the measure
    slope = -np.einsum("inp,jnp,p->nij", three, three, weight, optimize=True)
    slope[:, range(3), range(3)] += mean[[0, 2, 3]].T
    step = np.linalg.solve(slope, (shares - mean)[[0, 2, 3]].T[..., None])[..., 0].T
    return np.stack([step[0], 0 * step[0], step[1], step[2]])


def told(
    params: WatchParams, durations: tuple[float, ...], edges: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """What watching tells of appeal: chances of (watch ratio bin, cell) under the logging policy.

    A cell is one of the given durations (seconds, equally likely) and one node of appeal, nodes
    varying fastest. Returns (bins, cells), which sums to 1, and appeal over the logging policy's
    mean in each cell. By quadrature over appeal and habits. Reactions that lean on appeal are tied
    to the log's rates by watch ratio with this.
    """
    pairs, seconds = _all_met(params), np.array(durations)[:, None]
    shares = shares_at(params, np.log(seconds))[..., 0]
    part = _parts(centre(params, shares), pairs.shift.reshape(4, -1))
    part = part.reshape(*shares.shape, len(pairs.over), -1) @ pairs.weight
    share, duration = torch.from_numpy(part), torch.from_numpy(seconds)
    shapes = Shapes(*map(torch.from_numpy, shapes_at(params, np.log(seconds))))

    none = np.zeros((len(seconds), len(pairs.over)))
    under = (np.asarray(below(share, shapes, edge * duration, duration)) for edge in edges)
    steps = [none, *under, none + 1]
    chance = np.stack([b - a for a, b in pairwise(steps)]) * pairs.rest_weight
    return chance.reshape(len(chance), -1) / len(seconds), np.tile(pairs.over, len(seconds))


def told_likes(params: WatchParams, durations: tuple[float, ...]) -> np.ndarray:
    """The factor on like odds that goes with each cell of `told`."""
    factor = between(params.knots, np.log(durations), params.like_by_duration)
    return np.repeat(factor, len(_all_met(params).over))
