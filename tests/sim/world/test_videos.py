from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from worlds import authors, differences, nano, nano_rules, stock

from sim.world import videos
from sim.world.rng import key
from sim.world.state import FEATURES, row_of, scatter_rows, take

P, T = nano().videos, nano_rules().tables.videos
STYLES, MANY = nano().size.styles, 20_000
DAY = torch.tensor(3)


def makers(**changes):
    styles = torch.zeros(4, STYLES)
    base = authors(4, style=styles, niche=torch.full((4,), 3), niche2=torch.full((4,), 5))
    return replace(base, **changes)


def made(post, creator=None, creators=None, params=P, day=DAY, first_name=1):
    creator = torch.zeros_like(post) if creator is None else creator
    name = torch.arange(first_name, first_name + len(post))
    return videos.make(name, creator, post, day, creators or makers(), params, T, key(0))


@pytest.fixture(scope="module")
def many():
    return made(torch.arange(MANY))


def test_a_creators_seventh_video_is_the_same_whatever_else_happens(many):
    seventh = take(many, torch.tensor([7]))
    crowd = made(torch.tensor([2, 7, 7]), torch.tensor([3, 0, 1]), day=DAY + 5, first_name=900)
    changed = set(differences(take(crowd, torch.tensor([1])), seventh))
    assert changed == {".id", ".uploaded"}
    assert ".duration" in differences(take(crowd, torch.tensor([2])), seventh)


def test_posts_keep_to_the_niches(many):
    share = torch.diff(T.shares, prepend=torch.zeros(1))
    free = 0.4 * (1 - P.niche_share)
    for topic, own in ((3, P.niche_share), (5, 0.6 * (1 - P.niche_share)), (0, 0.0)):
        chance = own + free * float(share[topic])
        got = int((many.topic == topic).sum())
        assert stats.binomtest(got, MANY, chance).pvalue > 1e-3


def test_second_tags_have_their_share(many):
    share = torch.diff(T.shares, prepend=torch.zeros(1))
    chance = P.second_tag * float((1 - share[many.topic]).mean())  # some fall on the topic itself
    got = int((many.topic2 != many.topic).sum())
    assert stats.binomtest(got, MANY, chance).pvalue > 1e-3


def test_durations_follow_the_logs_quantiles(many):
    known = np.log(P.duration_quantiles)
    steps = np.linspace(0, 1, len(known))
    logs = many.duration.log().numpy()
    assert stats.kstest(logs, lambda x: np.interp(x, known, steps)).pvalue > 1e-3


def test_quality_is_standard_and_leans_on_skill():
    skill = torch.tensor([0.0, 2.0, -2.0, 0.0])
    post = torch.arange(MANY)
    able = made(post, torch.ones_like(post), makers(skill=skill)).quality
    own = (1 - P.skill_share) ** 0.5
    assert abs(float(able.mean()) - 2 * P.skill_share**0.5) < 4 * own / MANY**0.5
    assert float(able.std()) == pytest.approx(own, rel=0.03)


def test_looks_go_with_quality_as_far_as_the_preset_says():
    rows, post = torch.arange(MANY), torch.zeros(MANY, dtype=torch.int64)
    names = rows + 1
    plain, skill, flash = torch.zeros(MANY, STYLES), key(1).normal(names), key(2).normal(names)
    crowd = authors(MANY, style=plain, skill=skill, flash=flash)
    some = made(post, rows, crowd)
    assert float(some.hook.std()) == pytest.approx(1, rel=0.03)
    assert float(some.quality.std()) == pytest.approx(1, rel=0.03)
    got = float(stats.pearsonr(some.quality, some.hook).statistic)
    assert got == pytest.approx(P.hook_quality, abs=0.03)


def test_style_is_the_creators_in_part():
    rows, post = torch.arange(MANY), torch.zeros(MANY, dtype=torch.int64)
    own = key(3).normal(rows, STYLES) / STYLES**0.5
    some = made(post, rows, authors(MANY, style=own))
    assert float(some.style.square().sum(1).mean()) == pytest.approx(1, rel=0.05)
    got = float(stats.pearsonr(some.style.flatten(), own.flatten()).statistic)
    assert got == pytest.approx(P.style_share**0.5, abs=0.02)


def test_text_is_deaf_to_style_and_hook_and_audio_to_quality():
    _, audio, text = T.cameras.split(tuple(FEATURES.values()), dim=1)
    style, quality, hook = slice(-STYLES - 2, -2), -2, -1
    assert (text[style] == 0).all() and (text[hook] == 0).all() and (text[quality] != 0).all()
    assert (audio[quality] == 0).all() and (audio[style] != 0).all()


def test_the_camera_sees_the_topic():
    bare = replace(P, feature_noise=(0.0, 0.0, 0.0), niche_share=1.0)
    one, two = (
        made(torch.arange(500), creators=makers(niche=torch.full((4,), n)), params=bare)
        for n in (3, 9)
    )
    gap = (one.feature.mean(0) - two.feature.mean(0)).norm()
    assert gap > 5 * (one.feature.std(0) / 500**0.5).norm()


def test_a_new_video_has_no_past(many):
    assert (many.counts == 0).all() and (many.heat == 0).all() and not many.removed.any()
    assert (many.uploaded == int(DAY)).all()


def test_ids_are_permanent_as_the_ring_goes_round():
    ring = stock(5, id=torch.tensor([1, 2, 3, 4, 0]))
    row, name = videos.slots_to_fill(ring, torch.tensor(3), 4)
    assert row.tolist() == [3, 4, 0, 1]
    assert name.tolist() == [4 + 5, 5, 1 + 5, 2 + 5]  # 1 + row + capacity x generation
    assert torch.equal(row_of(name, 5), row)
    again = scatter_rows(ring, row, replace(take(ring, row), id=name), torch.ones(4) > 0)
    assert videos.slots_to_fill(again, torch.tensor(3), 1)[1].tolist() == [4 + 10]


def test_rows_not_kept_stay_as_they_were():
    ring = stock(3)
    new = replace(take(ring, torch.tensor([0, 2])), id=torch.tensor([4, 6]))
    after = scatter_rows(ring, torch.tensor([0, 2]), new, torch.tensor([True, False]))
    assert after.id.tolist() == [4, 2, 3]


def test_heat_fades_and_takes_in_the_day():
    warm = stock(2, heat=torch.tensor([8.0, 0.0]), views_today=torch.tensor([0, 8]))
    cool = videos.cool(warm, P)
    keep = P.heat_keep
    assert cool.heat.tolist() == [8 * keep, 8 * (1 - keep)]
    assert (cool.views_today == 0).all()
