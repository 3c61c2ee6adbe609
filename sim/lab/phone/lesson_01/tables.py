"""The table of what the personas did, which the check asks about."""

import pandas as pd

from sim.lab.phone.following import SWIPES
from sim.lab.phone.lesson_01.experiment import Runs
from sim.lab.teaching.words import Book

SAYS = Book("lesson_01")


def counts(runs: Runs, lang: str = "en") -> pd.DataFrame:
    """Of the first forty swipes of all personas, by platform: videos, likes, and how many of the
    first and of the last twenty were about the five favourite topics."""
    heads = [SAYS.word("counts", key, lang) for key in ("videos", "likes", "early", "late")]
    table = {agent: [f"{n:,}" for n in numbers(runs, agent)] for agent in runs.by}
    return pd.DataFrame(table, index=heads)


def numbers(runs: Runs, agent: str) -> tuple[int, int, int, int]:
    """As in `counts`."""
    rows = runs.by[agent].rows
    rows = rows[rows["swipes"] <= SWIPES]
    early = rows[rows["swipes"] <= SWIPES // 2]
    late = rows[rows["swipes"] > SWIPES // 2]
    found = (rows["videos"], rows["likes"], early["favourites"], late["favourites"])
    videos, likes, first, last = (int(column.sum()) for column in found)
    return videos, likes, first, last
