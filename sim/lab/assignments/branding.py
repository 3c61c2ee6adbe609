"""A7, grow a brand: a plan file lived before audiences that are hidden.

Every seed is another platform, with audiences of other habits (livelihood.py) and other accounts,
eight of which live by the plan. A plan is held against the accounts' own habit, and against a post
a day, with the same start on the same seeds. It is a file of words and numbers, so no code of a
student's is run.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from sim.lab.assignments.livelihood import START, lived, platform
from sim.lab.assignments.marks import BySeed, Failed, Figures, Room
from sim.lab.assignments.tables import in_file, tables
from sim.lab.studio.plan.fields import Conduct, Plan
from sim.lab.studio.plan.reading import parse
from sim.presets.errors import BadInput

BASE = {  # the accounts as they are, and with a post a day and nothing else
    "habit": Plan("habit", Conduct(), START),
    "daily": Plan("daily", Conduct(posts_per_week=7.0), START),
}
MOST_CHANGES = 20
# Lines, from trials on other seeds (docs/assignments.md, "A7, measured")
INCOME_HABIT, INCOME_DAILY = 1.25, 1.25  # times their income a month
FOLLOWERS, MORE_FOLLOWERS = 0.85, 1.15  # times the habit's
BRAND, MORE_BRAND = 0.95, 1.03  # times the habit's brand equity
LASTING = 0.7  # of the accounts: some have few hours, and some leave by chance alone


class Branding:
    name, file, suffix = "A7", "plan.toml", ".toml"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based, code = 3, True, False
    points: ClassVar[Mapping[str, float]] = {
        "plan": 10.0, "lasting": 5.0, "followers": 5.0, "income_habit": 20.0, "brand": 10.0,
        "income_daily": 20.0, "more_brand": 15.0, "more_followers": 15.0,
    }  # fmt: skip

    def base(self, seed: int) -> Figures:
        told = {name: lived(plan, seed) for name, plan in BASE.items()}
        return {f"{name}.{key}": x for name, some in told.items() for key, x in some.items()}

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        try:
            self._plan(text)
        except BadInput as error:
            raise Failed({"kind": "refused", "text": str(error)}) from None
        yield Room(text)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        return {"plan": None}

    def sit(self, room: Room, seed: int) -> Figures:
        return lived(self._plan(room.text), seed)

    def _plan(self, text: str) -> Plan:
        """Raises BadInput that names the line."""
        found = tables(text, self.file, self.name)
        topics = len(platform(self.public[0])[0].videos.category_share)
        try:
            changes = found.get("change", ())
            if isinstance(changes, list) and len(changes) > MOST_CHANGES:
                rule, cure = f"a plan changes at most {MOST_CHANGES} times", "Leave some out."
                raise BadInput(rule, len(changes), cure, "change")
            return replace(parse(found, "plan", topics), start=START)
        except BadInput as error:
            raise in_file(error, text, self.file) from None

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        """Times what the baseline came to. The three harder marks are told where the accounts last,
        for who works day and night for four weeks has more of everything."""

        def mean(key: str, who: str = "") -> float:
            some = [base[s][f"{who}.{key}"] if who else figures[s][key] for s in figures]
            return sum(some) / len(some)

        def times(key: str, who: str = "habit") -> float:
            return mean(key) / max(1e-6, mean(key, who))

        followers, brand = times("followers"), times("brand_equity")
        lasting, daily = 1.0 - mean("worn"), times("monthly_income", "daily")
        kept = lasting >= LASTING
        return {
            "lasting": (lasting if followers >= FOLLOWERS else None, LASTING),
            "followers": (followers, FOLLOWERS),
            "income_habit": (times("monthly_income"), INCOME_HABIT),
            "brand": (brand, BRAND),
            "income_daily": (daily if kept else None, INCOME_DAILY),
            "more_brand": (brand if kept else None, MORE_BRAND),
            "more_followers": (followers if kept else None, MORE_FOLLOWERS),
        }
