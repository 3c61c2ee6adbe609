"""What a creator may decide for a day: a choice, and the levels of its levers."""

from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

TOPICS = ("main", "second", "best", "trend")  # what a post may be about; see `topic_of`
# the levels of each lever, in rising order; that of topics is a menu
LEVERS: dict[str, tuple[float, ...]] = {
    "count": (0, 1, 2, 3),  # posts a day
    "topic": tuple(range(len(TOPICS))),
    "format": (0, 1, 2, 3),  # of FORMATS
    "duration": (8, 20, 45, 100),  # seconds
    "effort_quality": (0.2, 0.5, 0.9),
    "effort_hook": (0.2, 0.5, 0.9),
    "honesty": (0.3, 0.7, 1.0),
    "trend": (0.0, 0.5),
    "hour": (8, 12, 19, 22),
    "replies": (0, 10, 40),  # a day
    "community": (0, 1, 3),  # acts a day
    "promotion": (0, 1, 4),  # money units a day
    "ads": (0.0, 0.5, 1.0),
    "shop": (0.0, 0.5, 1.0),
    "membership": (0.0, 1.0),
    "deals": (0.0, 1.0),
    "disclose": (0.0, 1.0),
    "gifts": (0.0, 1.0),
    "merchandise": (0.0, 1.0),
}
MENUS = ("topic", "format")  # levers whose levels stand in no order


@dataclass(frozen=True)
class Choice:
    """What creators decide for a day; a row a seat. -1 and NaN leave it to the account's habit."""

    count: Int[Tensor, " seats"]  # posts
    topic: Int[Tensor, " seats"]
    topic2: Int[Tensor, " seats"]
    format: Int[Tensor, " seats"]  # index into FORMATS
    duration: Float[Tensor, " seats"]  # seconds
    effort_quality: Float[Tensor, " seats"]  # this and what follows 0..1, where nothing is said
    effort_hook: Float[Tensor, " seats"]
    honesty: Float[Tensor, " seats"]  # of titles
    trend: Float[Tensor, " seats"]  # chance that a post joins the strongest trend
    hour: Float[Tensor, " seats"]  # of the day, 0..24
    replies: Float[Tensor, " seats"]  # to comments, a day
    community: Float[Tensor, " seats"]  # acts a day
    promotion: Float[Tensor, " seats"]  # money units a day
    ads: Float[Tensor, " seats"]
    shop: Float[Tensor, " seats"]
    membership: Float[Tensor, " seats"]
    deals: Float[Tensor, " seats"]
    disclose: Float[Tensor, " seats"]  # share of deals that are said to be such
    gifts: Float[Tensor, " seats"]
    merchandise: Float[Tensor, " seats"]

    @classmethod
    def habit(cls, seats: int, device: Any = "cpu", **known: Tensor) -> "Choice":
        """All by habit but for what is `known`."""
        whole = torch.full((seats,), -1, dtype=torch.int64, device=device)
        real = torch.full((seats,), torch.nan, device=device)
        return cls(**{name: known.get(name, whole if name in WHOLE else real) for name in CHOICES})


CHOICES = tuple(field.name for field in fields(Choice))
WHOLE = ("count", "topic", "topic2", "format")  # whole numbers, -1 = by habit


def choice_from(
    numbers: dict[str, Float[Tensor, " seats"]], menu: Int[Tensor, "seats topics"]
) -> Choice:
    """From a number for each lever; that of `topic` is an entry of TOPICS, whose topics stand in
    `menu` (Dashboard.menu)."""
    found = {n: x.long() if n in WHOLE else x.float() for n, x in numbers.items()}
    topic = menu.gather(1, found["topic"][:, None])[:, 0]
    return Choice(**{**found, "topic": topic, "topic2": topic})


def levels_of(name: str, device: Any = "cpu") -> Float[Tensor, " levels"]:
    """The levels of a lever."""
    return torch.tensor(LEVERS[name], dtype=torch.float32, device=device)


MOST_POSTS, MOST_TOPICS = 24, 64
# the least and the most of each field; what is left to habit stands outside
BOUNDS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(CHOICES, (0.0, 1.0)),
    "count": (0, MOST_POSTS),
    "topic": (0, MOST_TOPICS - 1),
    "topic2": (0, MOST_TOPICS - 1),
    "format": (0, 3),
    "duration": (1.0, 86_400.0),
    "hour": (0.0, 24.0),
    "replies": (0.0, 10_000.0),
    "community": (0.0, 100.0),
    "promotion": (0.0, 1e9),
}


def wrong_choice(choice: Any, seats: int, topics: int) -> tuple[str, object, str] | None:
    """The first rule that a choice breaks: the rule, what was got, the cure."""
    if not isinstance(choice, Choice):
        return "act returns a Choice", type(choice).__name__, "Return Choice.habit(n, count=...)."
    for name in CHOICES:
        value, whole = getattr(choice, name), name in WHOLE
        if not isinstance(value, Tensor) or value.shape != (seats,):
            got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            return f"{name} is a tensor of shape (seats,) = ({seats},)", got, "One number a seat."
        if value.is_floating_point() is whole or value.dtype == torch.bool:
            kind = "int64" if whole else "floats"
            return f"{name} is of {kind}", value.dtype, "Use .long() or .float()."
        low, high = BOUNDS[name]
        high = topics - 1 if name in ("topic", "topic2") else high
        habit = value == -1 if whole else value.isnan()
        bad = ~habit & ~((value >= low) & (value <= high))
        if bool(bad.any()):
            usual = "-1" if whole else "NaN"
            rule = f"{name} lies in {low:g}..{high:g}, or is {usual}, as by habit"
            return rule, value[bad][:3], "Clamp it."
    return None
