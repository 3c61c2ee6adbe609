"""Actors post as much as there is of them, hide among others, and what they post is marked."""

from dataclasses import replace

import pytest
import torch
from made_threats import P, kind, menaces, tactic
from worlds import authors, nano, stock

from sim.world import threats
from sim.world.rng import key
from sim.world.state import HARM_OF, KINDS

A = replace(P.actors, accounts=2)
COUNTS = (3, 1, 1, 1, 2, 1, 1)
CODE = threats.codes(key(0))


def test_all_actors_together_post_what_the_setting_says_each_kind_its_part():
    made = menaces(creators=40, counts=COUNTS)
    rate = threats.rates(made.actors.kind, COUNTS, 6.0, A)
    assert float(rate.sum()) == pytest.approx(6.0)
    for i in range(len(KINDS) - 1):
        part = rate[made.actors.kind == i].sum()
        assert float(part) == pytest.approx(6 * A.mix[i] / sum(A.mix), rel=1e-5)
    assert not rate[made.actors.kind == kind("brigade")].any()


def test_there_is_one_of_each_kind_at_least_and_nobody_without_threats():
    assert min(threats.head_counts(P.actors, 0.01, 10, 1.0)) == 1
    assert sum(threats.head_counts(P.actors, 9.0, 1000, 0.0)) == 0
    assert nano("threats=high").supply == pytest.approx(nano("threats=low").supply * P.actors.high)


def planned(held, barred=None, each=3.0, days=400):
    """Mean posts of each account, over days."""
    n = len(held.actor)
    rate = torch.full((len(held.actors.kind),), each)
    barred = torch.zeros(n) > 0 if barred is None else barred
    name, none = torch.arange(1, n + 1), torch.full((n,), 7)
    days = [threats.plan(none, name, held, rate, barred, A, key(0).fold(d)) for d in range(days)]
    return torch.stack(days).float().mean(0)


def test_an_actor_posts_from_one_account_or_from_all_and_not_while_it_waits():
    honest = 20 - 14
    plain = planned(tactic(menaces(), "plain"))
    assert (plain[:honest] == 7).all()  # others are left alone
    one, other = plain[honest:].view(7, 2).T
    assert one == pytest.approx(torch.full((7,), 3.0), abs=0.3) and not other.any()
    split = planned(tactic(menaces(), "split"))[honest:]
    assert split == pytest.approx(torch.full((14,), 1.5), abs=0.25)
    assert not planned(tactic(menaces(), "wait"))[honest:].any()


def test_barred_accounts_post_nothing_and_their_actor_goes_on_from_another():
    held = tactic(menaces(), "plain")
    barred = torch.zeros(20) > 0
    barred[6::2] = True  # each actor's first account
    assert not planned(held, barred)[6:].any()
    held = threats.chosen(held, barred, A, key(0))
    assert (held.actors.account == 1).all()
    moved_on = planned(tactic(held, "plain"), barred)[6:].view(7, 2)
    assert not moved_on[:, 0].any() and moved_on[:, 1] == pytest.approx(
        torch.full((7,), 3.0), abs=0.3
    )


def day(held, params=A):
    """A post of each account: those of three honest creators first."""
    author = torch.tensor([0, 1, 2, *range(6, 18, 2)])
    video = stock(len(author), key=torch.arange(len(author)) * 7 + 1, hook=torch.ones(len(author)))
    return video, *threats.made(video, author, held, CODE, params, key(0))


def test_what_honest_creators_post_is_left_as_it_is():
    video, marked, new = day(tactic(menaces(), "move"))
    assert not new.harm[:3].any() and not new.severity[:3].any() and not new.evasion[:3].any()
    for name in ("quality", "bait", "feature"):
        assert torch.equal(getattr(marked, name)[:3], getattr(video, name)[:3])


def test_each_kind_does_its_own_harm_as_severe_as_the_setting_says():
    _, _, new = day(menaces(), replace(A, severity_sd=0.0))
    assert new.harm[3:].tolist() == list(HARM_OF[:6])
    assert new.severity[3:] == pytest.approx(torch.tensor(A.severity), abs=1e-5)


def test_evasion_is_what_was_learned_or_copied_and_moving_costs_quality():
    held = menaces()
    held = replace(held, actors=replace(held.actors, moved=torch.full((7,), 1.5)))
    for name, evasion in (("plain", 0.0), ("move", 1.5), ("imitate", A.imitate), ("split", 0.0)):
        video, marked, new = day(tactic(held, name))
        assert new.evasion[3:] == pytest.approx(torch.full((6,), evasion))
        worse = A.spoil * 1.5 * (name == "move")
        assert (video.quality - marked.quality)[3:] == pytest.approx(torch.full((6,), worse))
        assert (marked.bait - video.bait)[3:] == pytest.approx(torch.full((6,), worse))


def test_the_mark_in_the_features_is_as_strong_as_severity_and_fades_with_evasion():
    held = menaces()
    held = replace(held, actors=replace(held.actors, moved=torch.full((7,), 1.0)))
    for name, left in (("plain", 1.0), ("move", torch.exp(torch.tensor(-1.0)))):
        video, marked, new = day(tactic(held, name))
        mark = ((marked.feature - video.feature)[3:] * CODE[new.harm[3:].long() - 1]).sum(1)
        assert mark == pytest.approx(A.mark * new.severity[3:] * left, abs=1e-5)


def test_accounts_of_actors_have_the_traits_of_their_trade_and_no_habit():
    held = menaces()
    hid = threats.disguised(authors(20, skill=torch.arange(20.0)), held, A)
    assert (hid.cadence[6:] == 0).all() and (hid.cadence[:6] == 1).all()
    assert hid.flash[6:18:2] == pytest.approx(torch.tensor(A.flash))
    assert not hid.flash[:6].any()
    assert hid.skill[6:18:2] == pytest.approx(torch.tensor(A.skill) + torch.arange(6, 18, 2))


def test_the_ring_keeps_what_is_hidden_where_a_row_was_used():
    held = menaces(harm=torch.full((12,), 4, dtype=torch.int8), noticed=torch.ones(12) > 0)
    new = threats.Made(
        torch.tensor([1, 2], dtype=torch.int8), torch.ones(2), torch.ones(2), torch.tensor([3, 3])
    )
    kept = threats.keep(held, torch.tensor([5, 6]), new, torch.tensor([True, False]))
    assert kept.harm[[4, 5, 6]].tolist() == [4, 1, 4]
    assert kept.noticed[[4, 5, 6]].tolist() == [True, False, True]


def test_imitators_take_on_topic_and_style_of_somebody_whom_many_follow():
    creators = authors(20, niche=torch.arange(20), followers=(torch.arange(20) == 3).long())
    held = tactic(menaces(), "imitate")
    after = threats.imitating(creators, held, key(0))
    assert (after.niche[6:] == 3).all() and torch.equal(after.niche[:6], creators.niche[:6])
    same = threats.imitating(creators, tactic(held, "plain"), key(0))
    assert torch.equal(same.niche, creators.niche)
