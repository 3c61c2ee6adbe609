"""Small logs with known answers, written in the layouts people download."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import Sums, collect, survey
from sim.calibration.logs import find
from sim.calibration.mixture import Mixture
from sim.calibration.moments import Clock
from sim.calibration.videos import VideoTable

KNOTS = np.array([6.0, 8.5, 12.5, 17.5, 25.0, 37.0, 52.0, 74.0, 104.0, 147.0, 230.0, 400.0])
MONDAY = 1_650_816_000_000  # ms; 00:00 of 25 April 2022 in Beijing


def known_mixture(**changed: float) -> Mixture:
    """One set of numbers at every knot, so that the answer does not depend on the knots."""
    numbers = {"skip": 0.60, "leave": 0.20, "finish": 0.12, "loop": 0.08, "skip_median": 2.0}
    numbers |= {"skip_sd": 0.6, "finish_at": 1.03, "finish_sd": 0.03, "loop_mean": 0.6}
    numbers |= {"leave_bend": 1.0} | changed
    return Mixture(KNOTS, **{name: np.full(len(KNOTS), value) for name, value in numbers.items()})


def plays(rows: int, days: int = 6, seed: int = 0, mixture: Mixture | None = None) -> pd.DataFrame:
    """A KuaiRand-like table, in time order, of plays drawn from a known mixture."""
    rng = np.random.default_rng(seed)
    video = rng.integers(0, 500, rows)
    length = np.exp(np.linspace(np.log(5), np.log(600), 500))[video].round(3)
    watch = (mixture or known_mixture()).draw(length, rng)
    time = np.sort(rng.integers(0, days * 86_400_000, rows)) + MONDAY
    local = pd.to_datetime(time + 8 * 3_600_000, unit="ms")
    like = rng.random(rows) < np.where(watch >= length, 0.05, 0.01)
    table = {
        "user_id": rng.integers(0, 400, rows),
        "video_id": video,
        "date": local.strftime("%Y%m%d").astype(int),
        "hourmin": local.hour * 100,
        "time_ms": time,
        "is_like": like.astype(int),
        "is_follow": (rng.random(rows) < 0.002).astype(int),
        "is_comment": (rng.random(rows) < 0.003).astype(int),
        "is_forward": (rng.random(rows) < 0.001).astype(int),
        "is_hate": (rng.random(rows) < 0.001).astype(int),
        "play_time_ms": (watch * 1000).round(),
        "duration_ms": length * 1000,
        "is_rand": 0,
        "tab": 1,
    }
    return pd.DataFrame(table)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """The same plays as a table with the plain layout's names."""
    names = {"video_id": "item_id", "is_like": "like"}
    out = table.rename(columns=names)[["user_id", "item_id", "time_ms", "like"]]
    return out.assign(
        watch_s=table["play_time_ms"] / 1000,
        duration_s=table["duration_ms"] / 1000,
        category="c" + (table["video_id"] % 7).astype(str),
    )


def kuairand(folder: Path, table: pd.DataFrame, suffix: str = "pure") -> Path:
    """A folder as KuaiRand unpacks: two logs, features of the videos."""
    data = folder / "data"
    data.mkdir(parents=True)
    half = len(table) // 2
    table[:half].to_csv(data / f"log_standard_4_08_to_4_21_{suffix}.csv", index=False)
    table[half:].to_csv(data / f"log_standard_4_22_to_5_08_{suffix}.csv", index=False)
    features = {
        "video_id": np.arange(500),
        "author_id": np.arange(500) % 50,
        "video_duration": 30_000.0,
        "tag": ["39,12" if v % 4 == 0 else str(v % 3) for v in range(500)],
    }
    pd.DataFrame(features).to_csv(data / f"video_features_basic_{suffix}.csv", index=False)
    return folder


def kuairec(folder: Path, table: pd.DataFrame) -> Path:
    """A folder as KuaiRec 2.0 unpacks: dates as floats, times in seconds, no reactions."""
    data = folder / "KuaiRec 2.0" / "data"
    data.mkdir(parents=True)
    big = pd.DataFrame(
        {
            "user_id": table["user_id"],
            "video_id": table["video_id"],
            "play_duration": table["play_time_ms"],
            "video_duration": table["duration_ms"],
            "time": "2020-07-05 00:08:23.438",
            "date": table["date"].astype(float),
            "timestamp": table["time_ms"] / 1000,
            "watch_ratio": table["play_time_ms"] / table["duration_ms"],
        }
    )
    big.to_csv(data / "big_matrix.csv", index=False)
    big[:100].to_csv(data / "small_matrix.csv", index=False)
    feats = {"video_id": np.arange(500), "feat": [f"[{v % 5}, 9]" for v in range(500)]}
    pd.DataFrame(feats).to_csv(data / "item_categories.csv", index=False)
    return folder


def collected(where: Path, renamed: dict | None = None) -> Sums:
    """All sums of a log, before anything is fitted to them."""
    log = find(where, renamed or {})
    clock = Clock(log, 8)
    found = survey(log, 8, 0, lambda _: None, (), clock)
    cleaner = Cleaner(log, 8, clock=clock)
    return collect(log, cleaner, found, VideoTable.of(log), 0, lambda _: None)
