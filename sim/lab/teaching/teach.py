"""What a lesson calls: a deck to swipe, predictions to seal, tables, figures, phones, a check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from IPython.display import HTML
from matplotlib.figure import Figure

from sim.lab import plots
from sim.lab.teaching import newcomer, phones, pictures, playing
from sim.lab.teaching.checking import Examined
from sim.lab.teaching.examining import entropy, examine
from sim.lab.teaching.newcomer import Made
from sim.lab.teaching.phones import beside, seen_by_all
from sim.lab.teaching.playing import Asked, Played, Predicted, choose, predict
from sim.lab.teaching.sealing import Sealed
from sim.lab.teaching.tables import agents_of, behind, counts, level, levels, top_tenth
from sim.lab.teaching.words import EVERY, book_of

__all__ = [
    "Asked", "Examined", "Predicted", "agents_of", "behind", "beside", "choose", "compare",
    "counts", "deck", "entropy", "examine", "level", "levels", "made_of_me", "predict",
    "seen_by_all", "start", "top_tenth",
]  # fmt: skip
NEAR = 0.15  # of the size: numbers within it count as close


def start(lang: str = "en") -> None:
    """Fonts and theme, and one thread: on small worlds a second one only waits for the first, and
    on a busy machine both wait (a lesson took 233 s with two threads, 41 s with one)."""
    plots.use(lang)
    torch.set_num_threads(1)


def deck(name: str, world: str, seed: int, device: str = "cpu", lang: str = "en") -> Played:
    """A phone with cards of this world to swipe; see playing.deck."""
    return playing.deck(newcomer.deal(world, seed, device), name, lang)


@dataclass(frozen=True)
class OfMe:
    """What each recommender made of the learner's swipes."""

    found: Mapping[str, Made]
    topics: list[int]
    chance: float
    swipes: int
    lang: str

    def figure(self) -> Figure:
        return pictures.made(self.found, self.topics, self.chance, self.swipes, self.lang)

    def phones(self, first: int = 6) -> HTML:
        """The next cards that each recommender would show."""
        shown = {a: (m.after[:first], m.after_topics[:first]) for a, m in self.found.items()}
        return phones.to_come(shown, self.lang)


def made_of_me(
    played: Played, recommenders: Sequence[str], world: str, days: int, seed: int, device="cpu"
) -> OfMe:
    """Lets each recommender live some days, and asks it what it makes of a newcomer who swiped as
    the learner did. Waits for the deck."""
    swipes, topics = played.swipes(), played.topics()
    arms = newcomer.platforms(recommenders, world, days, seed, device)
    found = {name: newcomer.make_of(arm, played.cards, swipes) for name, arm in arms.items()}
    chance = newcomer.chance(arms[recommenders[0]], topics)
    return OfMe(found, topics, chance, len(swipes), played.lang)


def compare(sealed: Sealed, lang: str = "en", **found: Any) -> pd.DataFrame:
    """Sealed predictions beside what came of them."""
    book, rows = book_of(sealed.lesson), {}
    for key, guess in sealed.answers.items():
        both = [book.answer_word("predict", key, value, lang) for value in (guess, found[key])]
        verdict = EVERY.word("predicted", _verdict(guess, found[key]), lang)
        rows[book.word("predicted", key, lang)] = [*both, verdict]
    heads = [EVERY.word("predicted", head, lang) for head in ("guess", "found", "verdict")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def _verdict(guess: Any, truth: Any) -> str:
    if guess == truth:
        return "hit"
    both = all(isinstance(x, int | float) for x in (guess, truth))
    return "near" if both and abs(guess - truth) <= NEAR * abs(truth) else "miss"
