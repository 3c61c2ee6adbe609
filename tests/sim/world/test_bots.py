"""Fake accounts do what they are hired for, and nothing else."""

from dataclasses import replace

import pytest
import torch
from made_threats import P, kind, menaces, tactic
from worlds import live_through, moods, nano_rules, people, stock

from sim.world import threats
from sim.world.rng import key
from sim.world.state import EVENT_FLAGS, SOURCES, TACTICS

B = P.bots
FOLLOW, REPORT = (1 << EVENT_FLAGS.index(name) for name in ("follow", "report"))


def ring(**changes):
    """Videos 1..6 by the first accounts of the six actors that post, 7..12 by honest creators."""
    creator = torch.tensor([*range(7, 19, 2), *range(1, 7)])
    return stock(12, creator=creator, **changes)


def test_bots_open_fresh_posts_of_their_actor_and_a_brigades_those_of_others():
    held = menaces()
    fresh = torch.ones(12) > 0
    fresh[0] = False
    aims = threats.targets(held, ring(), fresh, 3, key(0))
    assert aims[:6, 0].tolist() == [0, 2, 3, 4, 5, 6] and not aims[:6, 1:].any()
    brigade = aims[kind("brigade")]
    assert len(set(brigade.tolist())) == 3 and (brigade > 6).all()


def hired(held, n, hire=0.2):
    params = replace(B, hire=hire)
    busy, name = torch.ones(7, 3).long(), torch.arange(1, n + 1)
    return threats.errands(held, torch.ones(n) > 0, name, busy, params, key(0))


def test_each_buyer_gets_its_part_of_the_fake_accounts():
    held = menaces(viewers=5000, bots=4000)
    want = held.actors.tactic.clone()
    want[[1, 4]] = TACTICS.index("buy")
    held = replace(held, actors=replace(held.actors, tactic=want))
    counts = torch.bincount(hired(held, 5000), minlength=8)
    assert counts[[2, 5]] == pytest.approx(torch.tensor([800.0, 800.0]), abs=80)
    assert counts.sum() - counts[0] == counts[2] + counts[5]
    assert not hired(held, 5000)[:1000].any()  # people are not for hire


def test_where_too_many_buy_they_share_what_there_is_and_without_buyers_none_goes():
    held = menaces(viewers=4000, bots=4000)
    counts = torch.bincount(hired(tactic(held, "buy"), 4000, hire=0.5), minlength=8)
    assert counts[0] == 0 and (counts[1:] - 4000 / 7).abs().max() < 90
    assert not hired(tactic(held, "plain"), 4000).any()


def test_fake_accounts_come_on_errands_only_and_watch_or_skip_as_they_are_told():
    held = menaces(bots=3, errand=torch.tensor([0, 0, 1, 7]))
    viewers, mood = threats.turned_up(people(4), moods(4), held)
    assert mood.present.tolist() == [True, False, True, True]
    assert viewers.haste.tolist() == [0.0, 25.0 * -1, -25.0, 25.0]
    assert viewers.like_odds[2] > 1e5 and viewers.like_odds[3] == 0
    enlisted = threats.enlisted(people(4), held, torch.tensor(0), held.bot)
    assert enlisted.activity.tolist() == [0.0, -50.0, -50.0, -50.0]


def test_closed_accounts_are_bought_anew_some_a_day():
    held = menaces(viewers=4000, bots=3000)
    shut = people(4000, registered=torch.zeros(4000) > 0)
    again = threats.renewed(shut, held, replace(B, renew=0.25), key(0))
    assert not again[:1000].any()
    assert float(again[1000:].float().mean()) == pytest.approx(0.25, abs=0.03)


def test_what_is_hired_follows_and_a_brigade_reports_what_was_seen():
    held = menaces(bots=2, errand=torch.tensor([0, 0, 1, 7]))
    flags, seen = torch.zeros(4, 2, dtype=torch.int32), torch.tensor([[True, False]] * 4)
    who = torch.tensor([2, 3])
    sure = replace(B, follow=1.0, report=1.0)
    threats.act(flags, seen, held, who, who, who + 1, sure, key(0))
    assert flags.tolist() == [[0, 0], [0, 0], [FOLLOW, 0], [REPORT, 0]]


@pytest.fixture(scope="module")
def lived():
    rules = nano_rules(
        "threats=high", "moderation=none", "actors.cost=[0,0,0,0,0,0]", "actors.supply=0.05",
        "bots.hire=1", "bots.share=0.1", "size.viewers=600", "bots.follow=1", "bots.report=1",
        "actors.explore=5",
    )  # fmt: skip
    return live_through(rules, days=6, pages=3, donate=True)


def test_in_a_world_bots_open_what_they_were_sent_to_by_search_whole_like_and_follow(lived):
    world, events = lived
    held, cap = world.threats, len(world.videos.id)
    boosted = attacked = 0
    for e in events:
        bot = held.bot[e.request.row]
        assert (e.source[~bot] != SOURCES.index("search")).all()
        seen = e.response.seen & bot[:, None]
        assert (e.source[seen] == SOURCES.index("search")).all()
        video = (e.ids[seen] - 1) % cap
        actor = held.actor[(world.videos.creator[video] - 1) % len(held.actor)]
        own = actor > 0
        part = e.response.watch[seen] / world.videos.duration[video]
        assert (part[own] > 0.8).all()  # who finishes leaves a moment before or after the end
        assert e.response.did("like")[seen][own].all()
        assert e.response.did("report")[seen][~own].all()
        boosted, attacked = boosted + int(own.sum()), attacked + int((~own).sum())
        assert e.page == 0 or not seen.any()  # one errand a day
    assert boosted > 50 and attacked > 10


def test_bots_are_neither_harmed_nor_lost_nor_replaced_by_people(lived):
    world, _ = lived
    held = world.threats
    assert not held.harmed[held.bot].any() and (held.trust[held.bot] == 1).all()
    assert world.viewers.registered[held.bot].all()
    assert held.bot.sum() == held.bot[-int(held.bot.sum()) :].sum()
    assert held.harmed[~held.bot].any()
