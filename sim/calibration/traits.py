"""The habits of a log's viewers and the grips of its videos: fitted to some of its days and
checked on others."""

from collections.abc import Mapping
from math import inf

import numpy as np

from sim.calibration import grips, habits
from sim.calibration.collect import HELD, Sums
from sim.presets.checking import build
from sim.world.watching import WatchParams

LENGTHS = 2000  # durations that stand for all of a part of the days
TURNS, STILL = 8, 0.01  # of fits, and a spread that moves by less in one rests


def fitted(sums: Sums, watch: Mapping, base: Mapping, *parts: int) -> dict[str, float]:
    """Spreads for the [watch] of a preset; none where few have two plays. Each of the two parts is
    found with the other in place, in turns until neither moves: what videos add to how plays
    spread makes those of a viewer less alike, and the other way round."""
    plays = ((habits, sums.habits_of(*parts)), (grips, sums.grips_of(*parts)))
    told = [(way, way.seen(*of), error) for way, of in plays if (error := way.errors(*of))]
    found, lengths = {**watch, **dict.fromkeys(grips.NAMES, 0.0)}, _lengths(sums, *parts)
    out: dict[str, float] = {}
    for _ in range(TURNS):
        before = dict(out)
        for way, seen, error in told:
            starts = [tuple(out[name] for name in way.NAMES)] if before else way.STARTS
            out |= way.fit(_law({**found, **out}, base), lengths, seen, error, starts)
        if all(abs(out[name] - before.get(name, inf)) <= STILL for name in out):
            break
    return out


def predicted(sums: Sums, watch: Mapping, base: Mapping) -> dict[str, tuple[float, float]]:
    """Correlations by viewer and by video: of the held-out days, and of the law as fitted to the
    others."""
    out: dict[str, tuple[float, float]] = {}
    plays = {"viewer": (habits, sums.habits_of(HELD)), "video": (grips, sums.grips_of(HELD))}
    for who, (way, held) in plays.items():
        real = way.seen(*held)
        if real and way.NAMES[0] in watch:
            found = way.model(_law(watch, base), _lengths(sums, HELD))
            out |= {f"{name}_icc_{who}": (value, found[name]) for name, value in real.items()}
    return out


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
