from dataclasses import replace

import pytest
import torch
from scipy import stats
from worlds import blank_memory, differences, nano, nano_rules, people

from sim.world import viewers
from sim.world.rng import key
from sim.world.state import take

P, T = nano().viewers, nano_rules().tables.viewers
MANY = 20_000


def born(name, seed=0):
    here = torch.ones_like(name)
    odds = 0.02 * here.float()
    return viewers.born(name, -365 * here, here > 0, odds, 8, P, T, key(seed))


@pytest.fixture(scope="module")
def crowd():
    return born(torch.arange(1, MANY + 1))


def test_a_name_gives_the_same_person_whoever_else_is_born(crowd):
    names = torch.tensor([700, 3, 41])
    assert differences(born(names), take(crowd, names - 1)) == []


def test_another_seed_gives_other_people(crowd):
    other = born(crowd.id, seed=1)
    correlation = stats.pearsonr(other.leaning[:, 0], crowd.leaning[:, 0])
    assert abs(float(correlation.statistic)) < 4 / MANY**0.5


def test_age_bands_and_regions_have_their_shares(crowd):
    bands, regions = (crowd.age_band, viewers.BAND_SHARE), (crowd.region, viewers.REGION_SHARE)
    for drawn, share in (bands, regions):
        counts = torch.bincount(drawn, minlength=len(share)).numpy()
        assert stats.chisquare(counts, [MANY * s / sum(share) for s in share]).pvalue > 1e-3


def test_taste_is_standardised(crowd):
    assert abs(float(crowd.taste.mean())) < 0.1
    assert 0.85 < float(crowd.taste.std()) < 1.15
    assert float(crowd.leaning.std()) == pytest.approx(1, abs=0.02)


def test_people_of_one_age_are_more_alike_than_others(crowd):
    unit = crowd.taste - crowd.taste.mean(0)
    within = torch.stack([unit[crowd.age_band == b].mean(0) for b in range(viewers.BANDS)])
    noise = unit.var(0).mean() / (MANY / viewers.BANDS)
    assert within.square().mean() > 5 * noise


def test_choosiness_and_talk_have_mean_one(crowd):
    for trait, sd in ((crowd.choosiness, P.choosiness_sd), (crowd.talk, P.talk_sd)):
        error = (torch.tensor(sd**2).exp() - 1).sqrt() / MANY**0.5
        assert abs(float(trait.mean()) - 1) < 4 * error


def test_minutes_and_patience_have_their_medians(crowd):
    for trait, median, sd in (
        (crowd.minutes, P.minutes, P.minutes_sd),
        (crowd.patience, P.patience, P.patience_sd),
    ):
        sd = (sd**2 + P.appetite_sd**2) ** 0.5
        logs = (trait / median).log()
        assert abs(float(logs.mean())) < 4 * sd / MANY**0.5
        assert float(logs.std()) == pytest.approx(sd, rel=0.03)
    both = torch.corrcoef(torch.stack([crowd.minutes.log(), crowd.patience.log()]))[0, 1]
    shared = P.appetite_sd**2
    alike = shared / ((P.minutes_sd**2 + shared) * (P.patience_sd**2 + shared)) ** 0.5
    assert float(both) == pytest.approx(alike, abs=0.03)  # who has appetite has it for both


def aged(crowd, drift, nights=1):
    for night in range(nights):
        crowd = viewers.drift(crowd, replace(P, drift=drift), T, key(5).fold(night))
    return crowd


def test_leanings_wander_and_keep_their_spread(crowd):
    after = aged(crowd, 0.19)  # keeps .9 of the old a day
    keep = float(stats.linregress(crowd.leaning.flatten(), after.leaning.flatten()).slope)
    assert keep == pytest.approx(0.9, abs=0.01)
    assert float(after.leaning.std()) == pytest.approx(float(crowd.leaning.std()), rel=0.02)


def own_taste(crowd):
    """Tastes without what people of one age have in common."""
    means = torch.stack([crowd.taste[crowd.age_band == b].mean(0) for b in range(viewers.BANDS)])
    return crowd.taste - means[crowd.age_band]


def alike(one, other):
    return float(stats.pearsonr(own_taste(one).flatten(), own_taste(other).flatten()).statistic)


def test_tastes_are_forgotten_as_fast_as_drift_says(crowd):
    """Drift is the share of variance renewed a day: .9 of the old stays in each of two nights."""
    assert alike(crowd, aged(crowd, 0.19, nights=2)) == pytest.approx(0.81, abs=0.01)


def test_an_interest_stays_or_ends_and_does_not_fade(crowd):
    changed = aged(crowd, 0.02).interests != crowd.interests
    assert float(changed.float().mean()) == pytest.approx(0.01, abs=0.002)


def structure(taste):
    """Share of the six largest components, skew, and how alike topics are across viewers."""
    values = torch.linalg.eigvalsh(torch.cov(taste.T)).flip(0)
    return [
        float(values[:6].sum() / values.sum()), float(stats.skew(taste.flatten())),
        float(taste.var()), float(taste.mean()),
    ]  # fmt: skip


def test_after_years_people_are_what_they_were_at_birth(crowd):
    """Components, skew, variance and mean of tastes, when all of them are new."""
    after = aged(crowd, 0.3, nights=40)
    assert abs(alike(crowd, after)) < 0.01
    for new, old, within in zip(
        structure(after.taste), structure(crowd.taste), (0.02, 0.05, 0.03, 0.02), strict=True
    ):
        assert new == pytest.approx(old, abs=within)


def test_without_drift_nobody_changes(crowd):
    assert differences(aged(crowd, 0.0), crowd) == []


def some_free():
    """Rows: here, gone, never used, here, gone, never used."""
    registered = torch.tensor([True, False, False, True, False, False])
    joined = torch.tensor([-365, -365, viewers.NEVER, 2, 0, viewers.NEVER])
    return people(6, registered=registered, joined=joined)


def test_new_viewers_take_rows_never_used_then_those_of_the_gone():
    row, free, name = viewers.arrivals(some_free(), 4)
    assert row.tolist() == [2, 5, 1, 4] and free.all()
    assert name.tolist() == [3, 6, 2 + 6, 5 + 6]  # 1 + row + rows x generation


def test_a_full_platform_lets_nobody_in():
    row, free, _ = viewers.arrivals(some_free(), 6)
    assert free.tolist() == [True] * 4 + [False] * 2
    assert sorted(row[~free].tolist()) == [0, 3]


def test_a_new_viewer_remembers_nothing_and_the_others_all():
    memory = blank_memory(3, 4)
    memory = replace(
        memory,
        shown=memory.shown + 7, history=memory.history + 1, follows=memory.follows + 2,
        follow_count=memory.follow_count + 3, inbox=memory.inbox + 4,
        history_watch=memory.history_watch + 5.0, history_liked=~memory.history_liked,
    )  # fmt: skip
    row, new = torch.tensor([2, 0]), torch.tensor([True, False])
    after = viewers.settle(memory, row, new)
    for field in ("shown", "history", "history_watch", "history_liked", "follows"):
        kept = getattr(after, field).flatten(1).bool().any(1).tolist()
        assert kept == [True, True, False]
    assert after.follow_count.tolist() == [3, 3, 0] and after.inbox.tolist() == [4, 4, 0]


def test_residents_are_settled_and_newcomers_are_not():
    both = people(2, joined=torch.tensor([-365, 4]))
    mood = viewers.fresh_mood(both, P, key(1))
    assert mood.visits.tolist() == [30, 0]
    assert not mood.present.any() and (mood.goodwill - P.goodwill).abs().max() < 0.3
