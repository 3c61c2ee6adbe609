"""What a day was worth, by hand; advertisements are rows of their own in the table of events."""

from dataclasses import replace

import pytest
import torch
from worlds import authors, moods, nano_rules, people, stock, tiny

from sim.lab.run import events
from sim.lab.run.arm import Arm
from sim.lab.run.parts import Tale
from sim.measure import money
from sim.presets.config import resolve
from sim.world import accounts
from sim.world.money import ledger
from sim.world.rng import key
from sim.world.state.money import YUAN


def told(world, closed, events_=()):
    groups = {"creator:large": torch.tensor([True, False, False])}
    rows = money.measured(world, list(events_), closed, groups)
    return {(metric, group): value for metric, group, value in rows}


@pytest.fixture
def closed():
    """Advertisers pay 10, of which creators get 4 and 1; the platform adds 7 for the third."""
    rules = nano_rules("money=on")
    shares = torch.tensor([0.5, 0.8, 0.9, 1.0])
    made = accounts.blank(authors(3), stock(4), rules, shares, key(0))
    books = ledger.spend(made.ledger, "ads", "advertisers", "platform", yuan(10))
    books = ledger.pay(books, "ads", "platform", yuan(4, 1, 0))
    books = ledger.cover(books, "platform", yuan(7))
    books = ledger.pay(books, "support", "platform", yuan(0, 0, 7))
    books = ledger.spend(books, "gifts", "viewers", None, yuan(0, 2, 0))
    return replace(made, ledger=books)


def yuan(*amounts):
    whole = torch.tensor(amounts) * YUAN
    return whole if len(amounts) > 1 else whole[0]


def test_incomes_by_hand(closed):
    values = told(tiny(3, 4, viewers=people(3), mood=moods(3)), closed)
    assert values["creator_income", "all"] == 14 and values["creator_income", "creator:large"] == 4
    assert values["income_ads", "all"] == 5 and values["income_support", "all"] == 7
    assert values["income_gifts", "all"] == 2 and values["income_shop", "all"] == 0
    assert values["ad_revenue", "all"] == 10
    assert values["platform_revenue", "all"] == 10 - 5 - 7
    assert values["platform_subsidy", "all"] == 2
    assert ("ad_load", "all") not in values  # nothing was shown


@pytest.fixture(scope="module")
def frame():
    params = resolve("nano", settings=("size.viewers=60", "money=on", "ads.reserve=0.01"))
    day = Arm("popular", params, 0).step()
    log = events.EventLog(10**6, truth=True)
    log.tales.append(Tale(0, "popular", None))
    log.add(log.tales[0], day)
    return day, log.frame(), log


def test_advertisements_are_rows_of_their_own(frame):
    day, table, log = frame
    ads, videos = table[table.ad], table[~table.ad]
    seen = sum(int(e.ads_seen.sum()) for e in day.events)
    assert len(ads) == seen > 20 and log.seen == len(table)
    assert len(videos) == sum(int(e.response.seen.sum()) for e in day.events)
    assert (ads.video == 0).all() and (ads.creator == 0).all() and (videos.video > 0).all()
    assert (ads.source == "promoted").all() and ads.logp.isna().all() and ads.survey.isna().all()
    assert (ads.slot >= 10).all() and (videos.slot < 10).all()
    assert not table.duplicated(["viewer", "step", "slot"]).any()
    assert (ads.watch_s > 0).all() and (ads.watch_s <= ads.duration_s).all()
    assert not ads[["like", "comment", "share", "follow", "hide", "left"]].any().any()


def test_the_days_measures_count_them_in_ad_load_alone(frame):
    day, table, _ = frame
    values = {m: v for m, g, v in day.measures if g == "all"}
    assert values["ad_load"] == pytest.approx(table.ad.mean())
    assert values["impressions"] == (~table.ad).sum()
    registered = int(day.world.viewers.registered.sum())
    minutes = table[table.ad].watch_s.sum() / 60
    assert values["ad_minutes"] == pytest.approx(minutes / registered, rel=1e-4)
