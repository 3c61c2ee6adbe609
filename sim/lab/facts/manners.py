"""How viewers differ as watchers, as the card holds it to docs/facts.md, "Viewers differ"."""

import numpy as np
import pandas as pd
import torch
from scipy.optimize import minimize
from scipy.stats import nbinom

from sim.lab.facts.figures import Arms
from sim.measure.agreement import alike
from sim.world.rng import key, streams
from sim.world.state import watched

(THIN,) = streams("facts", "thinned plays")
CUT = 10.0, 0.1  # a longer watch ratio, a shorter time in seconds, count as these
THINNED = 7.0  # plays a viewer to which a log is thinned, as the real one is
ABOUT = 20, 30  # plays in it of the viewers whose shares of skips are told


def watchers(arms: Arms) -> dict[str, float]:
    i = arms.house.impressions
    length = i.duration.astype(float)
    watch = np.minimum(np.maximum(i.watch.astype(float), CUT[1]), CUT[0] * length)
    skip = watched.quick_skip(i.watch).astype(float)
    values = {
        "ratio": watch / length,
        "ln_watch": np.log(watch),
        "quick_skip": skip,
        "long_view": watched.long_view(i.watch, i.duration).astype(float),
    }
    kept = _thinned(i.viewer)
    low, high = _skip_shares(i.viewer[kept], skip[kept])
    return {
        **{f"watchers.{name}": _alike(i.viewer, value) for name, value in values.items()},
        "watchers.video_ratio": _alike(i.video, values["ratio"]),
        "watchers.skips_low": low,
        "watchers.skips_high": high,
        "watchers.plays": dispersion(i.viewer[kept].value_counts().to_numpy()),
        "watchers.day_spread": float(np.log(i.groupby(["day", "viewer"]).size()).std()),
    }


def _alike(group: pd.Series, value: pd.Series) -> float:
    of = pd.DataFrame({"value": value, "square": value**2}).groupby(group.to_numpy())
    sums = of.sum()
    found = alike(of.size().to_numpy(), sums.value.to_numpy(), sums.square.to_numpy())
    return float("nan") if found is None else found


def _thinned(viewer: pd.Series) -> np.ndarray:
    """Plays kept of a log thinned to THINNED plays a viewer."""
    luck = key(0).fold(THIN).uniform(torch.arange(len(viewer))).numpy()
    return luck < THINNED * viewer.nunique() / len(viewer)


def _skip_shares(viewer: pd.Series, skip: pd.Series) -> tuple[float, float]:
    """Share of skips of viewers with ABOUT so many plays: 10th and 90th percentile over them."""
    of = skip.groupby(viewer.to_numpy()).agg(["size", "mean"])
    whole = of["mean"][of["size"].between(*ABOUT)]
    return float(whole.quantile(0.1)), float(whole.quantile(0.9))


def dispersion(plays: np.ndarray) -> float:
    """k of the likeliest negative binomial of counts of which none is seen that is 0."""
    value, count = np.unique(plays, return_counts=True)

    def loss(at: np.ndarray) -> float:
        mean, k = np.exp(at)
        share = k / (k + mean)
        seen = nbinom.logpmf(value, k, share) - np.log1p(-(share**k))
        return -float(count @ seen)

    start = np.log([[plays.mean(), 0.5], [plays.mean(), 2.0], [plays.mean() / 2, 1.0]])
    options = {"initial_simplex": start, "xatol": 1e-4, "fatol": 1e-6}
    return float(np.exp(minimize(loss, start[0], method="Nelder-Mead", options=options).x[1]))
