"""The check of lesson 5: pairs of a small feed, a bubble from the table, and a share by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from sim.lab.teaching import checking, sealing
from sim.lab.teaching.checking import DECIMAL, Examined
from sim.lab.teaching.lesson_05.shares import SAYS, Kin
from sim.lab.teaching.words import Book

AGENT = "bayes"
# videos by topic; and the bubble with neither of two causes, the first, the second, both
SETS = (
    ((3, 2, 1), (2, 5, 4, 11)), ((4, 1, 1), (1, 3, 6, 12)), ((3, 3, 2), (0, 4, 3, 10)),
    ((4, 2, 2), (3, 4, 8, 13)), ((5, 2, 1), (1, 6, 2, 9)), ((2, 2, 2), (2, 3, 7, 14)),
)  # fmt: skip


@dataclass(frozen=True)
class Exam(checking.Exam):
    """What is asked."""

    book: ClassVar[Book] = SAYS
    mine: float
    ours: float
    feed: tuple[int, ...]
    worth: tuple[int, int, int, int]

    @property
    def truth(self) -> dict[str, float]:
        n = sum(self.feed)
        none, one, two, both = self.worth
        return {"pairs": 100 * sum(k * (k - 1) for k in self.feed) / (n * (n - 1)),
                "bubble": self.mine - self.ours,
                "share": (one - none + both - two) / 2}  # fmt: skip

    def hint(self, key: str, value: float, lang: str) -> str:
        for name, wrong in self._wrong(key).items():
            if abs(value - wrong) <= DECIMAL:
                return self.book.word("verdicts", name, lang)
        return self.book.word("verdicts", f"how_{key}", lang)

    def _wrong(self, key: str) -> dict[str, float]:
        """What comes out where a step is missed."""
        n = sum(self.feed)
        none, one, two, both = self.worth
        return {
            "pairs": {"self_pairs": 100 * sum(k * k for k in self.feed) / n**2,
                      "fraction": self.truth["pairs"] / 100, "topics": 100 / len(self.feed)},
            "bubble": {"whole": self.mine, "backwards": self.ours - self.mine},
            "share": {"alone": one - none, "last": both - two,
                      "other": (two - none + both - one) / 2, "sum": one - none + both - two},
        }[key]  # fmt: skip


def examine(found: Mapping[tuple[str, str], Kin], name: str, lang: str = "en") -> Examined:
    """Hand out the check; which feed is asked about depends on the learner's own salt."""
    sealed = sealing.opened(name, lang)
    feed, worth = SETS[int(sealed.salt, 16) % len(SETS) if sealed else 0]
    kin = found[AGENT, "slight"]
    one, two = (round(fmean(x), 1) for x in (kin.mine, kin.ours))
    listed = ("、" if lang == "zh" else ", ").join(map(str, feed))
    exam = Exam(one, two, feed, worth)
    return checking.hand_out(exam, name, lang, [listed, *worth], feed=feed)
