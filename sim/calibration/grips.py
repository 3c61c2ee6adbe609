"""How much videos differ in how they are watched, beside their duration and what appeals in them.

Seen is how alike plays of one video on different days are, in five measures with their means by
duration taken off. They are plays of different viewers, so that nothing of a viewer is in it.
Fitted are the two spreads of videos' grips that make the law of watching give the same, its shares
by duration held. What appeal makes of it is taken off: `logging_alike_video` of the variance of
appeal under the logging policy lies between videos. A log cannot show that; it is the world's.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from sim.calibration import habits
from sim.calibration.habits import HELD_BACK, LEAST_ERROR, LENGTHS, MEASURES
from sim.world.watching import WatchParams, centre, grips_at, shares_at

COLUMNS = habits.COLUMNS + 1  # of a video and day: those of a viewer and day, and seconds
LEAST_VIDEOS = 200  # with plays on two days, for their grips to be fitted
STEPS = 24  # of duration, of equal plays, between which what is taken off is linear
STARTS = ((0.3, 0.1), (1.0, 0.5))
LEAST, MOST = 0.05, 2.0  # of either spread; with less no correlation moves by .001: it is none
NAMES = ("video_haste_sd", "video_stay_sd")  # what is fitted, in this order


def columns(watch: np.ndarray, seconds: np.ndarray) -> list[np.ndarray]:
    """What is summed by video and day: COLUMNS arrays."""
    return [*habits.columns(watch, seconds), np.asarray(seconds, np.float64)]


def seen(video: np.ndarray, sums: list[np.ndarray]) -> dict[str, float]:
    """Correlations of two plays of a video on two days, beside its duration, from sums of `columns`
    by video and day and the names of those videos; none where they are few. A video counts by
    plays."""
    _, place = np.unique(video, return_inverse=True)
    plays, n = np.asarray(sums[0], float), len(MEASURES)
    often = (pairs := habits.pairs(place, plays)) > 0
    if often.sum() < LEAST_VIDEOS:
        return {}
    share = np.bincount(place, plays)[often]
    weight = share / share.sum() / pairs[often]
    basis, out = _basis(np.log(sums[-1] / plays), plays), {}
    for name, total, square in zip(MEASURES, sums[1 : 1 + n], sums[1 + n : -1], strict=True):
        usual = _usual(basis, plays, total)
        beside = total - plays * usual
        spread = (square - 2 * usual * total + plays * usual**2).sum() / plays.sum()
        both = habits.pairs(place, beside)[often]
        out[name] = float(weight @ both / spread) if spread > 0 else 0.0
    return out


def _basis(place: np.ndarray, plays: np.ndarray) -> np.ndarray:
    """(rows, steps) shares of each ln duration in the two steps that it lies between."""
    order = np.argsort(place)
    upto = np.cumsum(plays[order]) / plays.sum()
    at = np.searchsorted(upto, np.linspace(0, 1, STEPS + 1)).clip(max=len(order) - 1)
    steps = np.unique(place[order][at])
    return np.stack([np.interp(place, steps, one) for one in np.eye(len(steps))], axis=1)


def _usual(basis: np.ndarray, plays: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(rows,) the mean of a measure at each duration, by least squares over plays."""
    normal = basis.T @ (plays[:, None] * basis)
    return basis @ np.linalg.lstsq(normal, basis.T @ total, rcond=None)[0]


def errors(video: np.ndarray, sums: list[np.ndarray]) -> dict[str, float]:
    """Standard errors of `seen`, by the jackknife over groups of videos; none where one fails."""
    return habits.jackknife(seen, video, sums)


def fit(
    params: WatchParams, seconds: np.ndarray, real: dict[str, float], error: dict[str, float],
    starts: Sequence[Sequence[float]] = STARTS,
) -> dict[str, float]:  # fmt: skip
    """NAMES such that plays of videos of `seconds` are as alike by video as `real` says, each of
    which has its standard error."""
    goal = np.array([max(real[name], 0.0) for name in MEASURES])
    unit = np.array([max(error[name], LEAST_ERROR) for name in MEASURES])

    def miss(at: np.ndarray) -> np.ndarray:
        now = replace(params, **dict(zip(NAMES, at.tolist(), strict=True)))
        found = np.array(list(model(now, seconds).values()))
        return np.concatenate([(found - goal) / unit, HELD_BACK * at])

    ends = [
        least_squares(miss, start, bounds=(0.0, MOST), diff_step=0.05, x_scale=0.3, max_nfev=30)
        for start in starts
    ]
    found = min(ends, key=lambda end: end.cost)
    spreads = np.where(found.x < LEAST, 0.0, found.x)
    return {name: round(float(x), 3) for name, x in zip(NAMES, spreads, strict=True)}


def model(params: WatchParams, seconds: np.ndarray) -> dict[str, float]:
    """The same correlations by the law of watching, of videos of `seconds`."""
    lengths = np.quantile(seconds, (np.arange(LENGTHS) + 0.5) / LENGTHS)
    place = np.log(lengths)
    weight, part = grips_at(params, centre(params, shares_at(params, place)))
    even = replace(params, pace_share=0.0)  # a skip's pace is the viewer's, so the video's luck
    out = {}
    for name, value in habits.values(even, lengths, np.zeros(1)).items():
        first, second = value.mean(-1)[..., 0], (value**2).mean(-1)[..., 0]  # (4, lengths)
        own = np.einsum("klv,kl->lv", part, first)  # a video's mean
        usual = own @ weight
        square = np.einsum("klv,kl,v->l", part, second, weight)
        between = ((own - usual[:, None]) ** 2) @ weight
        out[name] = float(between.sum() / (square - usual**2).sum())
    return out
