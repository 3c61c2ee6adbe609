"""Viewers differ as watchers, by name and for good, and a log of them all is as the preset says."""

from dataclasses import replace

import pytest
import torch
from worlds import nano, nano_rules, people, watchers

from sim.world import platform, watching
from sim.world.rng import key

P = nano().watch
N, SLOTS = 20_000, 8
CROWD = watching.mannered(people(N), P, key(0))


def watched(crowd, params=P, duration=43.0, seed=0):
    """Watch seconds (slots, viewers) of what the logging policy shows."""
    shown = torch.full((SLOTS, len(crowd.id)), duration)
    appeal = P.logging_appeal + P.logging_spread * key(99).normal(crowd.id, SLOTS).T
    video = watching.describe(shown, watching.tables(params, "cpu"))
    dice = key(seed).dice(watching.STREAMS, SLOTS).cast(crowd.id)
    return watching.watch(appeal, shown, video, crowd, params, dice)


def test_habits_are_spread_as_the_preset_says():
    for trait, sd in (
        (CROWD.haste, P.haste_sd),
        (CROWD.stay, P.stay_sd),
        (CROWD.pace, P.pace_share**0.5),
    ):
        assert float(trait.std()) == pytest.approx(sd, rel=0.03)
        assert abs(float(trait.mean())) < 4 * sd / N**0.5
    both = torch.corrcoef(torch.stack([CROWD.haste, CROWD.stay]))[0, 1]
    assert float(both) == pytest.approx(P.haste_stay, abs=0.03)


def test_a_name_has_its_habits_at_the_start_and_whenever_it_arrives():
    rules, root = nano_rules("viewers.arrivals=0.1"), key(0)
    first = platform.init(rules, root)
    later = platform.turn_day(platform.turn_day(first, rules, root), rules, root)
    new = later.viewers.joined >= 0
    assert new.any() and (later.viewers.haste[new] != 0).all()
    again = watching.mannered(later.viewers, rules.params.watch, root.fold(0))
    assert not torch.equal(again.haste, later.viewers.haste)  # other keys, other habits
    stayed = first.viewers.id == later.viewers.id
    for trait in ("haste", "stay", "pace"):
        one, two = (getattr(w.viewers, trait)[stayed] for w in (first, later))
        assert torch.equal(one, two)


def test_with_the_same_luck_the_hasty_skip_more_and_the_patient_finish_more():
    calm, hasty, loyal = (
        watched(people(N, haste=torch.full((N,), h), stay=torch.full((N,), s)))
        for h, s in ((0.0, 0.0), (1.5, 0.0), (0.0, 1.0))
    )
    assert float((hasty < 3).float().mean()) > float((calm < 3).float().mean()) + 0.1
    assert float((loyal >= 43).float().mean()) > float((calm >= 43).float().mean()) + 0.1
    assert (hasty <= calm).float().mean() > 0.95  # the few are skips that take longer than leaving


def test_pace_is_a_part_of_how_long_skips_take_and_adds_nothing_to_their_spread():
    """All skip: the spread of ln seconds is the preset's, and the part between viewers is pace."""
    knots = len(P.knots)
    one = replace(
        P, skip=(1.0,) * knots, leave=(0.0,) * knots, finish=(0.0,) * knots, loop=(0.0,) * knots,
        skip_median=(2.0,) * knots, skip_sd=(0.6,) * knots,
    )  # fmt: skip
    log = watched(watching.mannered(people(N), one, key(0)), one, 200.0).log()
    kept = log[(log > -2).all(0)[None].expand_as(log)].view(SLOTS, -1)
    assert float(kept.std()) == pytest.approx(0.6, rel=0.02)
    within = float(kept.var(0).mean())
    assert 1 - within / 0.36 == pytest.approx(one.pace_share, abs=0.03)


@pytest.mark.parametrize("duration", [8.2, 43.0, 230.0])
def test_a_log_that_the_hasty_fill_more_of_has_the_presets_shares(duration):
    """Weighted by the plays that go with their habits, viewers come out as the log does."""
    weight = (P.haste_plays * CROWD.haste + P.stay_plays * CROWD.stay).exp()
    alike = watchers(N, P)
    for of in (lambda w: (w < 3).double(), lambda w: (w >= duration).double()):
        tilted = (of(watched(CROWD, duration=duration)).mean(0) * weight).sum() / weight.sum()
        moved = of(watched(alike, duration=duration)).mean()
        assert float(tilted) == pytest.approx(float(moved), abs=0.012)


def test_who_swipes_fast_has_less_of_a_day():
    even = watching.mannered(people(N), replace(P, haste_budget=0.0), key(0))
    lost = (CROWD.minutes / even.minutes).log(), (CROWD.patience / even.patience).log()
    for ln in lost:
        torch.testing.assert_close(ln, -P.haste_budget * CROWD.haste, rtol=1e-3, atol=1e-4)


def test_a_preset_without_habits_has_viewers_who_watch_alike():
    old = replace(P, haste_sd=0.0, stay_sd=0.0, pace_share=0.0)
    crowd = watching.mannered(people(N), old, key(0))
    assert not crowd.haste.any() and not crowd.stay.any() and not crowd.pace.any()
    assert old.logging_habits == (0.0, 0.0)
