"""Tables of a run made by hand: known levels, known differences, no world behind them."""

import numpy as np
import pandas as pd

LEVELS = {  # metric: (baseline, gain of the agent)
    "watch_minutes": (2.0, 1.0),
    "satisfaction": (0.4, 0.05),
    "regret": (0.03, 0.02),
    "return_rate": (0.6, 0.0),
    "topic_entropy": (3.5, -0.5),
    "video_gini": (0.2, 0.6),
    "impressions": (40.0, 0.0),
    "newcomer_share": (0.5, -0.1),
}


def metrics(seeds=(0, 1, 2), agents=("ncf", "random"), days=6) -> pd.DataFrame:
    """Every seed has a level of its own; the agent's gain is the same in all, give or take .001."""
    rows = []
    for seed in seeds:
        noise = np.random.default_rng(seed)
        for agent in agents:
            for day in range(days):
                for name, (base, gain) in LEVELS.items():
                    gains = 0.0 if agent == "random" else gain + 0.001 * seed
                    rows.append((seed, agent, day, name, "all", base * (1 + seed / 10) + gains))
                share = float(noise.uniform(0.2, 0.3))
                rows.append((seed, agent, day, "exposure_share", "creator:large", share))
                rows.append((seed, agent, day, "exposure_share", "creator:small", 1 - share))
    table = pd.DataFrame(rows, columns=["seed", "agent", "day", "metric", "group", "value"])
    return table.assign(unit="unit")


def events(seeds=(0, 1, 2), agents=("ncf", "random")) -> pd.DataFrame:
    """random shows ten videos ten times each; the others show one of them 91 times."""
    parts = []
    for seed in seeds:
        for agent in agents:
            video = np.arange(100) % 10 + 1
            video = video if agent == "random" else np.r_[np.arange(1, 10), np.full(91, 10)]
            watch = np.where(np.arange(100) < 50, 0.5, 12.0)
            parts.append(
                pd.DataFrame(
                    {
                        "seed": seed, "agent": agent, "day": 0, "step": 0,
                        "slot": np.arange(100) % 10, "viewer": 1 + np.arange(100) // 10,
                        "video": video, "creator": (video + 1) // 2, "category": video % 47,
                        "duration_s": 10.0, "watch_s": watch, "like": watch > 10,
                    }
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def lift(seeds=(0, 1, 2), agents=("ncf",), pools=(10, 100, "all"), asked=True) -> dict:
    """An agent that doubles chance with every pool, under a ceiling that trebles it."""

    def told(base, place):
        ends = [base**place - 0.1, base**place + 0.1]
        each = {"mean": float(base**place), "ci95": ends if len(seeds) > 1 else None}
        return {"finish_rate": each, "long_view_rate": each}

    rows = [
        {
            "pool": pool, "viewers": 300 * len(seeds), "videos": 1000.0 if pool == "all" else pool,
            "agent": told(2, place) if asked else None, "oracle": told(3, place),
            "random": {"finish_rate": 0.04, "long_view_rate": 0.12},
        }
        for place, pool in enumerate(pools)
    ]  # fmt: skip
    return dict.fromkeys(agents, rows)
