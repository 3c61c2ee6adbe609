"""The machine that scores uploads: right as often as its separation says, misled by look-alikes,
and outrun by evasion."""

from dataclasses import replace

import pytest
import torch
from worlds import nano

from sim.world import moderation
from sim.world.rng import key
from sim.world.state import HARMS

MANY = 200_000
ROOT = key(11)


def scored(harm: int, evasion: float = 0.0, severity: float = 0.4, **changes) -> torch.Tensor:
    """Scores of many videos of one kind, each by a creator of its own."""
    params = replace(nano().classifier, **changes)
    name = torch.arange(1, MANY + 1)
    look = moderation.looks(name, name, params, ROOT)
    same = torch.full((MANY,), harm)
    one = torch.ones(MANY)
    return moderation.scores(same, severity * one, evasion * one, look, params)


@pytest.mark.parametrize("accuracy", [0.8, 0.99])
def test_a_set_accuracy_holds_for_violations_and_for_others(accuracy):
    caught = (scored(2, accuracy=accuracy)[:, 1] > 0.5).double().mean()
    spared = (scored(0, accuracy=accuracy)[:, 1] <= 0.5).double().mean()
    assert float(caught) == pytest.approx(accuracy, abs=0.003)
    assert float(spared) == pytest.approx(accuracy, abs=0.003)


def test_a_score_is_the_chance_of_a_violation_at_the_share_that_was_trained_on():
    """At a prior of one half, by Bayes' rule: of 0.7 to 0.8, about three in four are violations."""
    bad, good = (scored(h, prior=0.5, separation=(1.5,) * 5)[:, 0] for h in (1, 0))
    here = [int(((s > 0.7) & (s < 0.8)).sum()) for s in (bad, good)]
    assert here[0] / sum(here) == pytest.approx(0.75, abs=0.01)


def test_a_lower_threshold_finds_more_and_is_right_less_often():
    bad, good = scored(3)[:, 2], scored(0)[:, 2]
    found, right = [], []
    for threshold in (0.9, 0.5, 0.1, 0.01):
        hits, wrong = ((s > threshold).double().mean() for s in (bad, good))
        found.append(float(hits))
        right.append(float(0.01 * hits / (0.01 * hits + 0.99 * wrong)))
    assert found == sorted(found) and right == sorted(right, reverse=True)
    assert found[0] < found[-1] and right[-1] < right[0]


def test_evasion_lowers_scores_and_severity_raises_them():
    plain, moved, severe = scored(4), scored(4, evasion=1.0), scored(4, severity=0.9)
    low, middle, high = (told[:, 3] for told in (moved, plain, severe))
    assert bool((low <= middle).all()) and bool((middle <= high).all())
    assert float(low.mean()) + 0.1 < float(middle.mean()) < float(high.mean())
    assert torch.equal(moved[:, 0], plain[:, 0])  # other kinds are as they were


def test_videos_of_one_creator_look_alike_to_it_by_the_share_that_is_set():
    params = replace(nano().classifier, look=0.4)
    video = torch.arange(1, 2 * MANY + 1)
    look = moderation.looks(video, (video + 1) // 2, params, ROOT)[:, 0]
    alike = torch.corrcoef(torch.stack([look[::2], look[1::2]]))[0, 1]
    assert float(alike) == pytest.approx(0.4, abs=0.01)


def test_every_score_lies_above_0():
    assert float(scored(0, separation=(12.0,) * len(HARMS)).min()) > 0


def test_people_err_more_the_more_a_case_looks_like_the_other_kind():
    p, name = nano().review, torch.arange(1, MANY + 1)
    wrong = [
        float(moderation.judged(name, torch.full((MANY,), at), p, ROOT).double().mean())
        for at in (0.0, 2.0, p.eye / 2)
    ]
    assert wrong[0] < 0.01 < wrong[1] < wrong[2] == pytest.approx(0.5, abs=0.01)


def test_a_case_on_the_line_takes_longest():
    p = nano().review
    told = moderation.minutes(torch.tensor([0.0, p.eye / 2, p.eye]), p) * 60
    assert float(told[1]) == pytest.approx(p.seconds + p.hard_seconds)
    assert float(told[0]) == pytest.approx(float(told[2])) and float(told[0]) < 40


@pytest.mark.parametrize(("base", "right"), [(0.001, 0.09), (0.5, 0.99)])
def test_what_a_machine_right_in_99_of_100_takes_down_hangs_on_how_rare_violations_are(base, right):
    """At one in a thousand, nine in ten of what it takes down are harmless."""
    hits, wrong = ((scored(h, accuracy=0.99)[:, 1] > 0.5).double().mean() for h in (2, 0))
    assert float(base * hits / (base * hits + (1 - base) * wrong)) == pytest.approx(right, abs=0.01)
