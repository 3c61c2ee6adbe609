"""The day's accounts: in the night all that was earned is paid, entry by entry."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import brand
from sim.world.money import ads, deals, ledger, payout, sales
from sim.world.money.habit import offers
from sim.world.rng import Key
from sim.world.rules import Rules
from sim.world.state import (
    Conduct,
    Creators,
    Ledger,
    Money,
    Offers,
    Videos,
    World,
    places,
    row_of,
    rows,
)
from sim.world.state.moderation import has
from sim.world.state.money import FUNNEL, YUAN

_FADE = 10  # days over which answers to the survey count; assumed


@dataclass(frozen=True)
class Day:
    """What a creator's videos did today, and in what standing the creator is."""

    record: payout.Record
    likes: Int[Tensor, " creators"]
    goods: Int[Tensor, " creators"]  # long views of videos that show goods
    told: Int[Tensor, " creators"]  # views of videos with a deal that says so
    secret: Int[Tensor, " creators"]  # and that does not
    posts: Int[Tensor, " creators"]  # made today
    trust: Float[Tensor, " creators"]  # 1 is usual
    fit: Float[Tensor, " creators"]  # likewise


def settled(world: World, rules: Rules, key: Key) -> Money:
    """The money of a day that is over, with its entries as the ledger's flows. `key` is the
    night's; the world is not moved on, so that whoever measures a day may ask before the night."""
    money, p = world.money, rules.params
    assert money is not None
    day = _day(world, money, rules)
    books: Ledger = ledger.new_day(money.ledger)
    books = _advertising(books, money, day, rules)
    shop, books = _shop(books, money, day, rules, world.creators.id, key)
    books, members = _followers(books, money, day, rules, world.creators.id, key)
    books = _deals(books, day, rules)
    books, broke = _spent(books, money, day, rules)
    funnel = torch.stack([getattr(shop, name) for name in FUNNEL])
    return replace(
        money,
        ledger=ledger.shut(books),
        campaigns=ads.turn(money.campaigns, p.ads),
        members=members,
        funnel=funnel,
        weary=ads.grown_weary(money.weary, money.met, p.ads),
        met=torch.zeros_like(money.met),
        rated=money.rated - money.rated // _FADE,
        bankrupt=money.bankrupt | broke,
    )


def _standing(world: World, rules: Rules) -> tuple[Tensor, Tensor]:
    """Trust, by followers' mean bond, and fit, by how clear it is what a creator stands for; 1 is
    usual, and what there is where nobody follows, or no brands are built."""
    held, one = world.brand, torch.ones_like(world.creators.skill)
    if held is None:
        return one, one
    trust = torch.where(world.creators.followers > 0, held.bond, rules.params.brand.usual_bond)
    clear = brand.clarity(held)
    known = (held.seen > 1).float()
    usual = (clear * known).sum() / known.sum().clamp(min=1)
    fit = torch.where(known > 0, clear / usual.clamp(min=1e-9), 1.0)
    return (trust / rules.params.brand.usual_bond).clamp(max=2), fit.clamp(max=2)


def _day(world: World, money: Money, rules: Rules) -> Day:
    videos, creators = world.videos, world.creators
    by = row_of(videos.creator, len(creators.id))
    views, watch, long_views, likes = (payout.counted(videos).T - money.dawn.T) * _paid(world)
    live = (videos.id > 0) & ~videos.removed
    fresh = live & (videos.uploaded == world.day) & (world.day >= 0)  # not on the eve

    def of(x: Tensor, where: Tensor | None = None) -> Int[Tensor, " creators"]:
        """Summed by creator; only where it counts."""
        none = torch.zeros_like(creators.id)
        if where is None:
            return none.index_add(0, by, x)
        row = places(where)
        return none.index_add(0, by[row], x[row] * where[row])

    goods = of(long_views * videos.shop, videos.shop.bool())
    at = places(videos.deal.bool())  # few
    deal, seen, author = videos.deal[at], views[at], by[at]
    none, kinds = torch.zeros_like(creators.id), (deals.DISCLOSED, deals.HIDDEN)
    told, secret = (none.index_add(0, author, seen * (deal == kind)) for kind in kinds)
    stock, posts = of(live.long()), of(fresh.long(), fresh)
    views, watch, likes = of(views), of(watch), of(likes)
    record = payout.Record(views, watch, money.rated, stock, creators.followers)
    return Day(record, likes, goods, told, secret, posts, *_standing(world, rules))


def _paid(world: World) -> Tensor | int:
    """(videos,): whether each may earn; 1 where nothing is moderated."""
    held = world.moderation
    return 1 if held is None else (~has(held.state, "demonetised")).long()


def _advertising(books: Ledger, money: Money, day: Day, rules: Rules) -> Ledger:
    """Advertisers pay the platform, which pays creators their share, and newcomers more."""
    terms, takings = rules.params.terms, money.campaigns.spent.sum()
    books = ledger.spend(books, "ads", "advertisers", "platform", takings)
    pool, _ = payout.parted(takings, terms.ad_share)
    paid = payout.shares(pool, day.record, money.offers.ads, terms)
    books = ledger.pay(books, "ads", "platform", paid)
    more = payout.support(paid, day.record, terms)
    books = ledger.cover(books, "platform", more.sum())
    return ledger.pay(books, "support", "platform", more)


def _from_viewers(books: Ledger, kind: str, amount: Tensor, share: float, rest: str) -> Ledger:
    """What viewers pay for a creator's sake: `share` of it is the creator's."""
    own, other = payout.parted(amount, share)
    books = ledger.spend(books, kind, "viewers", None, own)
    return ledger.spend(books, kind, "viewers", rest, other.sum())


def _shop(
    books: Ledger, money: Money, day: Day, rules: Rules, name: Tensor, key: Key
) -> tuple[sales.Shop, Ledger]:
    """Goods of brands: viewers pay them, and get back what they return; of what is kept, creator
    and platform have their parts."""
    p, terms = rules.params.sales, rules.params.terms
    at = places(day.goods > 0)
    told = sales.shop(name[at], day.goods[at], day.trust[at], p, key)
    told = rows(told, lambda x: torch.zeros_like(name).index_copy_(0, at, x))
    books = ledger.spend(books, "shop", "viewers", "brands", told.goods.sum())
    books = ledger.spend(books, "shop", "brands", "viewers", told.returned.sum())
    kept = told.goods - told.returned
    commission, _ = payout.parted(kept, p.commission)
    fee, _ = payout.parted(kept.sum(), terms.shop_fee)
    books = ledger.spend(books, "shop", "brands", None, commission)
    return told, ledger.spend(books, "shop", "brands", "platform", fee)


def _followers(
    books: Ledger, money: Money, day: Day, rules: Rules, name: Tensor, key: Key
) -> tuple[Ledger, Tensor]:
    """Gifts, memberships, and what creators sell of their own."""
    p, terms, level = rules.params.sales, rules.params.terms, money.offers
    none, loyal = torch.zeros_like(name), level.gifts * day.trust
    at = places((day.likes > 0) & (loyal > 0))
    given = none.index_copy(0, at, sales.gifts(name[at], day.likes[at], loyal[at], p, key))
    books = _from_viewers(books, "gifts", given, terms.gift_share, "platform")
    dues = sales.dues(money.members, p)
    books = _from_viewers(books, "membership", dues, 1 - terms.member_fee, "platform")
    followers = day.record.followers
    ask = level.merchandise * day.trust
    at = places(ask > 0)
    bought = none.index_copy(0, at, sales.own_goods(name[at], followers[at], ask[at], p, key))
    books = _from_viewers(books, "merchandise", bought, p.margin, "elsewhere")
    ask = level.membership * day.trust  # members stay where trust is gone, and none join
    at = places(level.membership > 0)
    held = sales.members(name[at], money.members[at], followers[at], ask[at], p, key)
    return books, none.index_copy(0, at, held)


def _deals(books: Ledger, day: Day, rules: Rules) -> Ledger:
    p = rules.params.deals
    paid = deals.paid(day.told, day.secret, deals.standing(day.fit, day.trust, p), p)
    own, fee = payout.parted(paid, 1 - rules.params.terms.deal_fee)
    books = ledger.spend(books, "deals", "brands", None, own)
    return ledger.spend(books, "deals", "brands", "platform", fee.sum())


def _spent(books: Ledger, money: Money, day: Day, rules: Rules) -> tuple[Ledger, Tensor]:
    """What creators pay: promotion, as far as it was shown, and what posts cost."""
    used = money.reserved - money.escrow
    books = ledger.collect(books, "promotion", "promotion", used)
    books = ledger.move(books, "promotion", "promotion", "platform", used.sum())
    due = day.posts * int(rules.params.earning.post_cost * YUAN)
    broke = books.cash < due
    return ledger.collect(books, "cost", "elsewhere", due), broke


def blank(creators: Creators, videos: Videos, rules: Rules, shares: Tensor, key: Key) -> Money:
    """Nobody has earned anything yet; `shares` are the cumulative shares of topics."""
    p, device, n = rules.params, creators.id.device, len(creators.id)
    # advertisers pay for as many viewers as the world is worth: small ones show fewer videos
    daily = p.size.viewers * p.sessions.scale
    none, level = torch.zeros_like(creators.id), offers(None, creators.followers, p.earning)
    campaigns = ads.born(p.ads, shares, daily, key, device)
    return Money(
        ledger.blank(n, device),
        campaigns,
        ads.market(campaigns),
        offers=level,
        cell=torch.zeros(p.viewer_rows, dtype=torch.int32, device=device),
        met=torch.zeros(p.viewer_rows, 2, dtype=torch.int64, device=device),
        weary=torch.full((p.viewer_rows,), p.ads.usual, device=device),
        dawn=payout.counted(videos),
        rated=none,
        members=sales.settled(creators.followers, level.membership, p.sales),
        funnel=torch.zeros(len(FUNNEL), n, dtype=torch.int64, device=device),
        promoted=none,
        reserved=none,
        escrow=none,
        bankrupt=none > 0,
    )


def endowed(money: Money, amount: Int[Tensor, " creators"]) -> Money:
    """Creators with cash of their own (micro-units) to begin with: an entry from elsewhere."""
    return replace(money, ledger=ledger.pay(money.ledger, "opening", "elsewhere", amount))


def endured(world: World, rules: Rules) -> World:
    """The morning: who is used to more advertisements than is usual has less time and patience;
    newcomers are used to what is usual."""
    money, mood, p = world.money, world.mood, rules.params.ads
    if money is None:
        return world
    weary = torch.where(world.viewers.joined == world.day, p.usual, money.weary)
    part = ads.endured(weary, p)
    mood = replace(mood, time_left=mood.time_left * part, patience_left=mood.patience_left * part)
    return replace(world, mood=mood, money=replace(money, weary=weary))


def closed_out(money: Money, gone: Bool[Tensor, " creators"]) -> Money:
    """Accounts of those whose places others take: what is left goes elsewhere with them."""
    left, stay = torch.where(gone, money.ledger.cash, 0), (~gone).long()
    return replace(
        money,
        ledger=ledger.collect(money.ledger, "closing", "elsewhere", left),
        rated=money.rated * stay,
        members=money.members * stay,
        bankrupt=money.bankrupt & ~gone,
    )


def offered(world: World, rules: Rules, decided: Offers | None) -> World:
    """The morning: how each earns today."""
    if world.money is None:
        return world
    level = offers(decided, world.creators.followers, rules.params.earning)
    return replace(world, money=replace(world.money, offers=level))


def tagged(world: World, rules: Rules, made: Videos, key: Key) -> Videos:
    """The day's posts, some with a brand deal, some that show goods; `key` is the day's."""
    money, p = world.money, rules.params
    if money is None:
        return made
    followers = world.creators.followers
    author = row_of(made.creator, len(followers))
    trust, fit = _standing(world, rules)
    stand = deals.standing(fit, trust, p.deals)
    asked = deals.chance(followers, stand, money.offers.deals, p.deals)
    disclose = money.offers.disclose[author]
    return replace(
        made,
        deal=deals.kind(asked[author], disclose, made.key, key),
        shop=sales.shows_goods(money.offers.shop[author], made.key, key),
    )


def opened(world: World, conduct: Conduct | None) -> World:
    """The day begins: counts are as they are, and what creators set aside for the promotion of
    their newest videos waits to be spent."""
    money, videos = world.money, world.videos
    if money is None:
        return world
    money, none = replace(money, dawn=payout.counted(videos)), torch.zeros_like(money.escrow)
    if conduct is None:
        money = replace(money, promoted=none, reserved=none, escrow=none)
        return replace(world, money=money)
    wish = (conduct.promotion.double().nan_to_num(0).clamp(min=0) * YUAN).long()
    newest = _newest(videos, none)
    held = torch.minimum(wish, money.ledger.cash) * (newest > 0)
    return replace(world, money=replace(money, promoted=newest, reserved=held, escrow=held))


def _newest(videos: Videos, none: Int[Tensor, " creators"]) -> Int[Tensor, " creators"]:
    """The id of each creator's newest video; 0 for who has none."""
    by, live = row_of(videos.creator, len(none)), torch.where(videos.removed, 0, videos.id)
    keys = torch.where(live > 0, videos.key, 0)  # in the order in which a creator posts
    last = none.scatter_reduce(0, by, keys, "amax")
    return none.scatter_reduce(0, by, torch.where(keys == last[by], live, 0), "amax")
