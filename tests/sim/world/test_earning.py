"""What creators earn, and what the platform pays them."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim.presets.config import resolve
from sim.world import platform
from sim.world.money import deals, payout, promotion, sales
from sim.world.money.chance import count
from sim.world.money.habit import EarningParams, offers
from sim.world.rng import key
from sim.world.state.decisions import Offers, by_habit
from sim.world.state.money import YUAN

TERMS = payout.TermParams(0.5, "views", 0.5, 0.0, 10, 0.5, 0.05, 0.3, 0.0)
SALES = sales.SalesParams(
    0.1, 0.5, 0.1, 80.0, 0.5, 0.3, 0.2, 0.04, 2.0, 0.1, 5e-5, 0.0035, 12.0, 0.0005, 60.0, 0.4
)
DEALS = deals.DealParams(0.2, 3.0, 0.5, 1.0, 60.0, 0.3, 0.1, 0.1, 2.0, 0.03)
N = 20_000
NAMES, ONES = torch.arange(1, N + 1), torch.ones(N)


def record(views, **changes):
    views = torch.tensor(views)
    base = payout.Record(views, 1000 * views, views // 2, torch.ones_like(views), 50 + 0 * views)
    return replace(base, **{k: torch.tensor(v) for k, v in changes.items()})


def shares(pool, told, terms=TERMS, level=None):
    level = torch.ones(len(told.views)) if level is None else torch.tensor(level)
    return payout.shares(torch.tensor(pool), told, level, terms)


@given(
    st.integers(0, 10**14),
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**9)), min_size=1, max_size=20),
    st.sampled_from(["views", "watch_time", "satisfaction", "floor"]),
)
def test_creators_together_never_get_more_than_the_pool(pool, each, rule):
    views, watch = zip(*each, strict=True)
    paid = shares(pool, record(list(views), watch_ms=list(watch)), replace(TERMS, payout=rule))
    assert 0 <= int(paid.sum()) <= pool and (paid >= 0).all()


def test_a_pool_is_shared_by_views_or_by_watch_time_or_by_answers():
    told = record([100, 300], watch_ms=[900, 100], rated=[1, 1])
    for rule, first in [("views", 250), ("watch_time", 900), ("satisfaction", 500)]:
        paid = shares(1000, told, replace(TERMS, payout=rule))
        assert paid.tolist() == pytest.approx([first, 1000 - first], abs=1)


def test_under_a_floor_who_posts_gets_something_whoever_is_watched():
    told = record([100, 0, 0], live=[1, 1, 0])
    assert shares(1000, told).tolist() == pytest.approx([1000, 0, 0], abs=1)
    paid = shares(1000, told, replace(TERMS, payout="floor"))
    assert paid.tolist() == pytest.approx([750, 250, 0], abs=1)


def test_who_takes_no_part_in_the_share_gets_none():
    assert shares(1000, record([100, 100]), level=[0.0, 1.0])[0] == 0


def test_newcomers_get_something_on_top_where_the_terms_say_so():
    told, paid = record([1, 1], followers=[3, 300]), torch.tensor([40, 40])
    assert payout.support(paid, told, TERMS).tolist() == [0, 0]
    assert payout.support(paid, told, replace(TERMS, newcomer=1.5)).tolist() == [60, 0]


def test_counts_have_the_mean_and_the_spread_of_poissons():
    for mean in (0.3, 4.0, 40.0):
        drawn = count(key(3), NAMES, mean * ONES).double()
        assert float(drawn.mean()) == pytest.approx(mean, rel=0.05)
        assert float(drawn.var()) == pytest.approx(mean, rel=0.08)


def test_a_funnel_narrows_and_sells_as_its_rates_say():
    viewed = torch.full((N,), 300)
    told = sales.shop(NAMES, viewed, ONES, SALES, key(1))
    steps = [viewed, told.entered, told.clicked, told.ordered, told.refunded]
    for one, next_ in pairwise(steps):
        assert (next_ <= one).all()
    assert float(told.ordered.double().mean()) == pytest.approx(300 * 0.1 * 0.5 * 0.1, rel=0.05)
    assert int(told.refunded.sum()) / int(told.ordered.sum()) == pytest.approx(0.3, abs=0.02)
    assert int(told.goods.sum()) / int(told.ordered.sum()) == pytest.approx(80 * YUAN, rel=0.02)
    assert (told.returned <= told.goods).all()


def test_who_is_trusted_sells_more():
    viewed = torch.full((N,), 300)
    less, more = (sales.shop(NAMES, viewed, t * ONES, SALES, key(1)).ordered for t in (0.5, 1.5))
    assert int(more.sum()) == pytest.approx(3 * int(less.sum()), rel=0.1)


def test_in_a_crowd_each_like_brings_fewer_gifts():
    few, many = (
        int(sales.gifts(NAMES, torch.full((N,), n), ONES, SALES, key(2)).sum()) / n
        for n in (10, 1000)
    )
    assert many == pytest.approx(few * 100**-0.1, rel=0.05)


def test_members_settle_where_those_who_join_are_as_many_as_leave():
    followers, held = torch.full((2000,), 1000), torch.zeros(2000, dtype=torch.int64)
    for day in range(900):
        held = sales.members(NAMES[:2000], held, followers, ONES[:2000], SALES, key(day))
    share = int(held.sum()) / int(followers.sum())
    assert share == pytest.approx(5e-5 / (5e-5 + 0.0035), rel=0.1)
    none = sales.members(NAMES[:2000], held, 0 * followers, ONES[:2000], SALES, key(9))
    assert int(none.sum()) == 0  # nobody follows any more


def test_brands_ask_for_reach_fit_and_trust_and_pay_more_where_it_is_not_said():
    followers = torch.tensor([0, 10, 100, 10])
    fine = deals.standing(ONES[:4], torch.tensor([1, 1, 1, 0.5]), DEALS)
    asked = deals.chance(followers, fine, ONES[:4], DEALS)
    assert asked[0] == 0 and asked[2] > asked[1] > asked[3] > 0
    views, none = torch.full((4,), 1000), torch.zeros(4, dtype=torch.int64)
    told, secret = (deals.paid(*v, fine, DEALS) for v in ((views, none), (none, views)))
    assert told.tolist() == pytest.approx([60 * YUAN] * 3 + [30 * YUAN])
    assert secret.tolist() == pytest.approx([1.3 * int(x) for x in told])


def test_deals_are_as_many_as_offered_and_as_open_as_the_creator_is():
    kinds = deals.kind(0.2 * ONES, 0.25 * ONES, NAMES, key(4))
    share = torch.bincount(kinds, minlength=3) / N
    assert share.tolist() == pytest.approx([0.8, 0.05, 0.15], abs=0.01)


def test_a_deal_that_is_told_costs_a_little_and_some_find_out_a_hidden_one():
    deal = torch.arange(N) % 3
    nothing = torch.zeros_like(NAMES)
    felt = deals.dismay(deal, nothing, DEALS)
    told = torch.tensor(DEALS.known)
    assert torch.equal(felt, torch.where(deal == deals.DISCLOSED, told, torch.zeros_like(told)))
    learnt = deals.found_out(NAMES, nothing, DEALS, key(8))
    assert float(learnt.float().mean()) == pytest.approx(DEALS.found, abs=0.015)
    shown = deals.dismay(deal, nothing + 1, DEALS)
    assert torch.equal(shown[deal > 0], felt[deal > 0])
    assert torch.allclose(shown[deal == 0], torch.tensor(DEALS.goods))


def test_habit_fills_in_what_nobody_decides():
    params = EarningParams(2.0, 1.0, 0.9, 0.15, 0.3, 0.1, 1.0, 0.5, 0.0)
    followers = torch.tensor([1, 1, 1, 97])
    told = replace(by_habit(Offers, 4), shop=torch.tensor([torch.nan, 0.5, 3.0, torch.nan]))
    made = offers(told, followers, params)
    assert made.shop.tolist() == pytest.approx([0.15, 0.5, 1.0, 0.15])
    assert made.deals.tolist() == pytest.approx([0, 0, 0, 0.3])
    assert made.ads.tolist() == [1, 1, 1, 1]


def test_a_promotion_goes_to_those_thought_to_want_it_most():
    params = promotion.PromotionParams(20.0, 0.6, 0.5)
    quota = promotion.quota(torch.tensor([0, 2 * YUAN]), params)
    assert quota.tolist() == [0, 50]
    who = promotion.whose(NAMES, quota, key(5))
    assert (who == 1).all()
    interest = key(6).normal(NAMES)
    value = promotion.guess(interest, NAMES, params, key(7))
    means = []
    for n in (100, 2000, 10_000):
        won = promotion.best(who, value, ONES > 0, torch.tensor([0, n]))
        assert int(won.sum()) == n
        means.append(float(interest[won].mean()))
    assert means[0] > means[1] > means[2] > 0  # the more it buys, the less they want it


def test_two_promotions_each_have_their_quota_among_those_open_to_them():
    quota, who = torch.tensor([2, 1]), torch.tensor([0, 0, 0, 1, 1, 0])
    value = torch.tensor([0.1, 0.9, 0.5, 0.3, 0.4, 2.0])
    won = promotion.best(who, value, torch.tensor([1, 1, 1, 1, 1, 0]) > 0, quota)
    assert won.nonzero().flatten().tolist() == [1, 2, 4]


@pytest.mark.parametrize("size", ["nano", "small"])
def test_those_who_pay_a_creator_on_day_0_are_there_after_the_first_nights(size):
    """Trust is not known on the eve, and nobody leaves for that."""
    rules = platform.rules(resolve(size, settings=("money=on",)))
    world, root = platform.init(rules, key(3)), key(3)
    before = world.money.members
    asks = world.money.offers.membership > 0
    assert int(before[asks].sum()) > 0 and int(before[~asks].sum()) == 0
    for _ in range(2):
        world = platform.turn_day(world, rules, root)
    kept = int(world.money.members.sum()) / int(before.sum())
    assert 0.9 < kept < 1.1
