"""What a plan may say, and within what limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from sim.world.ranges import Share, Within

Level = Annotated[float, Within(0, 1)]  # true is 1, false is 0


@dataclass(frozen=True)
class Earning:
    """How it earns; what is left out is left to habit."""

    ads: Level | None = None
    shop: Level | None = None
    membership: Level | None = None
    deals: Level | None = None
    disclose: Level | None = None  # share of deals that are said to be such
    gifts: Level | None = None
    merchandise: Level | None = None


@dataclass(frozen=True)
class Start:
    """How it begins; at a real platform's size."""

    followers: Annotated[int, Within(0, 1_000_000_000)] | None = None
    cash: Annotated[float, Within(0, 1_000_000_000)] = 1000.0  # RMB
    hours: Annotated[float, Within(0, 24)] | None = None  # of work a day, at most


@dataclass(frozen=True)
class Goal:
    """What it is for; at a real platform's size."""

    metric: Literal["followers", "monthly_income", "brand_equity"] = "followers"
    value: Annotated[float, Within(0, 1_000_000_000_000)] = 0.0


@dataclass(frozen=True)
class Conduct:
    """What a plan says of its days; what is left out is left to the account's habit."""

    persona: str | None = None
    topics: Mapping[str, float] | None = None
    formats: Mapping[str, float] | None = None
    posts_per_week: Annotated[float, Within(0, 70)] | None = None
    hour: Annotated[float, Within(0, 24)] | None = None
    duration_s: Annotated[float, Within(1, 3600)] | None = None
    effort_quality: Level | None = None
    effort_hook: Level | None = None
    honesty: Share | None = None  # of titles
    trends: Share | None = None  # of posts that join one
    replies_per_day: Annotated[float, Within(0, 1000)] | None = None
    community_per_week: Annotated[float, Within(0, 100)] | None = None
    promotion_per_week: Annotated[float, Within(0, 10_000_000)] | None = None  # RMB
    income: Earning = Earning()


@dataclass(frozen=True)
class Change:
    """From a week on, some of it is another."""

    from_week: Annotated[int, Within(2, 5000)]
    what: Conduct


@dataclass(frozen=True)
class Plan:
    """A plan as it was written, every value within its limits."""

    name: str
    conduct: Conduct
    start: Start = Start()
    goal: Goal | None = None
    changes: tuple[Change, ...] = field(default=())

    def in_week(self, week: int) -> Conduct:
        """What holds in a week, counted from 1."""
        now = self.conduct
        for change in self.changes:
            if change.from_week <= week:
                now = merged(now, change.what)
        return now


def merged(old: Conduct, new: Conduct) -> Conduct:
    """`new`, where it says anything, upon `old`. A new position is a whole one."""
    told: dict[str, Any] = {f.name: getattr(old, f.name) for f in fields(Conduct)}
    if new.persona is not None or new.topics is not None:
        told["persona"] = told["topics"] = None
    for f in fields(Conduct):
        if f.name != "income" and getattr(new, f.name) is not None:
            told[f.name] = getattr(new, f.name)
    income = {f.name: getattr(old.income, f.name) for f in fields(Earning)}
    income |= {n: x for n, x in vars(new.income).items() if x is not None}
    return Conduct(**{**told, "income": Earning(**income)})
