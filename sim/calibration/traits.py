"""The habits of a log's viewers: fitted to some of its days, and checked on others."""

from collections.abc import Mapping

import numpy as np

from sim.calibration import habits
from sim.calibration.collect import HELD, Sums
from sim.presets.checking import build
from sim.world.watching import WatchParams

LENGTHS = 2000  # durations that stand for all of a part of the days


def fitted(sums: Sums, watch: Mapping, base: Mapping, *parts: int) -> dict[str, float]:
    """Spreads for the [watch] of a preset; none where few viewers have two plays."""
    plays = sums.habits_of(*parts)
    error = habits.errors(*plays)
    if not error:
        return {}
    return habits.fit(_law(watch, base), _lengths(sums, *parts), habits.seen(*plays), error)


def predicted(sums: Sums, watch: Mapping, base: Mapping) -> dict[str, tuple[float, float]]:
    """Correlations by viewer: of the held-out days, and of the law as fitted to the others."""
    real = habits.seen(*sums.habits_of(HELD))
    if "haste_sd" not in watch or not real:
        return {}
    found = habits.model(_law(watch, base), _lengths(sums, HELD))
    return {f"{name}_icc_viewer": (value, found[name]) for name, value in real.items()}


def _law(watch: Mapping, base: Mapping) -> WatchParams:
    """What a world would read: the fit over the base."""
    return build(WatchParams, {**base, **watch}, "watch.")


def _lengths(sums: Sums, *parts: int) -> np.ndarray:
    """Durations of plays, as many of each bin as it has of all."""
    of, out = len(sums.bins), []
    plays = sums.counts[..., 0].sum(-1)  # (parts, bins)
    for part, b in ((part, b) for part in parts for b in range(of)):
        kept = np.sort(sums.plays.of(part * of + b)[:, 1])
        count = round(LENGTHS * plays[part, b] / plays[list(parts)].sum())
        out.append(kept[np.linspace(0, len(kept) - 1, count).astype(int)] if len(kept) else kept)
    return np.concatenate(out)
