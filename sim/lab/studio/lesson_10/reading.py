"""What the fates of twins come to: the fan, paired differences, income by stream, luck's share."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from sim.lab import stats
from sim.lab.studio.lesson_10.lived import Fates
from sim.lab.studio.lesson_10.planning import SAYS, YOU, name_of
from sim.lab.studio.plan.futures import QUANTILES, luck
from sim.lab.studio.words import STREAMS as SAID
from sim.world.state import STREAMS

MONTH, WEEK = 30, 7  # days
OUTCOMES = ("views", "followers", "trust", "income")


def outcome(found: Fates, what: str) -> Float[np.ndarray, "futures twins"]:
    """Followers on the last day; trust, the mean of the last week; RMB of the last 30 days, all
    streams; views a day, the mean over all days."""
    if what == "followers":
        return found.followers[..., -1]
    if what == "trust":
        return found.trust[..., -WEEK:].mean(-1)
    if what == "income":
        return found.income[:, :, -MONTH:].sum((2, 3))
    return found.views.mean(-1)


def own(found: Fates, what: str) -> Float[np.ndarray, " lives"]:
    """Of the learner's plan, which several accounts live in each world."""
    return outcome(found, what)[:, found.own].ravel()


def against(found: Fates, twin: str, what: str) -> dict[str, Any]:
    """{"mean", "ci95"}: a twin less the mean of those that live the plan, world by world."""
    table = outcome(found, what)
    base = table[:, found.own].mean(1)
    return stats.mean_and_interval((table[:, found.of(twin)] - base).tolist())


def sign(found: Fates, twin: str, what: str) -> int:
    """-1, 0 or 1: 0 where the interval holds 0, or there is none."""
    ends = against(found, twin, what)["ci95"]
    return 0 if ends is None else int(ends[0] > 0) - int(ends[1] < 0)


ASKED = {  # of a twin's sign: what its being ahead says, by the twin
    "posts_35": ("less", "same", "more"), "posts_1": ("more", "same", "less"),
    "title_tempting": ("honest", "same", "tempting"),
    "title_honest": ("tempting", "same", "honest"),
}  # fmt: skip


def went(found: Fates, key: str, what: str) -> str:
    """Which of the two that differ in this is ahead, as the prediction's answers call it."""
    twin = next(name for name in found.twins if name.startswith(f"{key}_"))
    return ASKED[twin][1 + sign(found, twin, what)]


def share_of_luck(found: Fates, what: str) -> float:
    """Of 100 parts of the differences among all these lives, those within a plan."""
    table = outcome(found, what)
    groups = [own(found, what).tolist()]
    groups += [table[:, found.of(name)].tolist() for name in found.twins]
    share = luck(groups)
    return 100.0 if share is None else 100 * share


def fan(found: Fates) -> Float[np.ndarray, "quantiles days"]:
    """Followers of the learner's plan, by QUANTILES."""
    lives = found.followers[:, found.own].reshape(-1, found.days)
    return np.quantile(lives, QUANTILES, axis=0)


def times(found: Fates) -> float:
    """How many times as many followers the best tenth of the plan's futures ends with as the worst
    tenth; all begin with the same."""
    low, high = np.quantile(own(found, "followers"), [0.1, 0.9])
    return float(high / max(low, 1.0))


def streams(found: Fates) -> pd.DataFrame:
    """RMB a month by twin and stream, means over the last 30 days of all futures; the plan's own
    from all who live it."""
    month = found.income[:, :, -MONTH:].sum(2).mean(0)
    table = pd.DataFrame(month, index=list(found.names), columns=list(STREAMS))
    own = table.iloc[found.own].mean().rename(YOU).to_frame().T
    return pd.concat([own, table.loc[found.twins]])


def gave_up(found: Fates, name: str) -> float:
    """Of 100 futures of a twin, or of those who live the plan, those given up by the last day."""
    places = found.own if name == YOU else [found.of(name)]
    return 100 * float(1 - found.held[:, places, -1].mean())


def table(found: Fates, lang: str = "en") -> pd.DataFrame:
    """A row a twin: views a day, followers and trust at the end, RMB a month, and of 100 futures
    those in which the creator gave up."""
    rows = {}
    for name in (YOU, *found.twins):
        cells = []
        for what in OUTCOMES:
            values = own(found, what) if name == YOU else outcome(found, what)[:, found.of(name)]
            cells.append(f"{values.mean():.2f}" if what == "trust" else f"{values.mean():,.0f}")
        rows[name_of(name, lang)] = [*cells, f"{gave_up(found, name):.0f}"]
    heads = [SAYS.word("heads", what, lang) for what in (*OUTCOMES, "gave_up")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def stream_name(stream: str, lang: str) -> str:
    return SAID[stream][lang == "zh"]
