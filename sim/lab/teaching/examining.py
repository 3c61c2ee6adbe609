"""The check at the end: numbers that the learner works out, and what is wrong with a wrong one.

Nothing is filled in, no cell computes the answers in the learner's sight, and a wrong number is
answered with what went wrong and not with the right one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from sim.lab.teaching import asking, sealing
from sim.lab.teaching.playing import Asked, form
from sim.lab.teaching.tables import agents_of, three
from sim.lab.teaching.words import complete, questions, word
from sim.measure import bubble

DECIMAL, HUNDREDTH = 0.051, 0.011  # one decimal was asked for; bits come out even
FEEDS = (  # videos by topic, of 16
    (8, 4, 4), (8, 4, 2, 2), (4, 4, 4, 2, 2), (8, 2, 2, 2, 2), (8, 4, 2, 1, 1), (4, 4, 2, 2, 2, 2),
)  # fmt: skip


def entropy(counts: Any) -> float:
    """Bits of a feed with so many videos of each topic (Shannon, 1948)."""
    return float(bubble.entropy(torch.tensor([list(counts)]))[0])


@dataclass(frozen=True)
class Exam:
    """What is asked about a run."""

    rates: Mapping[str, tuple[float, float]]  # of each recommender, as rates_of
    agent: str
    feed: tuple[int, ...]

    @property
    def truth(self) -> dict[str, float]:
        shown, watched = self.rates[self.agent]
        return {"shown": shown, "watched": watched, "bits": entropy(self.feed)}

    def right(self, key: str, value: Any) -> bool:
        within = HUNDREDTH if key == "bits" else DECIMAL
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and abs(value - self.truth[key]) <= within

    def hint(self, key: str, value: float, lang: str) -> str:
        """What probably went wrong."""
        name, args = (self._bits if key == "bits" else self._rate)(key, value)
        return word("verdicts", name, lang, *args)

    def _rate(self, key: str, value: float) -> tuple[str, tuple[Any, ...]]:
        shown, watched = self.rates[self.agent]
        own, other = (shown, watched) if key == "shown" else (watched, shown)
        if abs(value - other) <= DECIMAL:
            return "swapped", ()
        if value < 1 and abs(100 * value - own) <= 0.6:
            return "share", ()
        for agent, (a, b) in self.rates.items():
            if agent != self.agent and abs(value - (a if key == "shown" else b)) <= DECIMAL:
                return "agent", (agent,)
        upside = own > 0 and abs(value - 10_000 / own) <= 0.005 * 10_000 / own
        return ("upside" if upside else "divide"), ()

    def _bits(self, key: str, value: float) -> tuple[str, tuple[Any, ...]]:
        many = len(self.feed)
        if value == many:
            return "count", (math.log2(many),)
        return ("equal" if abs(value - math.log2(many)) <= HUNDREDTH else "parts"), ()

    def verdicts(self, answers: Mapping[str, Any], lang: str) -> list[tuple[bool, str]]:
        """For each question whether it is right, and the sentence that says so."""
        told = []
        for key in self.truth:
            name, value = word("verdicts", key, lang), answers.get(key)
            if self.right(key, value):
                told.append((True, word("verdicts", "right", lang, name)))
            else:
                hint = self.hint(key, value, lang) if isinstance(value, int | float) else ""
                told.append((False, word("verdicts", "wrong", lang, name, hint)))
        return told


@dataclass
class Examined:
    """The form of a check; `verdict` waits for it."""

    exam: Exam
    lang: str
    asked: Asked

    def verdict(self) -> None:
        """Says of every number whether it is right; stops kindly where one is not."""
        told = self.exam.verdicts(self.asked.answers(), self.lang)
        for _, sentence in told:
            print(sentence)
        if not all(right for right, _ in told):
            asking.wait(self.lang, word("verdicts", "again", self.lang))


def examine(run: Any, name: str, lang: str = "en", agent: str = "popular") -> Examined:
    """Hand out the check of a run that has the hidden truth in its events. Which feed is asked
    about depends on the learner's own salt, so a neighbour's number is of another one."""
    rates = {a: rates_of(*three(run.events, a)) for a in agents_of(run)}
    sealed = sealing.opened(name, lang)
    exam = Exam(rates, agent, FEEDS[int(sealed.salt, 16) % len(FEEDS) if sealed else 0])
    feed = ("、" if lang == "zh" else ", ").join(map(str, exam.feed))
    asked_for = questions("check", lang, [feed])

    def receive(answers: dict[str, Any]) -> str:
        if not complete(asked_for, answers):
            return word("form", "todo_send", lang)
        asking.keep(f"{name}.check.json", {"answers": answers, "feed": exam.feed})
        return word("form", "received", lang)

    script = {key: round(value, 2 if key == "bits" else 1) for key, value in exam.truth.items()}
    asked = form("check", lang, "todo_send", receive, fill=[feed], script=script)
    return Examined(exam, lang, asked)


def rates_of(shown: int, watched: int, regretted: int) -> tuple[float, float]:
    """Regretted of 100 shown, and of 100 watched past half."""
    return 100 * regretted / max(1, shown), 100 * regretted / max(1, watched)
