"""A moderation policy: what is done with a video by what the classifier says, what people look at,
and what follows for accounts."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

# What is wrong with a video, in kinds that stay abstract: bait, spam and copies; misinformation;
# scams through the shop; what harms the vulnerable; what is made to look popular by many accounts.
HARMS = ("A", "B", "C", "D", "E")
# What may be done with a video: taken down; put before a person; kept out of feeds; marked; kept
# from those under 18; left without income.
ACTIONS = ("remove", "review", "limit", "label", "gate", "demonetise")
LANES = ("reports", "views", "audit")  # by what the queue is worked off


@dataclass(frozen=True)
class Policy:
    """What moderators decide for a day."""

    # An action is taken where the score for a kind of harm is above this: 1 is never, 0 always.
    threshold: Float[Tensor, "harms actions"]
    confirmed: Int[Tensor, " harms"]  # of ACTIONS, what a person who finds it does
    hours: Float[Tensor, ""]  # of staff, a day and per 1,000 videos posted a day
    split: Float[Tensor, " lanes"]  # of what is left of them after appeals, weights by LANES
    confirm: Float[Tensor, ""]  # the machine's removals below this score are looked at afterwards
    sweep: Float[Tensor, ""]  # how hard accounts are swept for bots, 0..1
    strikes: Float[Tensor, ""]  # violations until an account is suspended; 0 = never
    days: Float[Tensor, ""]  # that it is suspended for
