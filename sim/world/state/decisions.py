"""What those who sit at the platform's other seats decide; what nobody decides, habit does."""

from dataclasses import dataclass, fields
from typing import TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state.policy import Policy

FORMATS = ("tutorial", "review", "vlog", "story")  # by their length, longest first
S = TypeVar("S")


@dataclass(frozen=True)
class Posts:
    """What creators post today. -1, and NaN, is as by habit, so that any of them can be seated."""

    count: Int[Tensor, " creators"]
    topic: Int[Tensor, " creators"]
    topic2: Int[Tensor, " creators"]  # second tag; topic itself: none
    format: Int[Tensor, " creators"]  # index into FORMATS
    duration: Float[Tensor, " creators"]  # seconds
    effort_quality: Float[Tensor, " creators"]  # 0..1
    effort_hook: Float[Tensor, " creators"]  # 0..1
    honesty: Float[Tensor, " creators"]  # of the title, 0..1
    trend: Float[Tensor, " creators"]  # chance that a post joins the strongest trend
    hour: Float[Tensor, " creators"]  # of the day, 0..24


@dataclass(frozen=True)
class Conduct:
    """What creators do besides posting; NaN is as by habit."""

    replies: Float[Tensor, " creators"]  # to comments, a day
    community: Float[Tensor, " creators"]  # acts for those who follow, a day
    promotion: Float[Tensor, " creators"]  # money units a day


@dataclass(frozen=True)
class Offers:
    """How creators earn: levels from 0 to 1; NaN is as by habit."""

    ads: Float[Tensor, " creators"]
    shop: Float[Tensor, " creators"]
    membership: Float[Tensor, " creators"]
    deals: Float[Tensor, " creators"]
    disclose: Float[Tensor, " creators"]  # share of deals that are said to be such
    gifts: Float[Tensor, " creators"]
    merchandise: Float[Tensor, " creators"]


def by_habit(kind: type[S], creators: int, device: torch.device | str = "cpu") -> S:
    """Posts, Conduct or Offers in which every creator does as by habit."""
    whole = torch.full((creators,), -1, device=device)
    real = torch.full((creators,), torch.nan, device=device)
    return kind(**{n: (whole if n in _WHOLE else real).clone() for n in _NAMES[kind]})


# read once: the compiler of graphs does not follow `fields` of a class
_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Posts, Conduct, Offers)
}
_WHOLE = ("count", "topic", "topic2", "format")


@dataclass(frozen=True)
class Decisions:
    """Of creators and moderators. None: nobody sits there, and the house's habit decides.

    The recommender's decision, a Slate, comes with every page and stands apart.
    """

    posts: Posts | None = None
    conduct: Conduct | None = None
    offers: Offers | None = None
    rules: Policy | None = None  # of moderation, today; None: the setting's
    removals: Int[Tensor, " removed"] | None = None  # video ids that may be shown no more; 0 = none


HABIT = Decisions()
