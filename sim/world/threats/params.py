"""How many there are who do harm, what they post, and what it does."""

from dataclasses import dataclass
from typing import Annotated, Literal

from sim.world.ranges import Len, Logits, Part, Share, Spread, Weight, Within
from sim.world.state import HARMS, KINDS, TACTICS

Level = Literal["none", "low", "high"]
POSTING = len(KINDS) - 1  # kinds that post

OfKinds = Annotated[tuple[Share, ...], Len(POSTING, POSTING)]
Traits = Annotated[tuple[Logits, ...], Len(POSTING, POSTING)]
OfHarms = Annotated[tuple[Weight, ...], Len(len(HARMS), len(HARMS))]
Costs = Annotated[tuple[Annotated[float, Within(0, 100)], ...], Len(len(TACTICS), len(TACTICS))]


@dataclass(frozen=True)
class ActorParams:
    """By kind, as in KINDS without the brigades; by tactic, as in TACTICS."""

    supply: Annotated[float, Within(0, 0.2)]  # share of uploads that are theirs, at threats=low
    high: Annotated[float, Within(1, 5)]  # times as many, fake accounts too, at threats=high
    mix: OfKinds  # of posts by kind, in parts of their sum
    rate: Annotated[float, Within(0.1, 12)]  # posts a day of an actor, about
    accounts: Annotated[int, Within(1, 16)]  # that each can post from
    brigades: Annotated[float, Within(0, 0.01)]  # over honest accounts; one at least
    skill: Traits  # by how much better what they post is than what others post, as a mean
    flash: Traits  # and by how much more it tempts beyond that, in units of the same trait
    severity: OfKinds  # middle severity
    severity_sd: Spread  # of its logit over videos
    allowance: Annotated[float, Within(0, 100)]  # budget that a day brings
    purse: Annotated[float, Within(0, 1000)]  # most of it that is kept
    cost: Costs  # of a day of each tactic
    fame: Share  # audience that each of their accounts has on day 0; 1 is a median creator's
    move: Weight  # evasion that moving features brings at best, standard deviations of a score
    practice: Share  # of what is missing to that, learned in a day of it
    imitate: Weight  # evasion that imitating a trusted creator brings
    spoil: Weight  # quality that a unit of evasion by moving costs, standard deviations
    mark: Weight  # of a harmful video's kind in its features, at full severity
    forget: Part  # of what was learned, kept a day
    explore: Weight  # how much an actor tries what it knows little of
    fear: Weight  # ln of gain that a removal for certain outweighs


@dataclass(frozen=True)
class HarmParams:
    """What harmful videos do to viewers; by harm, as in HARMS."""

    vulnerability_sd: Spread  # of the ln of vulnerability, over viewers
    common: Share  # of that variance, what is one for all harms
    young: Annotated[float, Within(1, 10)]  # times as vulnerable to the last but one, under 18
    dose: OfHarms  # harm of a video of full severity watched whole
    keep: Part  # of harm, a day
    crave: OfHarms  # of what is missing to full craving, for such a video
    crave_keep: Part  # of craving, a day
    label: Share  # of what would be believed or craved, what a label takes away
    tempt: Weight  # appeal of such videos at full craving
    goodwill: Share  # lost at once by such a video at mean vulnerability
    trust: Share  # part of trust lost by it, likewise
    trust_back: Part  # of what is missing, a day
    trust_come: Weight  # logits of coming lost without any trust
    taken: Share  # chance that such a scam takes money
    loss: Annotated[float, Within(0, 10_000)]  # money units, then
    report: Share  # chance that such a video is reported by a viewer of mean habit
    report_sd: Spread  # of the ln of that habit


@dataclass(frozen=True)
class BotParams:
    share: Annotated[float, Within(0, 0.5)]  # fake accounts over residents, at threats=low
    hire: Annotated[float, Within(0, 1)]  # of the fake accounts, for one day of buying
    open: Annotated[int, Within(1, 20)]  # videos that each opens on a day
    renew: Share  # of accounts that were closed, those bought anew a day
    follow: Share  # chance that it follows the creator of a video it was sent to
    report: Share  # chance that one of a brigade reports it


def shares(params: ActorParams) -> tuple[float, ...]:
    """Of what actors post, by kind."""
    whole = sum(params.mix) or 1.0
    return tuple(part / whole for part in params.mix)


def head_counts(params: ActorParams, posts: float, honest: int, times: float) -> tuple[int, ...]:
    """Actors by kind, for so many posts of theirs a day; one of each at least, where there are
    any."""
    if not times:
        return (0,) * len(KINDS)
    posting = (max(1, round(share * posts / params.rate)) for share in shares(params))
    return (*posting, max(1, round(params.brigades * times * honest)))
