"""What people are shown of topics, as the card holds it to docs/facts.md, "Taste, bubbles"."""

import numpy as np
import pandas as pd
import torch

from sim.lab.facts.figures import Arms
from sim.measure import bubble
from sim.measure.repeats import topic_lift

LAGS = (0, 1, 2, 5, 7, 13)  # days
PLAYS = 20  # a viewer: at as many even draws have the log's entropy of 3.41 bits


def topics(arms: Arms) -> dict[str, float]:
    house, even = (_entropy(arm.impressions) for arm in (arms.house, arms.random))
    told = {"topics.narrowing": 1 - house / even, "topics.interest": arms.house.interest}
    return {**told, **_lifts(arms), **_trends(arms)}


def _entropy(impressions: pd.DataFrame) -> float:
    """Bits, of some plays of each viewer: of more plays it is higher, and rare topics count."""
    i = impressions[["viewer", "topic"]]
    plays = i.groupby("viewer").viewer.transform("size").to_numpy()
    at = i.groupby("viewer").cumcount().to_numpy()
    some = (plays >= PLAYS) & (at * PLAYS // plays != (at + 1) * PLAYS // plays)  # evenly spread
    return float(bubble.entropy(_counts(i[some])).mean())


def _counts(i: pd.DataFrame) -> torch.Tensor:
    """Viewers x topics."""
    return torch.tensor(pd.crosstab(i.viewer, i.topic).to_numpy())


def _lifts(arms: Arms) -> dict[str, float]:
    """Two videos of one viewer are of one main topic so much more often than any two, by days
    between them."""
    i = arms.house.impressions
    many = int(i.topic.max()) + 1
    place = pd.factorize(i.viewer)[0] * many + i.topic.to_numpy(np.int64)
    size = (i.viewer.nunique(), many)
    days = [
        torch.from_numpy(np.bincount(at, minlength=size[0] * size[1]).reshape(size))
        for _, at in pd.Series(place).groupby(i.day.to_numpy())
    ]
    return {f"tag_lift.{lag}": topic_lift(days, lag) for lag in LAGS}


def _trends(arms: Arms) -> dict[str, float]:
    """Lengths of trends; a spell that goes on as the days end counts as such."""
    beyond, median = arms.spells.beyond(), arms.spells.measure()
    return {
        "trends.median": median.get("trend_days", float("nan")),
        "trends.long": float(beyond[14]),
    }
