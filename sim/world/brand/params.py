"""How brands are made and lost."""

from dataclasses import dataclass
from typing import Annotated

from sim.world.ranges import Part, Share, Weight, Within


@dataclass(frozen=True)
class BrandParams:
    weekly_keep: Annotated[float, Within(0.01, 0.999)]  # of every stock but bonds, a week
    recall: Share  # chance that who was met so far is remembered by name
    usual_bond: Annotated[float, Within(0.01, 0.99)]  # at which a bond moves nothing
    first_bond: Share  # as a follow begins
    bond_rate: Part  # of what is missing to a full bond, for a video fully above what is usual
    breaks: Annotated[float, Within(0, 10)]  # how much faster disappointment breaks than joy builds
    forgive: Share  # of a disappointment that a full bond forgives
    bond_keep: Annotated[float, Within(0.01, 1)]  # of a bond in a week without meeting
    tire: Share  # satisfaction that the second video of one creator on a day lacks, the third twice
    pull: Weight  # appeal of a follow per unit of bond above the usual, as a multiple
    back: Weight  # logits of coming per unit of mean bond above the usual
    reach: Share  # chance that a new post waits for a follower, at a full bond and just posted
    fresh: Annotated[float, Within(0.1, 1000)]  # hours in which that chance falls to 1/e
    picks: Annotated[
        int, Within(1, 8)
    ]  # creators heard of, of whom a first follow is the best liked
    greeting: Annotated[float, Within(0, 100)]  # mean follows of who joins, on the first day
    unfollow: Share  # chance a night that a follow ends, at the usual bond
    unfollow_bond: Annotated[float, Within(0, 20)]  # ln of that chance per unit of bond below it
    reply: Annotated[float, Within(0, 10)]  # what an answer does, in videos fully satisfying
    reply_habit: Share  # of comments answered by habit
    reads: Share  # of views in which the comments are read
    heard: Annotated[float, Within(0, 10)]  # what an answer does to followers who read it, likewise
    community: Annotated[float, Within(0, 10)]  # what a community act does that is met, likewise
    act_reach: Share  # chance that an act is met by a follower who came that day
    community_habit: Annotated[float, Within(0, 24)]  # acts a day by habit
