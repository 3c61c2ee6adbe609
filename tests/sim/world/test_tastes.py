from dataclasses import replace

import pytest
import torch
from worlds import live_through, moods, nano, nano_rules, people

from sim.world import tastes
from sim.world.rng import key
from sim.world.state import row_of

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


def after(joy=0.0, won=0.0, satiation=0.0, nights=1, feedback="slight", **changes):
    """A viewer's liking for topic 0 after nights that follow such days, and taste."""
    spread = torch.tensor([[1.0, 0, 0, 0]])
    crowd = replace(people(1), won=won * spread, taste=(0.5 + won) * spread, **changes)
    for _ in range(nights):
        day = moods(1, joy=(joy * 1000 * spread).int(), satiation=satiation * spread)
        crowd, mood = tastes.answer(crowd, day, feedback, P)
        assert not mood.joy.any()
    assert float(crowd.taste[0, 0] - crowd.won[0, 0]) == pytest.approx(0.5, abs=1e-5)
    return float(crowd.won[0, 0])


def test_what_a_video_does_for_its_topic():
    """Satisfaction over what the viewer is used to, as far as it was watched."""
    given = torch.tensor([[0.9], [0.3], [0.3]]), torch.tensor([[1.0], [0.5], [0.0]])
    assert tastes.joy(*given, torch.tensor([0.6])).tolist() == [[300], [-150], [0]]


def test_liking_grows_with_what_satisfied_and_falls_after_disappointment():
    assert after(joy=1.0) == pytest.approx(tastes.GAIN["slight"])
    assert after(joy=-1.0) == pytest.approx(-tastes.GAIN["slight"])
    assert after(won=0.5) == pytest.approx(0.5 * P.won_keep)


def test_boredom_works_against_it():
    assert after(joy=1.0, satiation=0.8) == pytest.approx(0.2 * after(joy=1.0))
    assert after(joy=-1.0, satiation=0.8) == after(joy=-1.0)


@pytest.mark.parametrize("joy", [5.0, -5.0, 1e5])
def test_liking_that_is_won_is_bounded_whatever_is_watched(joy):
    assert abs(after(joy=joy, nights=300, feedback="strong")) <= P.won_most


def test_people_differ_in_how_fast_their_tastes_answer():
    quick = after(joy=1.0, pliancy=torch.tensor([2.0]))
    assert quick == pytest.approx(2 * after(joy=1.0))


def test_the_levels_are_ordered_and_none_does_nothing():
    assert after(joy=1.0, won=0.4, feedback="strong") > after(joy=1.0, won=0.4)
    crowd, mood = people(2), moods(2, joy=torch.full((2, 4), 900).int())
    same = tastes.answer(crowd, mood, "none", P)
    assert same[0] is crowd and same[1] is mood


def test_a_days_joy_is_what_its_pages_brought():
    """Over two pages of a morning: satisfaction over goodwill of each page, by topic, as far as
    each video was watched."""
    rules = nano_rules()
    before, _ = live_through(rules, days=1, pages=0)
    world, events = live_through(rules, days=1, pages=1)
    page, total = events[0], torch.zeros_like(world.mood.joy)
    response, video = page.response, row_of(page.ids, len(world.videos.id))
    share = (response.watch / world.videos.duration[video]).clamp(max=1)
    each = 1000 * share * (response.satisfaction - before.mood.goodwill[page.request.row, None])
    for row, topics, joys in zip(page.request.row, world.videos.topic[video], each, strict=True):
        total[row].index_add_(0, topics, joys.round().int())
    assert int(total.abs().sum()) > 0 and torch.equal(world.mood.joy, total)


def test_where_tastes_do_not_answer_nothing_is_kept_of_it():
    rules = nano_rules("feedback=none")
    world, _ = live_through(rules, days=3, pages=2)
    assert not world.mood.joy.any() and not world.viewers.won.any()
