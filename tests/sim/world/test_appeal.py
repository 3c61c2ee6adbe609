from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from worlds import live_through, moods, nano, nano_rules, people, stock

from sim.world.appeal import STREAMS, AppealParams, appeal, satisfaction
from sim.world.rng import key
from sim.world.state import Trends, audience, handed, look

P = nano().appeal
TODAY = torch.tensor(0)


def meet(viewers=None, mood=None, videos=None, heat=None, followed=False, today=TODAY, params=P):
    """Appeal and satisfaction of video 0 for viewer 0."""
    trends = Trends(torch.zeros(4) if heat is None else torch.tensor(heat))
    shown = look((videos or stock(1)).sheet[None])
    who = audience(viewers or people(1), mood or moods(1), torch.tensor([0]))
    found = appeal(who, shown, trends, torch.tensor([[float(followed)]]), today, params)
    return float(found.appeal), float(found.satisfaction_logit)


def test_an_average_video_met_without_taste_appeals_not_at_all():
    wanted, satisfaction = meet()
    assert wanted == 0 and satisfaction == pytest.approx(P.satisfaction_base)


def test_taste_counts_by_the_match_and_the_topics_share():
    fan = moods(1, wants=torch.tensor([[2.0, 0, 0, 0]]))
    wanted, satisfaction = meet(mood=fan)
    assert wanted == pytest.approx(2 * P.match * P.topic_share**0.5)
    assert satisfaction == pytest.approx(
        P.satisfaction_base + 2 * P.satisfaction_match * P.topic_share**0.5
    )


def test_two_tags_count_half_each():
    fan = moods(1, wants=torch.tensor([[2.0, -1.0, 0, 0]]))
    wanted, _ = meet(mood=fan, videos=stock(1, topic2=torch.tensor([1])))
    assert wanted == pytest.approx(0.5 * P.match * P.topic_share**0.5)


def test_style_is_liked_by_those_who_lean_to_it():
    leaning, style = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.5, -0.5]])
    wanted, _ = meet(people(1, leaning=leaning), videos=stock(1, style=style))
    assert wanted == pytest.approx(P.match * (1 - P.topic_share) ** 0.5)


def test_the_choosy_mind_quality_more():
    good = stock(1, quality=torch.ones(1), hook=torch.ones(1))
    easy, _ = meet(videos=good)
    choosy, _ = meet(people(1, choosiness=torch.tensor([2.0])), videos=good)
    assert easy == pytest.approx(P.quality + P.hook)
    assert choosy == pytest.approx(2 * P.quality + P.hook)


def test_bait_is_wanted_and_regretted():
    wanted, satisfaction = meet(videos=stock(1, hook=torch.ones(1)))
    assert wanted == pytest.approx(P.hook)
    assert satisfaction == pytest.approx(P.satisfaction_base - P.satisfaction_bait)


def sated(satiation, **changes):
    full = moods(1, satiation=torch.tensor([[satiation, 0, 0, 0]]))
    return meet(mood=full, params=replace(P, **changes))


def test_the_sated_want_no_more_of_the_same():
    wanted, satisfaction = sated(0.99999)
    assert wanted == pytest.approx(-P.satiation, rel=1e-3)
    assert satisfaction == pytest.approx(P.satisfaction_base - P.satisfaction_satiation, rel=1e-3)
    full = moods(1, satiation=torch.tensor([[0.9, 0, 0, 0]]))
    other = stock(1, topic=torch.tensor([1]), topic2=torch.tensor([1]))
    assert meet(mood=full, videos=other)[0] == 0


def test_more_of_the_same_attracts_before_it_bores():
    at = [sated(s / 100, keen=0.2)[0] for s in range(100)]
    best = max(range(100), key=at.__getitem__)
    assert best == 20 and at[0] == 0 and at[40] == pytest.approx(0, abs=1e-6)
    assert at[20] == pytest.approx(P.satiation * 0.2**2 / (1 - 2 * 0.2))
    assert all(one > two for one, two in pairwise(at[20:]))


def test_where_nobody_is_keen_it_only_bores():
    at = [sated(s / 10, keen=0.0)[0] for s in range(10)]
    assert all(one > two for one, two in pairwise(at))


def test_follows_trends_and_age_each_have_their_weight():
    assert meet(followed=True)[0] == pytest.approx(P.followed)
    assert meet(heat=[0.7, 0, 0, 0])[0] == pytest.approx(0.7 * P.trend)
    aged = torch.tensor(6)
    assert meet(today=aged)[0] == pytest.approx(-P.stale * torch.log(torch.tensor(7.0)).item())


def test_appeal_of_random_pairs_is_about_standard():
    """The weights are given in its standard deviations."""
    world, _ = live_through(nano_rules(), days=1, pages=0)
    n, pairs = 300, 200
    live = (world.videos.id > 0).nonzero().squeeze(1)
    row = live[key(1).integer(torch.arange(n), len(live), pairs)]
    who, nobody = audience(world.viewers, world.mood, torch.arange(n)), torch.zeros(pairs, n)
    shown = look(handed(world.videos.sheet, row.T))
    found = appeal(who, shown, world.trends, nobody, world.day, P).appeal
    assert 0.85 < float(found.std()) < 1.15
    assert -0.3 < float(found.mean()) < 0.2  # staleness takes .1


def test_gladness_is_a_share_that_luck_moves_both_ways():
    logits, dice = torch.full((1, 20_000), 0.4), key(0).dice(STREAMS, 1).cast(torch.arange(20_000))
    found = satisfaction(logits, P, dice)
    assert ((found > 0) & (found < 1)).all()
    sure = satisfaction(logits, replace(P, satisfaction_noise=0.0), dice)
    torch.testing.assert_close(sure, torch.sigmoid(logits))
    assert abs(float((found > sure).float().mean()) - 0.5) < 4 * 0.5 / 20_000**0.5


def test_defaults_and_preset_agree():
    assert AppealParams() == P
