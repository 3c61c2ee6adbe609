"""What those who sit at the platform's other seats decide; what nobody decides, habit does."""

from dataclasses import dataclass

from jaxtyping import Int
from torch import Tensor


@dataclass(frozen=True)
class Decisions:
    """Of creators and moderators. None: nobody sits there, and the house's habit decides.

    The recommender's decision, a Slate, comes with every page and stands apart.
    """

    posts: Int[Tensor, " creators"] | None = None  # videos to post today; -1 = as by habit
    removals: Int[Tensor, " removed"] | None = None  # video ids that may be shown no more; 0 = none


HABIT = Decisions()
