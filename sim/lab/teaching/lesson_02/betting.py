"""A scout's bets: cards of videos with a jury's stars, and how often those bet on came out on top.

The stars are the hidden truth, so who bets knows more than any platform does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import torch
from jaxtyping import Int
from torch import Tensor

from sim.lab.teaching import playing
from sim.lab.teaching.lesson_02.worlds import Fates, stock
from sim.lab.teaching.newcomer import DECK, Cards
from sim.lab.teaching.playing import Played
from sim.lab.teaching.words import Book
from sim.measure import exposure
from sim.world.rng import key

SAYS = Book("lesson_02")
CARDS = 16
TOP = 0.25  # of the videos: what is bet on
GOOD = 4  # stars of quality from which the script bets


@dataclass(frozen=True)
class Bets:
    """A deck of cards that were bet on, or not."""

    played: Played
    quality: Int[Tensor, " cards"]  # stars

    def on(self) -> list[int]:
        """Ids of the videos bet on; waits for the deck."""
        swipes = torch.tensor(self.played.swipes())
        return self.played.cards.video[swipes == 1].tolist()


def bets(name: str, world: str, seed: int, device: str = "cpu", lang: str = "en") -> Bets:
    """Hand out the cards: of the newest videos, evenly from the worst to the best, mixed."""
    videos, fresh = stock(world, seed, device)
    order = videos.quality[fresh].argsort()
    places = torch.linspace(0, len(order) - 1, CARDS).round().long()
    mixed = key(seed, device).fold(DECK).fold(2).uniform(videos.id[fresh[order[places]]]).argsort()
    chosen = order[places][mixed]
    quality, hook = (stars(x[fresh])[chosen] for x in (videos.quality, videos.hook))
    row = fresh[chosen]
    cards = Cards(videos.id[row], videos.topic[row], videos.duration[row])
    notes = [
        [SAYS.word("deck", word, lang, "★" * n + "☆" * (5 - n)) for word, n in
         (("quality", q), ("hook", h))]
        for q, h in zip(quality.tolist(), hook.tolist(), strict=True)
    ]  # fmt: skip
    script = [int(n >= GOOD) for n in quality.tolist()]
    return Bets(playing.deck(cards, name, lang, notes, script), quality)


def stars(worth: Tensor) -> Int[Tensor, " videos"]:
    """One to five: the fifth of the videos in which each one is."""
    return 1 + 5 * worth.argsort().argsort() // len(worth)


def share_on_top(found: Fates, agent: str, places: list[int], part: float = TOP) -> float:
    """How often videos at these places end in the top `part` of their world, in per cent."""
    return 100 * float(found.tops(agent, part)[:, places].double().mean())


def best(found: Fates, count: int) -> list[int]:
    """Places of the best videos by quality."""
    return found.quality.topk(count).indices.tolist()


def outcome(mine: Bets, found: Fates, lang: str = "en") -> pd.DataFrame:
    """How many of 100 bets came true: the learner's, on the best by quality, on all."""
    own = found.among(mine.on())
    rows: Mapping[str, list[int]] = {
        "mine": own, "best": best(found, len(own)), "chance": list(range(len(found.video))),
    }  # fmt: skip
    table = {
        agent: {SAYS.word("bets", row, lang): f"{share_on_top(found, agent, places):.0f}"
                for row, places in rows.items()}
        for agent in found.agents
    }  # fmt: skip
    return pd.DataFrame(table)


def again(found: Fates, agent: str, part: float = 0.1) -> float:
    """How often the video shown most in one world ends in the top `part` of another, in per cent,
    over all pairs of worlds."""
    first = found.views[agent].argmax(1)
    there = found.tops(agent, part)[:, first].double()
    pairs = len(first) * (len(first) - 1)
    return 100 * float(there.sum() - there.diagonal().sum()) / max(1, pairs)


def top_share(found: Fates, agent: str, part: float = 0.1) -> float:
    """What the videos shown most get of all impressions, in per cent, the mean over worlds."""
    shares = [exposure.top_share(views, part) for views in found.views[agent]]
    return 100 * sum(shares) / len(shares)
