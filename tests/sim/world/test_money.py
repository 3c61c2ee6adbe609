"""Money in the story: it is neither made nor lost, whatever world; it costs what it says; and where
it rests nothing of it is there."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import copy_of, differences, live_through, nano_rules, random_slate

from sim.measure import Window, measure_day
from sim.world import accounts, platform
from sim.world.money import ledger
from sim.world.rng import key
from sim.world.state import SOURCES, Conduct, Decisions, Offers, by_habit
from sim.world.state.money import INCOME, KINDS, PURSES, YUAN

ON = "money=on"
SOME = ("size.viewers=150", "size.live=300")


def day_of(rules, days=2, pages=4, **how):
    """A world at the end of a day, its pages, and its money as the night settles it."""
    world, events = live_through(rules, days, pages, **how)
    return world, events, platform.closed(world, rules, key(how.get("seed", 0)))


def sound(money) -> bool:
    books = money.ledger
    kinds = books.purse_flows.sum(1) + books.flows.sum(1)
    return int(ledger.total(books)) == 0 and not kinds.any() and int(ledger.short(books)) == 0


@settings(max_examples=12)
@given(
    st.integers(0, 9),
    st.sampled_from(["views", "watch_time", "satisfaction", "floor"]),
    st.floats(0, 1), st.floats(0, 40), st.integers(0, 12), st.floats(0, 1), st.floats(0, 5),
)  # fmt: skip
def test_in_any_world_what_is_paid_is_what_is_received(
    seed, payout, share, newcomer, every, deals, cost
):
    rules = nano_rules(
        ON, *SOME, f"terms.payout={payout}", f"terms.ad_share={share}", f"ads.every={every}",
        f"terms.newcomer={newcomer}", f"earning.deals={deals}", f"earning.post_cost={cost}",
        "sales.gift=0.5", "sales.order=0.5", "sales.join=0.01", "sales.buy=0.01",
        "earning.large=0.5",
    )  # fmt: skip
    root = key(seed)
    world = platform.init(rules, root)
    for _ in range(3):
        before = int(ledger.total(world.money.ledger))
        world = platform.turn_day(world, rules, root)
        assert int(ledger.total(world.money.ledger)) == before == 0 and sound(world.money)
        for _ in range(3):
            request = platform.ask(world, rules)
            slate = random_slate(world, rules, request, key(seed + 1).fold(world.day))
            world, _ = platform.answer(world, rules, request, slate, root)
            assert sound(world.money)
    assert sound(platform.closed(world, rules, root))


def test_every_way_to_earn_brings_something_in_some_world():
    rules = nano_rules(
        ON, "sales.enter=0.5", "sales.order=0.5", "sales.join=0.05", "sales.buy=0.01",
        "sales.gift=0.5", "earning.large=0.5", "terms.newcomer=2", "deals.rate=1", "deals.reach=1",
    )  # fmt: skip
    _, _, money = day_of(rules, days=3, pages=16)
    earned = money.ledger.flows[: len(INCOME)].sum(1)
    assert (earned > 0).all(), dict(zip(INCOME, earned.tolist(), strict=True))
    assert (money.ledger.cash >= 0).all() and (money.funnel.sum(1) > 0).all()


def test_what_a_day_was_worth_can_be_asked_before_the_night_which_settles_the_same():
    rules, root = nano_rules(ON, *SOME), key(0)
    world, _, money = day_of(rules)
    after = platform.turn_day(world, rules, root)
    assert differences(after.money.ledger, money.ledger) == []


def test_advertisers_pay_for_what_was_seen_and_creators_get_their_share():
    rules = nano_rules(ON, "terms.ad_share=0.4", "ads.budget=100")  # no budget binds
    _, events, money = day_of(rules, days=1, pages=8)
    due = sum(int((e.ads.price.T * e.ads_seen).sum()) for e in events)
    ads = KINDS.index("ads")
    assert due > 0 and -int(money.ledger.purse_flows[ads, PURSES.index("advertisers")]) == due
    assert int(money.ledger.flows[ads].sum()) == pytest.approx(0.4 * due, abs=100)


def test_advertisements_are_seen_where_they_stand_and_nothing_of_them_is_remembered():
    rules = nano_rules(ON, *SOME, "ads.every=3", "ads.reserve=0.01")
    world, events, _ = day_of(rules, days=1, pages=2)
    for e in events:
        after, seen = e.ads.after.T, e.ads_seen
        assert seen.any() and not seen[after < 0].any()
        # who sees one saw the video before it
        at = torch.where(after < 0, 0, after)
        assert e.response.seen.gather(1, at)[seen].all()
        # and who saw a video after it saw it too
        later = e.response.seen.gather(1, (at + 1).clamp(max=9))
        assert (seen | ~later | (after < 0) | (after == 9)).all()
    shown = sum(int(e.response.seen.sum()) for e in events)
    assert int(world.videos.views_today.sum()) == shown
    assert int((world.memory.history > 0).sum()) <= shown


def test_the_more_advertisements_the_less_is_watched():
    seen = []
    for every in (0, 6, 2):
        rules = nano_rules(ON, f"ads.every={every}", "ads.reserve=0.01")
        _, events, _ = day_of(rules, days=2, pages=16)
        seen.append(sum(int(e.response.seen.sum()) for e in events))
    assert seen[0] > 1.05 * seen[1] > 1.1 * seen[2]


def test_advertisements_that_please_less_than_videos_lower_goodwill_and_others_raise_it():
    goodwill = {}
    for every, joy in [(0, 0.0), (5, -5.0), (5, 5.0)]:
        how = f"ads.every={every}", f"ads.joy={joy}", "ads.annoy=0", "ads.reserve=0.01"
        world, events, _ = day_of(nano_rules(ON, *how), days=1, pages=1)
        whole = events[0].response.seen.all(1)  # all ten, in each of the worlds nearly the same
        goodwill[every, joy] = world.mood.goodwill[events[0].request.row[whole]].mean()
    assert goodwill[5, -5.0] < goodwill[0, 0.0] - 0.005 < goodwill[5, 5.0] - 0.01


def test_where_money_rests_there_is_none_and_nobody_sees_an_advertisement():
    world, events = live_through(nano_rules(*SOME), days=1, pages=2)
    assert world.money is None and all(e.ads is None and e.ads_seen is None for e in events)
    assert platform.closed(world, nano_rules(*SOME), key(0)) is None
    metrics = {m for m, *_ in measure_day(world, events, Window.empty(world))}
    assert not metrics & {"platform_revenue", "creator_income", "ad_load"}


def seated(n: int, who: int, **conduct) -> Decisions:
    """One creator decides, all others do as by habit."""
    one, offers = by_habit(Conduct, n), by_habit(Offers, n)
    for name, value in conduct.items():
        of = one if hasattr(one, name) else offers
        getattr(of, name)[who] = value
    return Decisions(conduct=one, offers=offers)


def promoting(yuan: float, endowed: int = 100 * YUAN, pages: int = 4):
    """A creator with some cash buys promotion for a day."""
    rules, root = nano_rules(ON), key(3)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    live = world.videos.creator[(world.videos.id > 0) & (world.videos.creator > 0)]
    who = int(live.mode().values) - 1
    cash = torch.zeros_like(world.creators.id)
    cash[who] = endowed
    world = replace(world, money=accounts.endowed(world.money, cash))
    decided = seated(len(cash), who, promotion=yuan)
    world, events = platform.turn_day(world, rules, root, decided), []
    for _ in range(pages):
        request = platform.ask(world, rules)
        slate = random_slate(world, rules, request, key(1).fold(world.day))
        world, page = platform.answer(world, rules, request, slate, root, decided)
        events.append(page)
    return rules, world, events, who


def test_a_promotion_buys_impressions_at_its_price_and_keeps_what_was_not_used():
    rules, world, events, who = promoting(2.0)
    promoted = [e.source == SOURCES.index("promoted") for e in events]
    seen = sum(int((p & e.response.seen).sum()) for p, e in zip(promoted, events, strict=True))
    money = platform.closed(world, rules, key(3))
    paid = -int(money.ledger.flows[KINDS.index("promotion"), who])
    assert 50 < seen <= 100 and paid == seen * 20_000
    assert int(money.ledger.cash[who]) <= 100 * YUAN - paid + int(
        money.ledger.flows[: len(INCOME), who].sum()
    )
    creators = {
        int(world.videos.creator[(v - 1) % len(world.videos.id)])
        for p, e in zip(promoted, events, strict=True)
        for v in e.ids[p].tolist()
    }
    assert creators == {who + 1}
    assert sound(money)


def test_who_has_no_money_promotes_nothing_and_nobody_is_ever_short():
    _, world, events, _ = promoting(2.0, endowed=0)
    assert all((e.source != SOURCES.index("promoted")).all() for e in events)
    assert (world.money.escrow == 0).all()


def test_who_cannot_pay_what_a_post_costs_is_bankrupt_and_pays_what_there_is():
    rules = nano_rules(ON, *SOME, "earning.post_cost=1000")
    world, _, money = day_of(rules, days=2)
    posted = world.creators.posts - platform.init(rules, key(0)).creators.posts > 0
    assert money.bankrupt.any() and not money.bankrupt[~posted].any()
    assert sound(money)


def test_offers_are_as_decided_and_by_habit_else():
    rules, root = nano_rules(ON, *SOME), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    decided = seated(len(world.creators.id), 3, shop=1.0, ads=0.0)
    after = platform.turn_day(world, rules, root, decided)
    assert float(after.money.offers.shop[3]) == 1 and float(after.money.offers.ads[3]) == 0
    assert float(after.money.offers.ads[4]) == 1
    new = (after.videos.uploaded == after.day) & (after.videos.creator == 4)
    assert (after.videos.shop[new] == 1).all()


def bonds(found: float, known: float) -> float:
    """Mean bond after some days of deals in every post of every creator, all of them kept secret
    or, where nothing is found out, all told."""
    told = 0 if found else 1
    rules = nano_rules(
        ON, "deals.rate=1", "deals.reach=0.1", "earning.large=0", "earning.deals=1",
        f"deals.found={found}", f"deals.known={known}", f"earning.disclose={told}",
    )  # fmt: skip
    world, _ = live_through(rules, days=4, pages=16)
    held = world.memory.follows > 0
    return float(world.memory.bond[held].mean())


def test_deals_that_are_found_out_break_bonds_more_than_deals_that_are_told():
    none, told, found = bonds(0.0, 0.0), bonds(0.0, 0.1), bonds(1.0, 0.1)
    assert none > told > found


def test_accounts_of_those_who_leave_are_closed():
    world, _, money = day_of(nano_rules(ON, *SOME))
    rich = accounts.endowed(money, torch.full_like(world.creators.id, YUAN))
    gone = world.creators.id % 2 == 0
    after = accounts.closed_out(rich, gone)
    assert (after.ledger.cash[gone] == 0).all() and (after.members[gone] == 0).all()
    assert torch.equal(after.ledger.cash[~gone], rich.ledger.cash[~gone])
    assert sound(after)


def test_a_donated_world_earns_what_a_kept_one_does():
    rules = nano_rules(ON, *SOME)
    one, _ = live_through(rules, days=2, pages=2)
    other, _ = live_through(rules, days=2, pages=2, donate=True)
    assert differences(copy_of(one.money), other.money) == []


def test_blocks_change_no_ones_money():
    one, _ = live_through(nano_rules(ON, *SOME), days=2, pages=2)
    other, _ = live_through(nano_rules(ON, *SOME, "size.block=16"), days=2, pages=2)
    assert differences(one, other) == []
