"""What viewers buy and give: goods of others, gifts, memberships, goods of a creator's own.

All is reckoned by creator in the night, from what its videos did that day: a law a function.
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.money.chance import count, part
from sim.world.ranges import Share, Spread, Within
from sim.world.rng import Key, streams
from sim.world.state.money import YUAN

(ENTER, CLICK, ORDER, REFUND, BASKET, GIFT, WORTH, JOIN, LEAVE, BUY, SHELF) = streams(
    "sales", "enter", "click", "order", "refund", "basket", "gift", "worth", "join", "leave",
    "buy", "shelf",
)  # fmt: skip
Yuan = Annotated[float, Within(0, 1_000_000)]


@dataclass(frozen=True)
class SalesParams:
    enter: Share  # of long views of a video that shows goods: looks at them
    click: Share  # of those: opens one
    order: Share  # of those: buys
    basket: Yuan  # what an order comes to
    basket_sd: Spread  # of the ln of the mean order of a creator and day
    refund: Share  # of orders
    commission: Share  # of goods sold for others, the creator's
    gift: Share  # gifts to a like
    gift_worth: Yuan
    crowd: Annotated[float, Within(0, 1)]  # gifts a like fall with likes to this power
    join: Share  # of followers who pay nothing, a day
    churn: Share  # of members, a day
    price: Yuan  # of a month's membership
    buy: Share  # of followers, a day: buys something of the creator's own
    goods: Yuan  # what that costs
    margin: Share  # of it that stays, after what it took to make


@dataclass(frozen=True)
class Shop:
    """A day's funnel, by creator."""

    entered: Int[Tensor, " creators"]
    clicked: Int[Tensor, " creators"]
    ordered: Int[Tensor, " creators"]
    refunded: Int[Tensor, " creators"]
    goods: Int[Tensor, " creators"]  # micro-units that were paid for orders
    returned: Int[Tensor, " creators"]  # of these, paid back


def shows_goods(
    level: Float[Tensor, " new"], video: Int[Tensor, " new"], key: Key
) -> Int[Tensor, " new"]:
    """1 for posts that show goods, by the share of its posts in which the creator does."""
    return (key.fold(SHELF).uniform(video) < level).long()


def shop(
    name: Int[Tensor, " creators"],
    viewed: Int[Tensor, " creators"],
    trust: Float[Tensor, " creators"],
    params: SalesParams,
    key: Key,
) -> Shop:
    """From long views of videos that show goods to goods kept."""
    enter = (params.enter * trust).clamp(max=1)
    entered = count(key.fold(ENTER), name, viewed * enter, viewed)
    clicked = part(key.fold(CLICK), name, entered, params.click)
    ordered = count(key.fold(ORDER), name, clicked * params.order, clicked)
    refunded = part(key.fold(REFUND), name, ordered, params.refund)
    luck = torch.exp(params.basket_sd * (key.fold(BASKET).normal(name) - params.basket_sd / 2))
    basket = (params.basket * YUAN * luck).long()
    return Shop(entered, clicked, ordered, refunded, ordered * basket, refunded * basket)


def gifts(
    name: Int[Tensor, " creators"],
    likes: Int[Tensor, " creators"],
    loyalty: Float[Tensor, " creators"],
    params: SalesParams,
    key: Key,
) -> Int[Tensor, " creators"]:
    """Micro-units given. The more there are who could, the less each gives (Lu et al., 2021)."""
    crowd = likes.clamp(min=1).float() ** -params.crowd
    given = count(key.fold(GIFT), name, likes * params.gift * crowd * loyalty)
    luck = torch.exp(0.5 * (key.fold(WORTH).normal(name) - 0.25))  # assumed
    return (given * params.gift_worth * YUAN * luck).long()


def members(
    name: Int[Tensor, " creators"],
    held: Int[Tensor, " creators"],
    followers: Int[Tensor, " creators"],
    ask: Float[Tensor, " creators"],
    params: SalesParams,
    key: Key,
) -> Int[Tensor, " creators"]:
    """Who pays tomorrow: some followers join, some members leave, and nobody who no longer follows
    is one. `ask` is the level of creators who ask, by loyalty."""
    free = (followers - held).clamp(min=0)
    joined = count(key.fold(JOIN), name, free * params.join * ask, free)
    left = part(key.fold(LEAVE), name, held, params.churn)
    return torch.minimum(held - left + joined, followers)


def settled(
    followers: Int[Tensor, " creators"], ask: Float[Tensor, " creators"], params: SalesParams
) -> Int[Tensor, " creators"]:
    """Members of a creator whose ways and followers have long been the same."""
    join = params.join * ask
    return (followers * join / (join + params.churn).clamp(min=1e-9)).round().long()


def dues(held: Int[Tensor, " creators"], params: SalesParams) -> Int[Tensor, " creators"]:
    """Micro-units that members pay for a day of a month of thirty."""
    return held * int(params.price * YUAN / 30)


def own_goods(
    name: Int[Tensor, " creators"],
    followers: Int[Tensor, " creators"],
    ask: Float[Tensor, " creators"],
    params: SalesParams,
    key: Key,
) -> Int[Tensor, " creators"]:
    """Micro-units paid for a creator's own goods."""
    sold = count(key.fold(BUY), name, followers * params.buy * ask, followers)
    return sold * int(params.goods * YUAN)
