"""What viewers do to each other: follows, shares that bring views, trends that come and go."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.ranges import Part, Share, Spread, Weight, Within
from sim.world.rng import Key, streams
from sim.world.state import (
    COUNTS,
    Buzz,
    Memory,
    Trends,
    Videos,
    Viewers,
    doubles,
    gaps,
    in_turn,
    row_of,
)

FRIEND, SENT_TO, SPARK, SIZE, FIRST, COUNT, TURN = streams(
    "community", "friend", "sent to", "spark", "size of trend", "first follows", "follow count",
    "turn of trend",
)  # fmt: skip

FORGOTTEN = 0.05  # extra appeal up to which nobody speaks of a trend; assumed
MOST = 0.4  # extra appeal of a trend; assumed
PRIOR = 10.0  # shares and comments a topic and day, before a surplus is believed; assumed
FRIENDS = 64  # of a viewer at most: the number of a friend is a part of the friendship's id


@dataclass(frozen=True)
class CommunityParams:
    # mean number of creators that a resident follows on day 0
    first_follows: Annotated[float, Within(0, 1000)]
    friends: Annotated[int, Within(1, FRIENDS)]  # people a viewer may send a video to
    trend_keep: Part  # of yesterday's trend, on a middling day
    trend_luck: Spread  # of the ln of what a day makes of a trend
    trend_spark: Share  # chance a day that a topic flares up
    trend_size: Weight  # mean extra appeal of a flare, standard deviations
    # growth of a trend per unit of ln of its topic's shares and comments over their usual number
    trend_echo: Share
    trend_rate: Share  # how fast what is usual follows, a day


def first_follows(
    viewers: Viewers, fame: Float[Tensor, " creators"], places: int, mean: float, key: Key
) -> Int[Tensor, "viewers followed"]:
    """Creator ids that residents follow from before day 0, drawn by fame; doubles are dropped."""
    reach = fame.double().cumsum(0)
    u = key.fold(FIRST).uniform(viewers.id, places).double() * reach[-1]
    creator = torch.searchsorted(reach, u).clamp(max=len(fame) - 1) + 1
    n = key.fold(COUNT).poisson(viewers.id, torch.full_like(viewers.activity, mean), places)
    place = torch.arange(places, device=n.device)
    keep = (place < n[:, None]) & ~doubles(creator) & (viewers.joined < 0)[:, None]
    return torch.where(keep & viewers.registered[:, None], creator, 0)


def follows(
    held: Float[Tensor, "followed awake"], creator: Float[Tensor, "slots awake"]
) -> Float[Tensor, "slots awake"]:
    """1 where a viewer follows the creator of a video, else 0."""
    return (gaps(held, creator) == 0).float()


def follow(
    held: Int[Tensor, "awake followed"],
    count: Int[Tensor, " awake"],
    creator: Int[Tensor, "awake slots"],
    made: Bool[Tensor, "awake slots"],
) -> tuple[Tensor, Tensor]:
    """New follows are written over the oldest. Returns the list and the number ever made."""
    places = held.shape[1]
    for slot, here in in_turn(made):
        at, whom = (count % places)[:, None], creator.gather(1, slot)
        new = here & ~(held == whom).any(1, keepdim=True)
        held = held.scatter(1, at, torch.where(new, whom, held.gather(1, at)))
        count = count + new[:, 0]
    return held, count


def followers(memory: Memory, creators: int) -> Int[Tensor, " creators"]:
    """Followers of the creator of each row, counted from the viewers' own lists."""
    flat = memory.follows.flatten()
    none = torch.zeros(creators, dtype=torch.int64, device=flat.device)
    return none.index_add(0, row_of(flat, creators), (flat > 0).long())


def send(
    inbox: Int[Tensor, " viewers"],
    sender: Int[Tensor, " awake"],
    ids: Int[Tensor, "awake slots"],
    shared: Bool[Tensor, "awake slots"],
    residents: int,
    params: CommunityParams,
    key: Key,
    graph: Key,
) -> Int[Tensor, " viewers"]:
    """Shared videos land in a friend's inbox; of several, the newest upload stays."""
    friend = friends(sender, ids.shape[1], min(residents, len(inbox)), params, key, graph)
    value = torch.where(shared, ids, 0)
    return inbox.scatter_reduce(0, friend.flatten(), value.flatten(), "amax")


def friends(
    sender: Int[Tensor, " awake"],
    slots: int,
    residents: int,
    params: CommunityParams,
    key: Key,
    graph: Key,
) -> Int[Tensor, "awake slots"]:
    """The row of the friend to whom a viewer would send the video in each slot.

    Friends are a fixed random graph among the residents of day 0: friend j of a viewer is a
    function of the viewer's id under `graph`. Which friend is sent to is drawn under `key`.
    """
    which = key.fold(SENT_TO).integer(sender, params.friends, slots)
    return graph.fold(FRIEND).integer(sender[:, None] * FRIENDS + which, residents)


def talked(videos: Videos, topics: int) -> Int[Tensor, " topics"]:
    """Shares and comments that the videos of each topic ever had."""
    each = videos.counts[:, COUNTS.index("shares")] + videos.counts[:, COUNTS.index("comments")]
    none = torch.zeros(topics, dtype=torch.int64, device=videos.topic.device)
    return none.index_add(0, videos.topic, each)


def sway(
    trends: Trends, buzz: Buzz, videos: Videos, params: CommunityParams, key: Key
) -> tuple[Trends, Buzz]:
    """The night: what a day makes of a trend is luck and talk; sparks light new ones, and the weak
    are forgotten.

    A trend grows by factors, so that most are short and a few are long. Buzz is a surplus over the
    topic's own usual share: what stays popular becomes usual, and feeds nothing any more.
    """
    topic = torch.arange(len(buzz.usual), device=buzz.usual.device)
    today = (talked(videos, len(topic)) - buzz.told).float()
    surplus = torch.log((today + PRIOR) / (buzz.usual * today.sum() + PRIOR))
    turn = params.trend_luck * key.fold(TURN).normal(topic) + params.trend_echo * surplus
    spark = key.fold(SPARK).uniform(topic) < params.trend_spark
    flare = -key.fold(SIZE).uniform(topic).log() * params.trend_size
    strength = (params.trend_keep * trends.strength * turn.exp() + spark * flare).clamp(max=MOST)
    share = torch.where(today.sum() > 0, today / today.sum().clamp(min=1), buzz.usual)
    usual = buzz.usual + params.trend_rate * (share - buzz.usual)
    return Trends(strength * (strength > FORGOTTEN)), replace(buzz, usual=usual)


def heard(buzz: Buzz, videos: Videos) -> Buzz:
    """The morning: what was said of the videos that are here is old."""
    return replace(buzz, told=talked(videos, len(buzz.usual)))


def strongest(trends: Trends) -> Int[Tensor, ""]:
    """The topic that trends most; -1 where none does."""
    most, topic = trends.strength.max(-1)
    return torch.where(most > 0, topic, -1)
