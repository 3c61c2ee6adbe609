"""The check of lesson 2: how far one video's fates lie apart, and luck's share of a small table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, Examined
from sim.lab.teaching.lesson_02.worlds import Fates
from sim.lab.teaching.words import Book

SAYS = Book("lesson_02")
Table = tuple[tuple[int, int], ...]
# four videos' success in two worlds, in doublings, and the videos' own variance
SETS: tuple[tuple[Table, float], ...] = (
    (((4, 6), (5, 5), (9, 7), (3, 7)), 5.0), (((2, 6), (8, 8), (5, 7), (4, 2)), 6.0),
    (((7, 3), (6, 8), (4, 4), (9, 5)), 3.5), (((3, 5), (7, 9), (6, 6), (8, 2)), 4.5),
    (((5, 5), (2, 8), (7, 3), (6, 6)), 7.5), (((8, 6), (4, 4), (3, 3), (9, 5)), 2.0),
)  # fmt: skip


def within(table: Table) -> float:
    """Variance between the two worlds of a video, the mean over videos: half the squared difference
    is the variance of two numbers."""
    return sum((one - two) ** 2 / 2 for one, two in table) / len(table)


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked about a video's fates and a table."""

    book: ClassVar[Book] = SAYS
    most: int
    fewest: int
    table: Table
    own: float

    @property
    def truth(self) -> dict[str, float]:
        luck = within(self.table)
        return {"times": self.most / self.fewest, "luck": luck,
                "share": 100 * luck / (luck + self.own)}  # fmt: skip

    def hint(self, key: str, value: float, lang: str) -> str:
        for name, wrong in self._wrong(key).items():
            if abs(value - wrong) <= DECIMAL:
                return self.book.word("verdicts", name, lang)
        return self.book.word("verdicts", f"how_{key}", lang)

    def _wrong(self, key: str) -> dict[str, float]:
        """What comes out where a step is missed."""
        luck, share = within(self.table), self.truth["share"]
        return {
            "times": {"upside": self.fewest / self.most, "minus": self.most - self.fewest},
            "luck": {"no_half": 2 * luck, "sum": len(self.table) * luck,
                     "no_square": sum(abs(a - b) for a, b in self.table) / len(self.table)},
            "share": {"own": 100 - share, "fraction": share / 100, "ratio": 100 * luck / self.own},
        }[key]  # fmt: skip


def extremes(found: Fates, place: int, lang: str = "en") -> pd.DataFrame:
    """Most and fewest impressions of one video over all worlds."""
    heads = [SAYS.word("extremes", word, lang) for word in ("most", "fewest")]
    table = {}
    for agent in found.agents:
        views = found.views[agent][:, place]
        table[agent] = [int(views.max()), int(views.min())]
    return pd.DataFrame(table, index=heads)


def chosen(found: Fates, ids: Sequence[int], agent: str = "popular") -> int:
    """The place of the best of these videos by quality that was shown in every world."""
    places = sorted(found.among(ids), key=lambda place: -float(found.quality[place]))
    shown = [place for place in places if float(found.views[agent][:, place].min()) > 0]
    if shown:
        return shown[0]
    return int(found.views[agent].min(0).values.argmax())


def examine(found: Fates, place: int, name: str, lang: str = "en") -> Examined:
    """Hand out the check; which table is asked about depends on the learner's own salt."""
    views = found.views["popular"][:, place]
    sealed = sealing.opened(name, lang)
    table, own = SETS[int(sealed.salt, 16) % len(SETS) if sealed else 0]
    exam = Exam(int(views.max()), int(views.min()), table, own)
    pairs = [SAYS.word("extremes", "pair", lang, "ABCD"[k], *pair) for k, pair in enumerate(table)]
    listed = ("；" if lang == "zh" else "; ").join(pairs)
    return checking.hand_out(exam, name, lang, [listed, f"{own:g}"], table=table)
