from dataclasses import replace

import pytest
import torch
from worlds import moods, nano, people

from sim.world import tastes
from sim.world.rng import key

P = nano().tastes
MANY = 5000


def mornings(days, params=P, taste=0.0):
    """What many viewers of four topics want, morning after morning, after a fortnight."""
    crowd, mood, found = people(MANY), moods(MANY), []
    crowd = replace(crowd, taste=crowd.taste + taste)
    for day in range(14 + days):
        mood = tastes.wake(crowd, mood, params, key(3).fold(day))
        found.append(mood.wants)
    return torch.stack(found[14:])


def test_over_the_days_a_viewer_wants_what_lasting_taste_says():
    wants = mornings(10, taste=0.7)
    spread = float(wants.mean((0, 2)).std()) / MANY**0.5
    assert float(wants.mean()) == pytest.approx(0.7, abs=4 * spread + 0.01)  # .01: the strongest


def test_a_topic_takes_hold_at_its_rate_and_strength():
    alone = replace(P, fancy_keep=0.0, fancy_rate=0.1, fancy=0.5)
    fancy = tastes.wake(people(MANY), moods(MANY), alone, key(1)).fancy
    begun = fancy[fancy > 0]
    assert len(begun) / fancy.numel() == pytest.approx(0.1, abs=0.01)
    assert float(begun.mean()) == pytest.approx(0.5, rel=0.1)
    assert float(begun.median()) == pytest.approx(0.5 * 0.693, rel=0.1)  # exponential


def test_passing_interest_passes():
    """It falls with the lag as `fancy_keep` says, and adds nothing to what stays."""
    wants = mornings(8).double()
    own = wants - wants.mean()
    alike = [float((own[0] * own[lag]).mean() / own[0].square().mean()) for lag in (1, 2, 7)]
    assert alike[0] == pytest.approx(P.fancy_keep, abs=0.05)
    assert alike[1] == pytest.approx(P.fancy_keep**2, abs=0.05)
    assert abs(alike[2]) < 0.05


def test_without_fancy_a_viewer_wants_the_same_every_day():
    crowd = replace(people(MANY), taste=torch.arange(4.0).expand(MANY, 4))
    after = tastes.wake(crowd, moods(MANY), replace(P, fancy=0.0), key(1))
    assert torch.equal(after.wants, crowd.taste)


def test_the_strongest_interest_is_bounded():
    mood = moods(2, fancy=torch.full((2, 4), 100.0))
    assert float(tastes.wake(people(2), mood, P, key(1)).fancy.max()) == tastes.MOST
