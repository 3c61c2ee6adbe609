"""How often viewers like, comment, share, follow, collect and hide, and how much they differ."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln

from sim.calibration.collect import COUNTS, FIT, Sums
from sim.calibration.layouts import FLAGS
from sim.world.reactions import RATIO_EDGES

BETA = [(np.log(0.001), np.log(100)), (np.log(0.01), np.log(10_000))]  # what a world takes
PRIOR_EVENTS = 1.0  # a rate leans on the overall one as if that had shown one event more
PRIOR_LIFT = 5.0  # likes by duration lean on no lift as if that had shown five


def fit_reactions(sums: Sums) -> dict:
    """The [reactions] of a preset, from the fitted days; what the log lacks is left out."""
    counts = sums.counts[FIT]
    rows, acts = _sum(counts, "rows"), {a: _sum(counts, a) for a in FLAGS if a in sums.acts}
    out: dict = {}
    if acts.get("like", np.zeros(1)).sum() > 0:
        plays, likes = (c[sums.viewers.columns[0] > 0] for c in sums.viewers.columns[:2])
        out["like_alpha"], out["like_beta"] = fit_beta(plays, likes)
    shape = None  # of likes over watch ratio: what an act of few events leans on
    for act, happened in acts.items():
        rates = shrink(happened, rows, shape if act != "hide" else None)
        out[f"{act}_by_ratio"] = rates.tolist()
        if act == "like":
            shape = rates / max(happened.sum() / rows.sum(), 1e-9)
    if "like_alpha" in out:
        out |= _joint(counts, sums.acts)
    if "collect" not in acts and sums.videos.collects_a_play and shape is not None:
        out["collect_by_ratio"] = (sums.videos.collects_a_play * shape).tolist()
    return out


def fit_beta(plays: np.ndarray, likes: np.ndarray) -> tuple[float, float]:
    """The Beta of viewers' propensities likeliest to give these likes in these plays."""
    pairs, viewers = np.unique(np.stack([plays, likes]), axis=1, return_counts=True)
    n, k = pairs.astype(float)
    mean = np.clip(k @ viewers / (n @ viewers), 1e-6, 1 - 1e-6)  # all or none: near it

    def loss(at: np.ndarray) -> float:
        a, b = np.exp(at)
        return -float(viewers @ (betaln(k + a, n - k + b) - betaln(a, b)))

    start = np.log([2 * mean, 2 * (1 - mean)])
    found = minimize(loss, start, method="L-BFGS-B", bounds=BETA)
    alpha, beta = np.exp(found.x)
    return float(alpha), float(beta)


def shrink(happened: np.ndarray, rows: np.ndarray, shape: np.ndarray | None) -> np.ndarray:
    """Rates by ratio bin, leaning on the overall rate times `shape` where events are few."""
    overall = max(happened.sum() / max(rows.sum(), 1), 1e-9)
    prior = overall * (np.ones(len(rows)) if shape is None else shape)
    return np.clip((happened + PRIOR_EVENTS) / (rows + PRIOR_EVENTS / prior), 0, 1)


def never_like(plays: np.ndarray, alpha: float, beta: float) -> float:
    """Share of viewers with these many plays who would like nothing, by the fitted Beta."""
    return float(np.exp(betaln(alpha, beta + plays) - betaln(alpha, beta)).mean())


def by_duration(sums: Sums, knots: np.ndarray) -> list[float]:
    """Likes beyond what the watch ratio explains, by knot; 1 where the log has no likes."""
    counts = sums.counts[FIT]
    rows, likes = (counts[..., COUNTS.index(name)] for name in ("rows", "like"))
    by_ratio = likes.sum(axis=0) / np.maximum(rows.sum(axis=0), 1)
    lifted = (likes.sum(axis=1) + PRIOR_LIFT) / (rows @ by_ratio + PRIOR_LIFT)
    return lifted[sums.bins.of(knots)].tolist()


def _joint(counts: np.ndarray, acts: set[str]) -> dict[str, float]:
    """P(like given follow), P(like given comment)."""
    total = dict(zip(COUNTS, counts.sum(axis=(0, 1)), strict=True))
    given = [act for act in ("follow", "comment") if act in acts and total[act]]
    return {f"like_given_{act}": float(total[f"like_and_{act}"] / total[act]) for act in given}


def _sum(counts: np.ndarray, name: str) -> np.ndarray:
    """Over duration bins: (ratio bins,)."""
    assert counts.shape[1] == len(RATIO_EDGES) + 1
    return counts[..., COUNTS.index(name)].sum(axis=0)
