"""Tables of a run as a lesson's reader takes them in, and the numbers behind them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import torch

from sim.lab.drawing import intervals as numbers
from sim.lab.teaching.words import Book
from sim.measure.metrics import measure
from sim.world.state import row_of, watched

SAYS = Book("lesson_00")


def agents_of(run: Any) -> list[str]:
    """The recommenders of a run, the baseline first, those that see the truth last."""
    agents, _ = numbers.agents_of(run.metrics, None)
    seers = set(run.summary["privileged"]) if hasattr(run, "summary") else set()
    agents.reverse()  # as a sentence has them: chance first
    return sorted(agents, key=lambda agent: agent in seers)


def levels(run: Any, metrics: Sequence[str], lang: str = "en") -> pd.DataFrame:
    """Measures by recommender after the first third of the days, as a person reads them."""
    rows = {}
    for metric in metrics:
        found, words = numbers.means(run.metrics, metric), measure(metric)
        rows[words.label(lang)] = {a: words.show(found[a].mean) for a in agents_of(run)}
    return pd.DataFrame(rows).T


def level(run: Any, metric: str, agent: str) -> float:
    """One measure of one recommender after the first third of the days."""
    return numbers.means(run.metrics, metric)[agent].mean


def top_tenth(run: Any, agent: str, holder: str = "video") -> float:
    """Share of a day's impressions that the tenth of videos (or creators) shown most gets, in per
    cent: what the Lorenz curve draws, the mean over days."""
    return float(100 - 100 * numbers.lorenz(run.events, holder)[agent][90])


def counts(run: Any, lang: str = "en") -> pd.DataFrame:
    """How many videos each recommender showed, how many were watched past half, and how many of
    these were regretted (from the hidden truth: the run needs truth=True); and what a survey, which
    real platforms have, was told."""
    names = ("shown", "watched", "regretted", "asked", "answer")
    heads = [SAYS.word("counts", name, lang) for name in names]
    table = {agent: _counted(run.events, agent) for agent in agents_of(run)}
    return pd.DataFrame(table, index=heads)


def _counted(events: pd.DataFrame, agent: str) -> list[str]:
    events = numbers.chosen(events)
    answers = events["survey"][events["agent"] == agent].dropna()
    numbers_of = [f"{n:,}" for n in (*three(events, agent), len(answers))]
    return [*numbers_of, f"{answers.mean():.2f}"]


def three(events: pd.DataFrame, agent: str) -> tuple[int, int, int]:
    """Videos shown, watched past half, and of these not satisfying (below one half)."""
    mine = numbers.chosen(events[events["agent"] == agent])
    watch, duration = mine["watch_s"], mine["duration_s"]
    past = watched.past_half(watch, duration)
    regretted = watched.regretted(watch, duration, mine["satisfaction"])
    return len(mine), int(past.sum()), int(regretted.sum())


def behind(run: Any, lang: str = "en") -> pd.DataFrame:
    """What no real platform can see, by recommender, after the first third of the days: how much of
    what was shown is about each viewer's five favourite topics (per cent), and how good and how
    catching the videos are (in standard deviations from the mean of all videos made)."""
    rows = {a: [100 * level(run, "favourites", a), *_worth(run, a)] for a in agents_of(run)}
    heads = [SAYS.word("behind", key, lang) for key in ("favourites", "quality", "hook")]
    return pd.DataFrame(rows, index=heads).round(2)


def _worth(run: Any, agent: str) -> list[float]:
    """Quality and hook of what was shown, means over seeds; a video whose row has gone to another
    since is left out."""
    days = int(run.metrics["day"].nunique())
    events = numbers.chosen(run.events)
    late = (events["agent"] == agent) & (events["day"] >= days // 3)
    found = []
    for seed, shown in events[late].groupby("seed"):
        videos = run.worlds[agent, int(seed)].videos
        video = torch.tensor(shown["video"].to_numpy(), dtype=torch.int64, device=videos.id.device)
        row = row_of(video, len(videos.id))
        row = row[videos.id[row] == video]
        found.append([videos.quality[row].mean(), videos.hook[row].mean()])
    return torch.tensor(found).mean(0).tolist()
