"""Figures of a log that a preset is checked against, and what its videos are like."""

import numpy as np
import torch

from sim.calibration import grips, habits
from sim.calibration.collect import COUNTS, FIT, HELD, LABELS, RANDOM, Sums
from sim.calibration.layouts import FLAGS
from sim.measure import bubble
from sim.measure.agreement import icc
from sim.measure.exposure import gini, top_share

CATEGORIES = 47  # in a preset
TINY = 1e-4  # share of a category the log does not have
TASTED = 10  # plays that make a viewer's entropy worth measuring
_BITS = LABELS.bit_length() - 1
RATES = ("finish", "quick_skip", "click", "long_view", *FLAGS, "positive", "negative")


def videos(sums: Sums) -> dict:
    """The [videos] of a preset."""
    out: dict = {}
    table, plays = sums.videos, sums.shown.columns[0]
    seen = table.tags.values if len(table.tags) else sums.shown.columns[3]
    if (seen >= 0).any():
        out["category_share"] = shares(np.bincount(seen[seen >= 0])).tolist()
    if table.extra_tags is not None:
        out["second_tag"] = table.extra_tags
    lengths = table.lengths.values if len(table.lengths) else sums.shown.columns[2] / plays
    out["duration_quantiles"] = np.quantile(lengths, np.linspace(0, 1, 129)).tolist()
    return out


def shares(counts: np.ndarray) -> np.ndarray:
    """CATEGORIES shares, largest first: a long tail is merged into the last, gaps are tiny."""
    ranked = np.sort(counts[counts > 0])[::-1].astype(float)
    if len(ranked) > CATEGORIES:
        ranked = np.append(ranked[: CATEGORIES - 1], ranked[CATEGORIES - 1 :].sum())
        ranked = np.sort(ranked)[::-1]
    padded = np.full(CATEGORIES, TINY)
    padded[: len(ranked)] = np.maximum(ranked / ranked.sum(), TINY)
    return whole(padded / padded.sum())


def whole(parts: np.ndarray) -> np.ndarray:
    """Shares rounded to 4 decimals that still sum to 1: the largest takes what rounding left."""
    out = np.round(parts, 4)
    out[out.argmax()] += 1 - out.sum()
    return np.round(out, 4)


def measured(sums: Sums, seed: int) -> dict:
    """The [measured] of a preset: all days, rows a feed chose."""
    chosen = sums.counts[[FIT, HELD]].sum(axis=(0, 1, 2))
    plays, creators = sums.shown.columns[0], sums.creators.columns[0]
    out: dict = {f"{name}_rate": value for name, value in _rates(sums, chosen).items()}
    out["watch_seconds"] = float(chosen[COUNTS.index("seconds")] / chosen[0])
    out |= {
        "video_gini": gini(plays),
        "video_top1": top_share(plays, 0.01),
        "ratio_deciles": _deciles(sums),
    }
    if len(creators):
        out["creator_gini"] = gini(creators)
    if "like" in sums.acts and chosen[COUNTS.index("like")]:
        both = chosen[COUNTS.index("like_and_long_view")] / chosen[COUNTS.index("like")]
        out["long_view_given_like"] = float(both)
        out["like_icc_viewer"] = icc(*sums.viewers.columns[2:])
        out["like_icc_video"] = icc(*sums.shown.columns[:2])
        often = sums.viewers.columns[2] >= TASTED
        if often.any():
            out["never_like_share"] = float((sums.viewers.columns[3][often] == 0).mean())
    alike = habits.seen(*sums.habits_of(FIT, HELD))
    out |= {f"{name}_icc_viewer": value for name, value in alike.items()}
    alike = grips.seen(*sums.grips_of(FIT, HELD))
    out |= {f"{name}_icc_video": value for name, value in alike.items()}
    out |= _entropy(sums, seed)
    if sums.counts[RANDOM].any():
        by_chance = _rates(sums, sums.counts[RANDOM].sum(axis=(0, 1)))
        out |= {f"random_{name}_rate": value for name, value in by_chance.items()}
        out |= {
            f"lift_{name}": out[f"{name}_rate"] / value
            for name, value in by_chance.items()
            if value
        }
    return {name: value for name, value in out.items() if value is not None}


def _rates(sums: Sums, counts: np.ndarray) -> dict[str, float]:
    rows = counts[0]
    absent = set(FLAGS) - sums.acts
    if not sums.acts & {"like", "comment", "share", "follow", "collect"}:
        absent.add("positive")
    if "hide" in absent:
        absent.add("negative")
    return {n: float(counts[COUNTS.index(n)] / rows) for n in RATES if n not in absent}


def _deciles(sums: Sums) -> list[float]:
    """Of watch seconds over duration; each kept play stands for those of its bin."""
    ratio, weight = [], []
    bins = len(sums.bins)
    for group in (*range(bins), *range(HELD * bins, HELD * bins + bins)):
        kept = sums.plays.of(group)
        rows = sums.counts[group // bins, group % bins, :, 0].sum()
        ratio.append(kept[:, 0] / kept[:, 1])
        weight.append(np.full(len(kept), rows / max(len(kept), 1)))
    value, mass = np.concatenate(ratio), np.concatenate(weight)
    order = np.argsort(value)
    return np.interp(
        np.arange(0.1, 0.95, 0.1), np.cumsum(mass[order]) / mass.sum(), value[order]
    ).tolist()


def _entropy(sums: Sums, seed: int) -> dict[str, float]:
    """Bits of the categories a viewer is shown, and of as many random draws from the pool."""
    viewer, place = np.unique(sums.tastes.keys >> _BITS, return_inverse=True)
    if not len(viewer) or len(sums.videos.labels) > LABELS:
        return {}
    label, category = np.unique(sums.tastes.keys & (LABELS - 1), return_inverse=True)
    count = sums.tastes.columns[0]
    plays = np.bincount(place, count).astype(int)
    often = np.flatnonzero(plays >= TASTED)[:5000]
    if not len(often):
        return {}
    row = np.asarray(np.searchsorted(often, place))
    mine = (row < len(often)) & (often[np.minimum(row, len(often) - 1)] == place)
    pool = np.bincount(category, count, minlength=len(label) + 1) / count.sum()  # the last: none,
    # since whatever a sum of rounded shares leaves falls there
    rng = np.random.default_rng(seed)
    drawn = [_bits(rng.multinomial(n, pool)) for n in plays[often]]
    added = bubble.surprise(torch.from_numpy(count[mine])).numpy()
    shown = np.bincount(row[mine], added, minlength=len(often))
    bits = bubble.entropy_of(torch.from_numpy(plays[often]).double(), torch.from_numpy(shown))
    return {"topic_entropy": float(bits.mean()), "topic_entropy_random": float(np.mean(drawn))}


def _bits(counts: np.ndarray) -> float:
    """Entropy of counts of one viewer."""
    return float(bubble.entropy(torch.from_numpy(counts)[None]))
