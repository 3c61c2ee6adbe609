"""What lessons share: phones to look at, sealed predictions, and checks that say what is wrong."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import torch

from sim.lab import plots
from sim.lab.drawing import intervals as numbers
from sim.lab.teaching import phones
from sim.measure.metrics import check_lang, measure
from sim.world.state import row_of

TEXT = {
    "sealed": ("Sealed at {} with the mark {}.", "已于 {} 封存，印记 {}。"),
    "broken": (
        "a sealed prediction may not change; its mark was {}, now it is {}. Run Predict again.",
        "封存的预测不能再改；原印记 {}，现在是 {}。请重新运行“预测”。",
    ),
    "guess": ("You predicted", "你的预测"),
    "found": ("It was", "结果"),
    "verdict": ("Verdict", "对照"),
    "hit": ("as predicted", "猜中"),
    "near": ("close", "接近"),
    "miss": ("otherwise", "没猜中"),
    "favourites": (
        "About one of the viewer's {} favourite topics (%)",
        "属于观众最爱的 {} 个话题（%）",
    ),
    "quality": ("Quality (sd)", "质量（标准差）"),
    "hook": ("How catching it looks (sd)", "开头抓人程度（标准差）"),
    "unmet": (
        "{}: your number must be {} to within {:g}; got {}. Look at the step before this one.",
        "{}：你的数应为 {}（误差不超过 {:g}），得到的是 {}。请检查上一步。",
    ),
    "met": ("{}: right, {:.4g}.", "{}：正确，{:.4g}。"),
}


def _say(key: str, lang: str, *args: Any) -> str:
    return TEXT[key][lang == "zh"].format(*args)


def start(lang: str = "en") -> None:
    """Fonts and theme, and one thread: on small worlds a second one only waits for the first, and
    on a busy machine both wait (a lesson took 233 s with two threads, 41 s with one)."""
    plots.use(lang)
    torch.set_num_threads(1)


@dataclass(frozen=True)
class Sealed:
    """Predictions as they stood before the run."""

    guesses: Mapping[str, Any]
    mark: str
    lang: str


def seal(lang: str = "en", **guesses: Any) -> Sealed:
    """Write predictions down before the run: prints the time and a mark that binds them."""
    mark = _mark(guesses)
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    print(_say("sealed", check_lang(lang), now, mark))
    return Sealed(dict(guesses), mark, lang)


def _mark(guesses: Mapping[str, Any]) -> str:
    text = json.dumps(guesses, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def compare(sealed: Sealed, near: float = 0.1, **found: Any) -> pd.DataFrame:
    """Predictions beside what came of them. Numbers within `near` of the size count as close.

    Raises ValueError if the predictions were changed after they were sealed.
    """
    mark = _mark(sealed.guesses)
    if mark != sealed.mark:
        raise ValueError(_say("broken", sealed.lang, sealed.mark, mark))
    rows = {
        name: (guess, found[name], _say(_verdict(guess, found[name], near), sealed.lang))
        for name, guess in sealed.guesses.items()
    }
    heads = [_say(key, sealed.lang) for key in ("guess", "found", "verdict")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def _verdict(guess: Any, truth: Any, near: float) -> str:
    if guess == truth:
        return "hit"
    both = all(isinstance(x, int | float) for x in (guess, truth))
    return "near" if both and abs(guess - truth) <= near * abs(truth) else "miss"


def check(what: str, yours: float, library: float, within: float = 1e-6, lang: str = "en") -> None:
    """Passes where the learner's number is the library's; else AssertionError says both."""
    if not (math.isfinite(yours) and abs(yours - library) <= within):
        raise AssertionError(_say("unmet", lang, what, library, within, yours))
    print(_say("met", lang, what, yours))


def levels(run: Any, metrics: Sequence[str], lang: str = "en") -> pd.DataFrame:
    """Measures by agent after the first third of the days, as a person reads them."""
    agents, _ = numbers.agents_of(run.metrics, None)
    rows = {}
    for metric in metrics:
        found = numbers.means(run.metrics, metric)
        words = measure(metric)
        rows[words.label(lang)] = {a: words.show(found[a].mean) for a in reversed(agents)}
    return pd.DataFrame(rows).T


def level(run: Any, metric: str, agent: str) -> float:
    """One measure of one agent after the first third of the days."""
    return numbers.means(run.metrics, metric)[agent].mean


def top_tenth(run: Any, agent: str, holder: str = "video") -> float:
    """Share of a run's views that the tenth of videos (or creators) shown most gets, in per cent;
    a tenth of as many as the recommender that showed most of them showed."""
    many = run.events.groupby("agent", observed=True)[holder].nunique().max()
    views = run.events[holder][run.events["agent"] == agent].value_counts()
    return float(100 * views.head(round(many / 10)).sum() / views.sum())


def behind(run: Any, lang: str = "en", count: int = 5) -> pd.DataFrame:
    """What no real platform can see, by agent: how much of what was shown is about each viewer's
    favourite topics (per cent), and how good and how catching the videos are (in standard
    deviations from the mean of all videos made)."""
    agents, _ = numbers.agents_of(run.metrics, None)
    rows = {agent: _behind(run, agent, count) for agent in reversed(agents)}
    heads = [_say(key, lang, count) for key in ("favourites", "quality", "hook")]
    return pd.DataFrame(rows, index=heads).round(2)


def favourites(run: Any, agent: str, count: int = 5) -> float:
    """Per cent of what an agent showed that is about each viewer's `count` favourite topics."""
    return _behind(run, agent, count)[0]


def _behind(run: Any, agent: str, count: int) -> list[float]:
    """Means over seeds; a video whose row has gone to another since is left out."""
    found = []
    for seed, shown in run.events[run.events["agent"] == agent].groupby("seed"):
        world = run.worlds[agent, int(seed)]
        videos, viewers = world.videos, world.viewers
        video, topic, viewer = (
            torch.tensor(shown[c].to_numpy(), dtype=torch.int64, device=world.device)
            for c in ("video", "category", "viewer")
        )
        row = row_of(video, len(videos.id))
        there = videos.id[row] == video
        best = viewers.taste.topk(count, dim=1).indices[row_of(viewer, len(viewers.id))]
        mine = (best == topic[:, None]).any(1)
        good, catching = videos.quality[row][there], videos.hook[row][there]
        found.append([100 * mine.float().mean(), good.mean(), catching.mean()])
    return torch.tensor(found).mean(0).tolist()


feed, beside, seen_by_all = phones.feed, phones.beside, phones.seen_by_all
