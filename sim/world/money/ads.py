"""Advertising: after every so many videos a place is auctioned among campaigns that want the
viewer; what is shown costs time and patience, and may please or annoy."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Correlation, Logits, Part, Seconds, Share, Spread, Weight, Within
from sim.world.rng import Dice, Key, streams
from sim.world.state import base, rows_at
from sim.world.state.money import YUAN, Breaks, Campaigns, Market

ASKED = 4  # campaigns that bid for a place, as an advertiser's server retrieves a few; assumed
_TABLE = 256  # places among which a bidder is drawn
_MOST = 80.0  # ln of a bid in micro-units is between this and less that
_ABOVE = 1e6  # more than the ln of any bid
_EVEN = 12**0.5  # an even draw about 0, times this, has a standard deviation of 1
_AGES, _REGIONS = 6, 5  # as in Viewers
(TOPIC, AGE, REGION, VALUE, PULL, BUDGET, SHIFT) = streams(
    "campaigns", "topic", "age", "region", "value", "pull", "budget", "shift"
)
BIDDERS = streams("bidders", *(f"bidder {i}" for i in range(ASKED)))
RADIUS, ANGLE = streams("ads", "radius", "angle")
STREAMS = (*BIDDERS, RADIUS, ANGLE)  # of dice, a column for each place in a page

# topics (..., awake) -> how much each viewer wants them today
Wants = Callable[[Int[Tensor, "... awake"]], Float[Tensor, "... awake"]]
Yuan = Annotated[float, Within(0, 10_000)]


@dataclass(frozen=True)
class AdParams:
    every: Annotated[int, Within(0, 200)]  # videos between two advertisements; 0 = none
    campaigns: Annotated[int, Within(1, 200)]
    value: Yuan  # median worth of 1,000 impressions to an advertiser
    value_sd: Spread  # of its ln over campaigns
    reserve: Yuan  # least price of 1,000 impressions
    budget: Yuan  # of all campaigns, a real viewer and day
    budget_sd: Spread  # of its ln over campaigns
    narrow: Part  # chance that a campaign does not want an age band, or a region
    match: Weight  # ln of a bid per standard deviation of the interest that is guessed
    sight: Correlation  # of the guess with the viewer's interest today
    pace_rate: Share  # how fast pace answers a budget spent too early, or left over; ln a day
    length: Seconds
    seconds: Seconds  # median time on an advertisement
    seconds_sd: Spread  # of its ln
    hold: Weight  # ln seconds per standard deviation of interest or pull
    annoy: Weight  # patience that it costs, over that of a video watched so long
    joy: Logits  # of satisfaction with one that nobody wanted
    joy_interest: Weight  # logits per standard deviation of interest or pull
    # Viewers get used to a load slowly, and come to stay the less for it: ln of the day's time and
    # patience per share of advertisements above the usual, and how fast they follow, a day
    weary: Annotated[float, Within(0, 10)]
    weary_rate: Share
    usual: Share  # of what is seen that advertisements are, in the log
    # Budgets and goodwill were fitted to a log with advertisements in it: what that usual load
    # takes is given back, so that with it people watch as in the log, and with none more.
    spare_time: Part  # share of the day's time that the usual load takes
    spare_patience: Part  # likewise of patience
    spare_goodwill: Annotated[float, Within(0, 0.3)]  # and how much it lowers goodwill

    def places(self, slots: int) -> int:
        """Advertisements in a page at most."""
        return -(-slots // self.every) if self.every else 0


def born(
    params: AdParams, topics: Tensor, daily: float, key: Key, device: torch.device | str
) -> Campaigns:
    """The campaigns of a world; `topics` are the cumulative shares of topics, `daily` the viewers
    of the real platform's days that the world is worth."""
    name = torch.arange(1, params.campaigns + 1, device=device)
    worth = key.fold(VALUE).normal(name)
    share = (params.budget_sd * key.fold(BUDGET).normal(name)).exp() * (
        params.value_sd * worth
    ).exp()
    purse = params.budget * daily * YUAN * share / share.sum()
    return Campaigns(
        id=name,
        topic=torch.bucketize(key.fold(TOPIC).uniform(name), topics[:-1], right=True),
        ages=_wanted(key.fold(AGE).uniform(name, _AGES) >= params.narrow),
        regions=_wanted(key.fold(REGION).uniform(name, _REGIONS) >= params.narrow),
        value=params.value / 1000 * YUAN * (params.value_sd * worth).exp(),
        pull=key.fold(PULL).normal(name),
        length=torch.full_like(worth, params.length),
        budget=purse.long(),
        spent=torch.zeros_like(name),
        pace=torch.full_like(worth, 0.5),
    )


def _wanted(bits: Tensor) -> Int[Tensor, " campaigns"]:
    """Bits side by side in a word; who wants nobody wants all."""
    place = torch.arange(bits.shape[1], device=bits.device)
    word = (bits.long() << place).sum(1)
    return torch.where(word > 0, word, (1 << bits.shape[1]) - 1)


def market(campaigns: Campaigns) -> Market:
    """What auctions look up of these campaigns."""
    device = campaigns.pace.device
    segment = torch.arange(_AGES * _REGIONS, device=device)[:, None]
    age, region = segment // _REGIONS, segment % _REGIONS
    wanted = ((campaigns.ages >> age) & (campaigns.regions >> region) & 1).float()
    return Market(
        wanted=wanted,
        rivals=wanted.sum(1, keepdim=True).clamp(min=1),
        ticks=torch.arange(float(_TABLE), device=device),
        worth=torch.nn.functional.pad(campaigns.value.log(), (0, 1), value=-_MOST),
        # nobody ever wins: whose topic and pull they have is moot
        topic=torch.cat([campaigns.topic, campaigns.topic[-1:]]),
        pull=torch.cat([campaigns.pull, campaigns.pull[-1:]]),
    )


def bidders(campaigns: Campaigns, market: Market, key: Key) -> Int[Tensor, "segments bidders"]:
    """Who is asked to bid for a viewer of each age band and region: an even draw among the
    campaigns that want such viewers, of which each comes as often as its pace says, while its
    budget lasts; one past the last = nobody came."""
    comes = market.wanted * (campaigns.pace * (campaigns.spent < campaigns.budget))
    end = comes.cumsum(1) / market.rivals
    shift = key.fold(SHIFT).uniform(campaigns.id[:1])
    # how many have ended at each place: there are fewer ends than places to look up
    ended = torch.searchsorted((market.ticks + shift) / _TABLE, end)
    count = torch.zeros(len(end), _TABLE + 1, dtype=torch.int32, device=end.device)
    count.scatter_add_(1, ended, torch.ones_like(ended, dtype=torch.int32))
    return count[:, :_TABLE].cumsum(1, dtype=torch.int32)


CELLS = _AGES * _REGIONS * _TABLE  # of `bidders`


def start(age_band: Int[Tensor, " some"], region: Int[Tensor, " some"]) -> Int[Tensor, " some"]:
    """The cell of `bidders` at which the row of such viewers begins; half the bytes of a number,
    which cells are found by in less time."""
    return ((age_band * _REGIONS + region) * _TABLE).int()


def auction(
    market: Market,
    asked: Int[Tensor, "..."],
    start: Int[Tensor, " awake"],
    wants: Wants,
    after: Int[Tensor, "places awake"] | Int[Tensor, "places one"],
    params: AdParams,
    dice: Dice,
) -> Breaks:
    """A place goes to the highest of ASKED bids, at the second highest or the reserve (Vickrey,
    1961). A bid is what the campaign thinks the viewer is worth, by a guess of the viewer's
    interest. `asked` is a table of `bidders`, or several, in which a viewer's row begins at cell
    `start`; `dice` have STREAMS."""
    blurred = params.match * (1 - params.sight**2) ** 0.5 * _EVEN
    at = dice.several(BIDDERS) * _TABLE  # bidders, places, awake
    # numbers become these in a fifth of the time; records keep names of campaigns in two bytes
    who = rows_at(asked.view(-1), start + at.int()).int()
    # what is left of the draw blurs the guess as well as another draw would
    blur = at.frac_().sub_(0.5).mul_(blurred)
    guess = wants(rows_at(market.topic.int(), who)).mul_(params.match * params.sight)
    bid = rows_at(market.worth, who).add_(guess).add_(blur)  # its ln
    best, winner, second = _highest(bid, who)
    reserve = math.log(max(params.reserve / 1000 * YUAN, 1.0))
    sold = best >= reserve
    price = torch.where(sold, second.clamp(min=reserve).exp(), 0.0).round().long()
    return _met(winner, sold, price, market, wants, after, params, dice)


def _highest(bid: Tensor, who: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The highest bid, whose it is (the first of equal ones), and the highest of all others', where
    it is above 0: none bids against oneself, and no reserve has an ln below 0. With signs and
    numbers between two, for to choose by a truth that nobody can foresee takes a processor several
    times as long."""
    best, names = bid.amax(0), who.float()  # whole, and few: no digit is lost
    less = (best - bid[:-1]).sign_()  # 1 or 0
    winner = names[-1]
    for lower, earlier in zip(less.unbind()[::-1], names.unbind()[-2::-1], strict=True):
        winner = torch.lerp(earlier, winner, lower)
    second = torch.minimum(bid, (names - winner).abs_().mul_(_ABOVE)).amax(0)
    return best, winner.int(), second


def _met(winner, sold, price, market, wants, after, params, dice) -> Breaks:
    """What the viewers would make of it."""
    winner = torch.where(sold, winner, len(market.topic) - 1)
    drawn = wants(rows_at(market.topic, winner)) + rows_at(market.pull, winner)
    luck = params.seconds_sd * dice.normal(RADIUS, ANGLE)
    seconds = params.seconds * torch.exp(params.hold * drawn + luck)
    return Breaks(
        campaign=((winner + 1) * sold).long(),
        price=price,
        after=torch.where(sold, after, -1),
        seconds=seconds.clamp(max=params.length),
        joy=torch.sigmoid(params.joy + params.joy_interest * drawn),
    )


def after(page: Tensor, slots: int, params: AdParams) -> Int[Tensor, "places *viewers"]:
    """The slots after which advertisements stand in the page-th page of a day; -1 = none.

    Counted over the day: who asks for another page saw all of those before."""
    if base.at_hand(page) and not page.dim():  # plain numbers, in a tenth of the time
        before = int(page) * slots
        nth = range(before // params.every + 1, before // params.every + 1 + params.places(slots))
        at = [n * params.every - 1 - before for n in nth]
        return torch.tensor([slot if slot < slots else -1 for slot in at])
    number = page * slots // params.every + 1
    places = torch.arange(params.places(slots), device=page.device)
    places = places.view(-1, *[1] * page.dim()) + number
    slot = places * params.every - 1 - page * slots
    return torch.where(slot < slots, slot, -1)


def grown_weary(
    weary: Float[Tensor, " viewers"], met: Int[Tensor, "viewers both"], params: AdParams
) -> Float[Tensor, " viewers"]:
    """The night: what each is used to follows the share that advertisements were of what was seen;
    who saw nothing forgets nothing."""
    seen = met.sum(1)
    load = met[:, 1] / seen.clamp(min=1)
    return weary + params.weary_rate * (load - weary) * (seen > 0)


def endured(weary: Float[Tensor, " viewers"], params: AdParams) -> Float[Tensor, " viewers"]:
    """By what the day's time and patience are multiplied: 1 at the usual load."""
    return torch.exp(params.weary * (params.usual - weary))


def turn(campaigns: Campaigns, params: AdParams) -> Campaigns:
    """The night: who spent it all early comes less often, who has something left comes oftener."""
    early = campaigns.spent >= campaigns.budget
    step = torch.where(early, -params.pace_rate, params.pace_rate)
    pace = (campaigns.pace * step.exp()).clamp(0.02, 1.0)
    return replace(campaigns, pace=pace, spent=torch.zeros_like(campaigns.spent))


def charge(campaigns: Campaigns, breaks: Breaks, seen: Tensor) -> tuple[Campaigns, Int[Tensor, ""]]:
    """What was seen is paid for, up to the day's budget: what is shown beyond it within a page is
    the platform's loss. Returns what all pay together."""
    due = torch.zeros_like(campaigns.spent).index_add(
        0, (breaks.campaign - 1).clamp(min=0).flatten(), (breaks.price * seen).flatten()
    )
    left = (campaigns.budget - campaigns.spent).clamp(min=0)
    paid = torch.minimum(due, left)
    return replace(campaigns, spent=campaigns.spent + paid), paid.sum()
