"""How much viewers differ as watchers, beside the durations they meet: how soon and how fast they
skip, how often they see a video through.

Seen is how alike the plays of one viewer are on different days, by five measures: a mean over
pairs, which few plays a viewer do not bias. Fitted are the spreads of habits that make the law of
watching give the same, its shares by duration held: by quadrature, with no draw.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from scipy.optimize import least_squares
from scipy.stats import norm

from sim.calibration.mixture import LEAST_SECONDS, MOST_RATIO
from sim.world.state import watched
from sim.world.watching import Shapes, WatchParams, centre, habits_at, played, shapes_at, shares_at

MEASURES = ("ratio", "ln_watch", "quick_skip", "long_view", "finish")
COLUMNS = 1 + 2 * len(
    MEASURES
)  # of a viewer and day: plays, and of each measure its sum and of squares
LEAST_VIEWERS = 200  # with plays on two days, for their habits to be fitted
LEAST_ERROR = 0.01  # of a correlation: what the law itself is not good for (assumed)
GROUPS = 20  # of viewers, left out one by one for the standard errors
HELD_BACK = 1.0  # errors that a spread of one weighs: what the log does not tell, viewers share
LENGTHS, LUCK = 24, 64  # durations and draws that stand for all, evenly spaced by rank
STARTS = ((0.8, 0.4, -0.3, 0.3), (1.5, 0.4, -0.3, 0.3), (1.9, 0.4, -0.5, 0.3))
BOUNDS = ((0.0, 0.0, -0.95, 0.0), (3.0, 2.0, 0.95, 0.95))
NAMES = ("haste_sd", "stay_sd", "haste_stay", "pace_share")  # what is fitted, in this order
Seen = Callable[[np.ndarray, list[np.ndarray]], dict[str, float]]


def measures(watch: np.ndarray, seconds: np.ndarray) -> list[np.ndarray]:
    """One array for each of MEASURES."""
    watch = np.clip(watch, LEAST_SECONDS, MOST_RATIO * seconds)
    yes = watched.quick_skip(watch), watched.long_view(watch, seconds)
    return [watch / seconds, np.log(watch), *yes, watched.finished(watch, seconds)]


def columns(watch: np.ndarray, seconds: np.ndarray) -> list[np.ndarray]:
    """What is summed by viewer and day: COLUMNS arrays."""
    values = [np.asarray(v, np.float64) for v in measures(watch, seconds)]
    return [np.ones(len(watch)), *values, *(v**2 for v in values)]


def seen(viewer: np.ndarray, sums: list[np.ndarray]) -> dict[str, float]:
    """Correlations of two plays of a viewer on two days, from sums of `columns` by viewer and day
    and the names of those viewers; none where they are few.

    Pairs within a day would tell of the mood of that day, too. A viewer counts by plays.
    """
    _, place = np.unique(viewer, return_inverse=True)
    plays = np.asarray(sums[0], float)
    met = pairs(place, plays)
    often = met > 0
    if often.sum() < LEAST_VIEWERS:
        return {}
    here, weight = often[place], np.bincount(place, plays)[often]
    weight = weight / weight.sum()
    n, out = len(MEASURES), {}
    for name, total, square in zip(MEASURES, sums[1 : 1 + n], sums[1 + n :], strict=True):
        mean = total[here].sum() / plays[here].sum()
        spread = square[here].sum() / plays[here].sum() - mean**2
        both = pairs(place, total - mean * plays)[often] / met[often]
        out[name] = float(weight @ both / spread) if spread > 0 else 0.0
    return out


def pairs(place: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Sum of products over ordered pairs of a viewer's days."""
    return np.bincount(place, value) ** 2 - np.bincount(place, value**2)


def errors(viewer: np.ndarray, sums: list[np.ndarray]) -> dict[str, float]:
    """Standard errors of `seen`, by the jackknife over groups of viewers; none where one fails."""
    return jackknife(seen, viewer, sums)


def jackknife(seen: Seen, name: np.ndarray, sums: list[np.ndarray]) -> dict[str, float]:
    """Standard errors of what is seen of sums by name, of which one group is left out each time."""
    group = name % GROUPS
    left = [seen(name[group != g], [c[group != g] for c in sums]) for g in range(GROUPS)]
    if not all(left):
        return {}
    scale = (GROUPS - 1) / GROUPS**0.5
    return {name: scale * float(np.std([one[name] for one in left])) for name in MEASURES}


def fit(
    params: WatchParams, seconds: np.ndarray, real: dict[str, float], error: dict[str, float],
    starts: Sequence[Sequence[float]] = STARTS,
) -> dict[str, float]:  # fmt: skip
    """NAMES such that plays of videos of `seconds` are as alike by viewer as `real` says, each of
    which has its standard error."""
    goal = np.array([max(real[name], 0.0) for name in MEASURES])
    unit = np.array([max(error[name], LEAST_ERROR) for name in MEASURES])

    def miss(at: np.ndarray) -> np.ndarray:
        now = replace(params, **dict(zip(NAMES, at.tolist(), strict=True)))
        found = np.array(list(model(now, seconds).values()))
        return np.concatenate([(found - goal) / unit, HELD_BACK * at])

    # evenly spaced draws make small steps of it, in which one descent may stick
    ends = [
        least_squares(miss, start, bounds=BOUNDS, diff_step=0.05, x_scale=0.3, max_nfev=40)
        for start in starts
    ]
    found = min(ends, key=lambda end: end.cost)
    return {name: round(float(x), 3) for name, x in zip(NAMES, found.x, strict=True)}


def model(params: WatchParams, seconds: np.ndarray) -> dict[str, float]:
    """The same correlations by the law of watching, for a viewer's plays of any of `seconds`."""
    ranks = (np.arange(LENGTHS) + 0.5) / LENGTHS
    lengths = np.quantile(seconds, ranks)
    place = np.log(lengths)
    weight, part = habits_at(params, centre(params, shares_at(params, place)))
    paces, pace_weight = np.polynomial.hermite_e.hermegauss(5)
    pace_weight = pace_weight / pace_weight.sum()
    out = {}
    for name, value in values(params, lengths, paces).items():  # (4, lengths, paces, luck)
        first, second = value.mean(-1), (value**2).mean(-1)
        own = np.einsum("klh,klp->hp", part, first) / LENGTHS  # a viewer's mean
        both = np.outer(weight, pace_weight)
        mean = (both * own).sum()
        square = np.einsum("klh,klp,hp->", part, second, both) / LENGTHS
        out[name] = float((both * (own - mean) ** 2).sum() / (square - mean**2))
    return out


def values(params: WatchParams, lengths: np.ndarray, paces: np.ndarray) -> dict[str, np.ndarray]:
    """Each measure of who skips, leaves, finishes and loops: (4, lengths, paces, luck)."""
    at = (np.arange(LUCK) + 0.5) / LUCK
    normal, minus_log = torch.from_numpy(norm.ppf(at)), torch.from_numpy(-np.log(at))
    share = params.pace_share
    of_skip = share**0.5 * torch.from_numpy(paces)[:, None] + (1 - share) ** 0.5 * normal
    shapes = (torch.from_numpy(x)[:, None, None] for x in shapes_at(params, np.log(lengths)))
    duration = torch.from_numpy(lengths)[:, None, None]
    ways = played(Shapes(*shapes), duration, of_skip, normal, minus_log)
    whole = (len(lengths), len(paces), LUCK)
    watch = torch.stack([w.expand(whole) for w in ways]).numpy()
    found = measures(watch, np.broadcast_to(lengths[:, None, None], watch.shape))
    return dict(zip(MEASURES, (np.asarray(v, float) for v in found), strict=True))
