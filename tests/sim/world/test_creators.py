import math
from dataclasses import replace

import pytest
import torch
from scipy import stats
from worlds import authors, differences, nano, nano_rules

from sim.world import creators
from sim.world.rng import key
from sim.world.state import take

PARAMS = nano()
P, T = PARAMS.creators, nano_rules().tables.videos
MANY = 20_000


def born(name, seed=0, params=P):
    return creators.born(name, 8, T.shares, params, key(seed))


@pytest.fixture(scope="module")
def crowd():
    return born(torch.arange(1, MANY + 1))


def test_a_name_gives_the_same_creator_whoever_else_posts(crowd):
    names = torch.tensor([500, 2])
    assert differences(born(names), take(crowd, names - 1)) == []


def test_accounts_that_post_regularly_have_their_share(crowd):
    active = int((crowd.cadence != P.idle_cadence).sum())
    assert stats.binomtest(active, MANY, P.active_share).pvalue > 1e-3


def test_the_median_active_creator_posts_as_often_as_the_log_says(crowd):
    active = crowd.cadence[crowd.cadence != P.idle_cadence]
    logs = (active / P.cadence).log()
    assert abs(float(logs.median())) < 4 * 1.25 * P.cadence_sd / len(active) ** 0.5


def test_fame_goes_with_skill_as_far_as_the_preset_says(crowd):
    active = crowd.cadence != P.idle_cadence
    fame, skill = crowd.fame[active].log(), crowd.skill[active]
    assert float(stats.pearsonr(fame, skill).statistic) == pytest.approx(P.fame_skill, abs=0.05)
    assert float(fame.std()) == pytest.approx(P.fame_sd, rel=0.05)


def test_niches_have_the_shares_of_the_supply(crowd):
    share = torch.diff(T.shares, prepend=torch.zeros(1)).numpy()[:20]
    counts = torch.bincount(crowd.niche, minlength=len(T.shares)).numpy()[:20]
    for got, chance in zip(counts, share, strict=True):
        assert stats.binomtest(int(got), MANY, float(chance)).pvalue > 1e-4


@pytest.mark.parametrize("surprise", [-1.5, 0.0, 1.5])
def test_posts_answer_attention_by_the_elasticity(surprise):
    crowd = authors(
        MANY, cadence=torch.full((MANY,), 0.5), answer=torch.full((MANY,), 0.35),
        surprise=torch.full((MANY,), surprise),
    )  # fmt: skip
    posts = int(creators.plan(crowd, P, key(1)).sum())
    expected = MANY * 0.5 * math.exp(0.35 * surprise)
    assert abs(posts - expected) < 4 * expected**0.5


def test_more_attention_and_the_same_noise_never_means_fewer_posts():
    plain = authors(MANY, answer=torch.full((MANY,), 0.35))
    keen = replace(plain, surprise=torch.full((MANY,), 1.0))
    assert (creators.plan(keen, P, key(2)) >= creators.plan(plain, P, key(2))).all()


def test_uploads_a_day_are_what_keeps_the_catalogue_filled():
    """Over seeds: one world's few creators post far from the mean."""
    names = torch.arange(1, PARAMS.creator_count + 1)
    days = []
    for seed in range(150):
        crowd = born(names, seed)
        days.append(float(creators.plan(crowd, P, key(seed).fold(9)).sum()))
    days = torch.tensor(days)
    error = 4 * float(days.std()) / len(days) ** 0.5
    assert abs(float(days.mean()) - PARAMS.uploads) < error


def views(today, usual, **more):
    return authors(1, views_today=torch.tensor([today]), usual=torch.tensor([usual]), **more)


def test_the_first_day_of_views_becomes_the_usual():
    after = creators.learn(views(40, 0.0), torch.tensor(1), P)
    assert float(after.usual) == 40 and float(after.surprise) == 0
    assert int(after.views_today) == 0


def test_a_day_above_the_usual_lifts_the_surprise_and_a_usual_day_halves_it():
    up = creators.learn(views(40, 19.5), torch.tensor(1), P)
    assert float(up.surprise) == pytest.approx(0.5 * math.log(41 / 20.5))
    assert float(up.usual) == pytest.approx(19.5 + P.attention_rate * 20.5)
    same = creators.learn(views(40, 40.0, surprise=torch.tensor([0.8])), torch.tensor(1), P)
    assert float(same.surprise) == pytest.approx(0.4)


def test_surprise_is_bounded_however_viral_a_day_was():
    crowd = views(10_000_000, 1.0)
    for _ in range(20):
        crowd = replace(creators.learn(crowd, torch.tensor(1), P), usual=torch.ones(1))
        crowd = replace(crowd, views_today=torch.tensor([10_000_000]))
    assert float(crowd.surprise) <= 2


def test_a_days_posts_are_laid_out_by_creator():
    row, nth, used = creators.assign(torch.tensor([2, 0, 1]), 5)
    assert used.tolist() == [True, True, True, False, False]
    assert row[used].tolist() == [0, 0, 2] and nth[used].tolist() == [0, 1, 0]


def test_posts_beyond_the_days_width_wait():
    row, nth, used = creators.assign(torch.tensor([3, 3]), 4)
    assert used.all()
    assert row.tolist() == [0, 0, 0, 1] and nth.tolist() == [0, 1, 2, 0]


def test_a_day_without_posts_uses_no_place():
    _, _, used = creators.assign(torch.tensor([0, 0]), 3)
    assert not used.any()
