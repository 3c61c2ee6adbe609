"""What creators' lives are like, and who decides how."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Len, Part, Share, Spread, Weight, Within
from sim.world.state import FORMATS

Hours = Annotated[float, Within(0, 24)]


@dataclass(frozen=True)
class CareerParams:
    # of creators, who decides how; the rest by habit
    imitators: Share
    bandits: Share
    planners: Share
    hours: Annotated[float, Within(0.1, 24)]  # median hours a day that a creator has for it
    hours_sd: Spread  # of its ln
    # of a post at the effort of habit, by format as in FORMATS
    post_hours: Annotated[tuple[Hours, ...], Len(len(FORMATS), len(FORMATS))]
    reply_minutes: Annotated[float, Within(0, 60)]
    act_hours: Hours  # of a community act
    recover: Part  # of the energy that is missing, a day
    drain: Weight  # of energy, for working twice the hours that there are
    tired: Weight  # standard deviations of quality lacking without any energy
    burnout_rate: Share  # how fast burnout follows what energy is missing, a day
    hope_rate: Share  # how fast what is hoped for follows the views had, a day
    hope_slack: Weight  # ln of views below what is hoped for that discourage nobody
    morale_rate: Share  # how fast morale follows, a day
    discourage: Weight  # ln of posts per ln of morale
    leave: Share  # chance a night to give up
    leave_low: Share  # more of it without any morale
    leave_burnt: Share  # more of it when quite burnt out
    eager: Annotated[float, Within(0.001, 1)]  # of those who begin, who post with any regularity
    arrive: Share  # chance a night that somebody begins where one left
    imitate: Share  # of imitators' days that copy what went viral
    explore: Share  # of bandits' days that try anything


def kinds(u: Float[Tensor, " creators"], params: CareerParams) -> Int[Tensor, " creators"]:
    """Who decides how, as an index into HOUSE."""
    edges = torch.tensor([params.planners, params.bandits, params.imitators], device=u.device)
    # the rarest first, so that a larger share of one leaves most others what they are
    at = torch.bucketize(u, edges.cumsum(0), right=True)
    return 3 - at
