"""Checks a fitted mixture on days it has not seen, bin by bin, as the world will read it."""

from dataclasses import asdict, dataclass

import numpy as np

from sim.calibration.bins import LEAST_ROWS
from sim.calibration.collect import COUNTS, FIT, HELD, Sums
from sim.calibration.mixture import Mixture
from sim.world.state import watched

LEVELS = (0.25, 0.5, 0.75, 0.9)
SHARE_LIMIT, QUANTILE_LIMIT = 0.05, 0.2
DRAWS = 100_000  # plays drawn for a bin
SIGMA = 1.96  # 95 %: a held-out figure is itself an estimate; reported, not what is judged


@dataclass(frozen=True)
class Bin:
    """Errors of one duration bin, model against held-out days."""

    durations: str
    rows: int
    quantiles: list[float]  # s, held-out days
    quantile_errors: list[float]  # model / held out - 1
    quantile_floor: list[float]  # fitted days / held out - 1: what the days differ by anyhow
    quantile_beyond: list[float]  # the part of the error outside the 95 % interval
    finish: float
    finish_error: float
    finish_beyond: float
    quick_skip: float
    quick_skip_error: float
    quick_skip_beyond: float
    mean: tuple[float, float]  # s: held out, model
    long_view: tuple[float, float]
    twice: tuple[float, float]  # P(watch >= 1.8 durations)
    click: tuple[float, float]


@dataclass(frozen=True)
class Check:
    bins: list[Bin]
    predicted: dict[str, tuple[float, float]]  # facts nothing was fitted to: held out, model

    def worst(self, kind: str) -> dict[str, float]:
        """Largest error over bins; kind 'error' (plain) or 'beyond' (the interval)."""
        many = "quantile_errors" if kind == "error" else "quantile_beyond"
        return {
            "finish_error": max(abs(getattr(b, f"finish_{kind}")) for b in self.bins),
            "quick_skip_error": max(abs(getattr(b, f"quick_skip_{kind}")) for b in self.bins),
            "quantile_error": max(abs(e) for b in self.bins for e in getattr(b, many)),
        }

    @property
    def within(self) -> tuple[int, int]:
        """How many quantiles of how many are plainly within the limit."""
        errors = [abs(e) for b in self.bins for e in b.quantile_errors]
        return sum(e <= QUANTILE_LIMIT for e in errors), len(errors)

    @property
    def floor(self) -> float:
        """Largest miss of the fitted days' own quantiles: no fit to those days need do better."""
        return max(abs(e) for b in self.bins for e in b.quantile_floor)

    @property
    def passed(self) -> bool:
        worst = self.worst("error")
        shares = max(worst["finish_error"], worst["quick_skip_error"])
        return shares <= SHARE_LIMIT and worst["quantile_error"] <= QUANTILE_LIMIT

    def as_dict(self) -> dict:
        return {
            **self.worst("error"),
            "limits": {"share": SHARE_LIMIT, "quantile": QUANTILE_LIMIT},
            "beyond_interval": self.worst("beyond"),
            "quantile_floor": self.floor,
            "quantiles_within": list(self.within),
            "passed": self.passed,
            "bins": [asdict(b) for b in self.bins],
            "predicted": {k: {"heldout": a, "model": b} for k, (a, b) in self.predicted.items()},
        }


def check(mixture: Mixture, sums: Sums, seed: int) -> Check:
    """Draw plays for the held-out rows' own durations and compare."""
    rng = np.random.default_rng(seed)
    of = len(sums.bins)
    groups = {b: sums.plays.of(HELD * of + b) for b in range(of)}
    full = {b: rows for b, rows in groups.items() if len(rows) >= LEAST_ROWS}
    bins = [
        _bin(sums.bins.label(b), rows, sums.plays.of(FIT * of + b), mixture, rng)
        for b, rows in full.items()
    ]
    weight = np.array([sums.counts[HELD, b, :, 0].sum() for b in full])
    return Check(bins, _predicted(bins, weight / weight.sum()) if bins else {})


def _bin(label: str, held: np.ndarray, fitted: np.ndarray, mixture: Mixture, rng) -> Bin:
    watch, seconds = held.T
    repeated = np.repeat(seconds, -(-DRAWS // len(seconds)))
    drawn = mixture.draw(repeated, rng)
    real, model = (np.quantile(w, LEVELS) for w in (watch, drawn))
    real = np.maximum(real, 1e-3)
    low, high = _interval(watch)
    outside = np.maximum(np.maximum(low - model, model - high), 0) / real
    floor = np.quantile(fitted[:, 0], LEVELS) / real - 1 if len(fitted) else np.zeros(len(LEVELS))
    both = (watch, seconds), (drawn, repeated)
    at = {
        "finish": [watched.finished(*each) for each in both],
        "quick_skip": [watched.quick_skip(each) for each, _ in both],
    }
    numbers: dict[str, float] = {}
    for name, (truth, guess) in at.items():
        share, error = float(truth.mean()), float(guess.mean() - truth.mean())
        noise = SIGMA * np.sqrt(max(share * (1 - share), 1e-4) / len(truth))
        numbers |= {name: share, f"{name}_error": error}
        numbers[f"{name}_beyond"] = max(0.0, abs(error) - float(noise))
    return Bin(
        durations=label,
        rows=len(watch),
        quantiles=real.tolist(),
        quantile_errors=(model / real - 1).tolist(),
        quantile_floor=floor.tolist(),
        quantile_beyond=outside.tolist(),
        mean=(float(watch.mean()), float(drawn.mean())),
        long_view=_pair(*(watched.long_view(*each) for each in both)),
        twice=_pair(*(watched.again(*each) for each in both)),
        click=_pair(*(watched.clicked(*each) for each in both)),
        **numbers,
    )


def _interval(watch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of each quantile, from ranks (order statistics, any distribution)."""
    level = np.array(LEVELS)
    step = SIGMA * np.sqrt(level * (1 - level) / len(watch))
    return np.quantile(watch, np.clip(level - step, 0, 1)), np.quantile(
        watch, np.clip(level + step, 0, 1)
    )


def _pair(real: np.ndarray, model: np.ndarray) -> tuple[float, float]:
    return float(real.mean()), float(model.mean())


def _predicted(bins: list[Bin], weight: np.ndarray) -> dict[str, tuple[float, float]]:
    """Facts over all durations that the fit was not given."""
    out = {}
    for name in ("mean", "long_view", "click"):
        real, model = np.array([getattr(b, name) for b in bins]).T @ weight
        out[name] = (float(real), float(model))
    return out


def likes_predicted(sums: Sums, reactions: dict) -> tuple[float, float]:
    """Like rate of the held-out plays, seen and expected from their watch ratios."""
    counts = sums.counts[HELD]
    rows, likes = (counts[..., COUNTS.index(n)].sum(axis=0) for n in ("rows", "like"))
    return float(likes.sum() / rows.sum()), float(
        rows @ np.array(reactions["like_by_ratio"]) / rows.sum()
    )
