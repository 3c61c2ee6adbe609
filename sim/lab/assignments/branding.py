"""A7, grow a brand: a plan file lived before audiences that are hidden.

Every seed is another platform, another account and another luck. A plan is held against the
account's own habit with the same start on the same seeds. It is a file of words and numbers, so no
code of a student's is run.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from sim.lab.assignments.marks import BySeed, Failed, Figures, Room
from sim.lab.assignments.tables import in_file, tables
from sim.lab.studio.lives import Life, Task, live
from sim.lab.studio.plan.fields import Conduct, Plan, Start
from sim.lab.studio.plan.futures import outcome, tasks
from sim.lab.studio.plan.reading import parse
from sim.presets.errors import BadInput
from sim.seats.creator.task import set_up

DAYS, SCALE = 28, 1000.0  # people that a viewer stands for, as plans have it
SIZE = {"size.pages": 6}
FUTURES = (1, 2)  # lives of a plan on a seed: one past, other luck
START = Start(followers=2000, cash=5000.0)  # everybody's, whatever a plan says of it
TOLD = ("followers", "monthly_income", "brand_equity")
FOLLOWERS, MORE_FOLLOWERS = 1.05, 1.25  # times what the habit ends with
INCOME, BRAND = 100.0, 1.05  # money a month beyond it; times its brand equity


class Branding:
    name, file, suffix = "A7", "plan.toml", ".toml"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based = 5, True
    points: ClassVar[Mapping[str, float]] = {
        "plan": 10.0, "followers": 20.0, "more_followers": 15.0, "income": 25.0, "brand": 20.0,
        "lasting": 10.0,
    }  # fmt: skip

    def base(self, seed: int) -> Figures:
        return _lived(None, seed)

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        try:
            _plan(text)
        except BadInput as error:
            raise Failed({"kind": "refused", "text": str(error)}) from None
        yield Room(text)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        return {"plan": None}

    def sit(self, room: Room, seed: int) -> Figures:
        return _lived(_plan(room.text), seed)

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        def mean(key: str, of: BySeed) -> float:
            return sum(of[seed][key] for seed in figures) / len(figures)

        grown = mean("followers", figures) / max(1.0, mean("followers", base))
        earned = mean("monthly_income", figures) - mean("monthly_income", base)
        brand = mean("brand_equity", figures) / max(1e-6, mean("brand_equity", base))
        lasting = 1.0 - mean("ended", figures)
        return {
            "followers": (grown, FOLLOWERS), "more_followers": (grown, MORE_FOLLOWERS),
            "income": (earned, INCOME), "brand": (brand, BRAND),
            "lasting": (lasting if grown >= FOLLOWERS else None, 1.0),
        }  # fmt: skip


@lru_cache(maxsize=1)
def _like() -> tuple[Task, int]:
    """A life as all of them are, but for who lives it; and how many topics there are."""
    params, episode = set_up(days=DAYS, settings=SIZE)
    task = Task("", None, 0, params, replace(episode, cash=0.0))
    return task, len(params.videos.category_share)


def _plan(text: str) -> Plan:
    """Raises BadInput that names the line."""
    found = tables(text, "plan.toml", "A7")
    try:
        return replace(parse(found, "plan", _like()[1]), start=START)
    except BadInput as error:
        raise in_file(error, text, "plan.toml") from None


def _lived(plan: Plan | None, seed: int) -> dict[str, float]:
    """Means over the futures of a seed of what it came to; without a plan, of the habit's."""
    like, _ = _like()
    lives = [live(task) for task in tasks(plan, replace(like, seed=seed), FUTURES, SCALE, _HABIT)]
    return {key: sum(_of(life, key) for life in lives) / len(lives) for key in (*TOLD, "ended")}


def _of(life: Life, key: str) -> float:
    return float(bool(life.ended)) if key == "ended" else outcome(life, key, SCALE)


_HABIT = Plan("habit", Conduct(), START)
