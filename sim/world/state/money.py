"""Who has how much, and who paid whom for what: every amount in whole millionths of a RMB."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.decisions import Offers

YUAN = 1_000_000  # micro-units in a money unit, RMB 1
# Accounts by name; every creator has one besides. `elsewhere` is what people, firms and banks have
# outside the platform: it fills the purses of those who pay, and is the one that is ever below 0.
PURSES = ("elsewhere", "viewers", "advertisers", "brands", "platform", "promotion")
# What creators earn by, then what they spend on; then what passes between purses alone.
INCOME = ("ads", "shop", "membership", "deals", "gifts", "merchandise", "support")
SPENT = ("promotion", "cost")
BETWEEN = ("opening", "closing", "budget", "subsidy")
KINDS = (*INCOME, *SPENT, *BETWEEN)
FUNNEL = ("entered", "clicked", "ordered", "refunded")
DAY_COUNTS = ("views", "watch_ms", "long_views", "likes")  # by which a day's money is reckoned


@dataclass(frozen=True)
class Ledger:
    """Every account's balance, and the day's entries summed by kind. An entry takes from one
    account what it gives to another, so all balances together are always 0."""

    purse: Int[Tensor, " purses"]  # micro-units
    cash: Int[Tensor, " creators"]  # micro-units
    purse_flows: Int[Tensor, "kinds purses"]  # today's, received less paid
    flows: Int[Tensor, "kinds creators"]  # likewise


@dataclass(frozen=True)
class Campaigns:
    """Advertisers' campaigns: whom they want, what they bid, how much they may spend."""

    id: Int[Tensor, " campaigns"]
    topic: Int[Tensor, " campaigns"]  # what is advertised belongs to it
    ages: Int[Tensor, " campaigns"]  # bit i: age band i is wanted
    regions: Int[Tensor, " campaigns"]  # likewise
    value: Float[Tensor, " campaigns"]  # what an impression is worth, micro-units
    pull: Float[Tensor, " campaigns"]  # how good the advertisement is; standardised
    length: Float[Tensor, " campaigns"]  # of it, seconds
    budget: Int[Tensor, " campaigns"]  # a day, micro-units
    spent: Int[Tensor, " campaigns"]  # today, micro-units
    pace: Float[Tensor, " campaigns"]  # share of its auctions that it enters, 0..1


@dataclass(frozen=True)
class Market:
    """What every auction looks up of the campaigns, which never changes: worked out once. Segments
    are age bands by region; the last of `offers` is nobody, in the place of whoever does not come.
    """

    wanted: Float[Tensor, "segments campaigns"]  # 1 where a campaign wants such viewers, else 0
    rivals: Float[Tensor, "segments one"]  # how many do, at least 1
    ticks: Float[Tensor, " ticks"]  # 0, 1, ...: places among which a bidder is drawn
    worth: Float[Tensor, " offers"]  # ln of the value, micro-units
    topic: Int[Tensor, " offers"]
    pull: Float[Tensor, " offers"]


@dataclass(frozen=True)
class Breaks:
    """Advertisements in a page: the i-th of a viewer's, if any."""

    campaign: Int[Tensor, "places awake"]  # id; 0 = the place was not sold
    price: Int[Tensor, "places awake"]  # micro-units, due if it is seen
    after: Int[Tensor, "places awake"]  # the slot after which it stands; -1 = none does
    seconds: Float[Tensor, "places awake"]  # that the viewer would stay with it
    joy: Float[Tensor, "places awake"]  # satisfaction afterwards, 0..1


@dataclass(frozen=True)
class Money:
    ledger: Ledger  # its flows are those of the day that was settled last
    campaigns: Campaigns
    market: Market
    offers: Offers  # how creators earn today; every level said
    cell: Int[Tensor, " viewers"]  # where a viewer's row of bidders begins; renewed every morning
    met: Int[Tensor, "viewers both"]  # videos and advertisements seen today; written in place
    weary: Float[Tensor, " viewers"]  # share of advertisements that each is used to
    dawn: Int[Tensor, "videos day_counts"]  # counts by DAY_COUNTS as the day began
    rated: Int[Tensor, " creators"]  # points of recent survey answers, thousandths
    members: Int[Tensor, " creators"]  # who pay for membership
    funnel: Int[Tensor, "steps creators"]  # of the shop on the day settled last, by FUNNEL
    promoted: Int[Tensor, " creators"]  # id of the video that a creator pays to have shown
    reserved: Int[Tensor, " creators"]  # micro-units set aside for it this morning
    escrow: Int[Tensor, " creators"]  # of these, what is not spent yet
    bankrupt: Bool[Tensor, " creators"]  # could not pay a cost, ever
