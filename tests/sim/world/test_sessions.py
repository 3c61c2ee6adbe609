import math
from dataclasses import replace

import pytest
import torch
from scipy import stats
from worlds import moods, nano, people

from sim.world import sessions
from sim.world.rng import key

P = nano().sessions
DAY = torch.tensor(3)
USUAL = P.usual_goodwill
MANY = 20_000
EVENINGS = key(9).uniform(torch.arange(MANY))


def swiped(watch, time, patience, offered=None):
    watch = torch.tensor(watch)[:, None]
    offered = torch.ones_like(watch) if offered is None else torch.tensor(offered)[:, None]
    seen, time, patience = sessions.swipe(
        watch, offered.float(), torch.tensor([time]), torch.tensor([patience]), P
    )
    return seen[:, 0].tolist(), float(time), float(patience)


def test_the_session_ends_with_the_video_that_spends_the_time():
    seen, time, _ = swiped([50.0, 60.0, 10.0, 10.0], time=100.0, patience=99.0)
    assert seen == [True, True, False, False]
    assert time == pytest.approx(-10)


def test_the_session_ends_with_the_video_that_spends_the_patience():
    seen, _, patience = swiped([0.0, 0.0, 0.0, 0.0], time=100.0, patience=1.5)
    assert seen == [True, True, False, False]
    assert patience == pytest.approx(-0.5)


def test_long_videos_use_up_time_only():
    _, time, patience = swiped([900.0, 900.0], time=3600.0, patience=5.0)
    assert (time, patience) == (pytest.approx(1800), pytest.approx(5))


def test_dull_videos_use_up_patience_only():
    _, time, patience = swiped([0.0, 0.0], time=3600.0, patience=5.0)
    assert (time, patience) == (3600, pytest.approx(3))


def test_what_is_not_offered_is_not_seen_and_costs_nothing():
    seen, time, patience = swiped(
        [5.0, 7.0, 9.0], time=100.0, patience=9.0, offered=[True, False, True]
    )
    assert seen == [True, False, True]
    assert time == pytest.approx(86)
    dull = math.exp(-5 / P.dull_seconds) + math.exp(-9 / P.dull_seconds)
    assert patience == pytest.approx(9 - dull)


def test_time_falls_by_exactly_the_seconds_watched():
    draw = key(0).uniform(torch.arange(500), 10).T * 90
    time, patience = torch.full((500,), 300.0), torch.full((500,), 2.0)
    seen, left, _ = sessions.swipe(draw, (draw > 5).float(), time, patience, P)
    torch.testing.assert_close(time - left, (draw * seen).sum(0))


def came(mood=None, viewers=None, day=DAY, seed=0, **params):
    viewers = viewers or people(MANY, activity=torch.full((MANY,), 0.3))
    mood = mood or moods(MANY, away=torch.ones(MANY, dtype=torch.int64))
    return sessions.open_day(viewers, mood, day, replace(P, **params), key(seed))


def test_viewers_come_as_their_logit_says():
    chance = 1 / (1 + math.exp(-(0.3 + 4.0 * (0.66 - USUAL) - P.lapse)))
    n = int(came(newcomer=0.0).present.sum())
    assert stats.binomtest(n, MANY, chance).pvalue > 1e-3


def test_a_viewer_without_goodwill_comes_back_less():
    satisfaction = came().present
    sour = came(moods(MANY, goodwill=torch.zeros(MANY))).present
    assert not (sour & ~satisfaction).any()  # the same noise
    assert sour.sum() < 0.5 * satisfaction.sum()


def test_a_viewers_coming_does_not_depend_on_who_else_there_is():
    few = replace(people(7), activity=torch.full((7,), 0.3))
    mood = moods(7, away=torch.ones(7, dtype=torch.int64))
    for seed in range(20):
        alone = came(mood, few, seed=seed)
        assert torch.equal(alone.present, came(seed=seed).present[:7])


def test_who_came_yesterday_comes_more_and_the_long_absent_less():
    days = torch.zeros(MANY, dtype=torch.int64)
    aways = range(P.lapse_days + 2)
    counts = [int(came(moods(MANY, away=days + away)).present.sum()) for away in aways]
    falling, flat = counts[: P.lapse_days + 1], counts[P.lapse_days :]
    assert falling == sorted(set(falling), reverse=True) and len(set(flat)) == 1


def test_newcomers_come_on_their_first_day_and_strangers_never():
    joined, registered = torch.full((MANY,), -365), torch.ones(MANY) > 0
    joined[:50], registered[50:100] = int(DAY), False
    shy = torch.full((MANY,), -50.0)
    present = came(viewers=people(MANY, joined=joined, registered=registered, activity=shy)).present
    assert present.nonzero().squeeze(1).tolist() == list(range(50))


def test_sessions_begin_at_the_logs_hours():
    hours = came(viewers=people(MANY, evening=EVENINGS)).hour
    counts = torch.bincount(hours.long(), minlength=24).numpy()
    share = torch.tensor(P.hour_share).double()
    assert stats.chisquare(counts, MANY * (share / share.sum()).numpy()).pvalue > 1e-3


def test_the_least_sought_hour_is_as_empty_as_in_the_log():
    """Nobody's own habits are added to hours that hold them already."""
    hours = came(viewers=people(MANY, evening=EVENINGS)).hour
    least = min(range(24), key=P.hour_share.__getitem__)
    share = P.hour_share[least] / sum(P.hour_share)
    seen = float((hours.long() == least).float().mean())
    assert abs(seen - share) < 4 * (share * (1 - share) / MANY) ** 0.5


def test_who_lives_late_begins_late_day_after_day():
    day, other = (came(viewers=people(MANY, evening=EVENINGS), seed=k).hour for k in (1, 2))
    late = people(MANY, evening=torch.full((MANY,), 0.65))
    early = people(MANY, evening=torch.full((MANY,), 0.36))
    assert float(came(viewers=late).hour.mean()) > float(came(viewers=early).hour.mean()) + 3
    own, others = ((math.tau / 24 * (day - x)).cos().mean() for x in (other, other.roll(1)))
    assert float(own) > float(others) + 0.06  # the clock goes round


def test_the_days_budgets_are_the_usual_ones_with_luck_and_none_for_the_absent():
    mood = came()
    here = mood.present
    assert (mood.time_left[~here] == 0).all() and (mood.patience_left[~here] == 0).all()
    usual = 60 * P.scale * 100.0
    spread = mood.time_left[here].log() - math.log(usual)
    error = P.day_sd / float(here.sum()) ** 0.5
    assert abs(float(spread.mean())) < 4 * error
    assert float(spread.std()) == pytest.approx(P.day_sd, rel=0.05)


def test_a_night_leaves_its_share_of_satiation():
    full = moods(MANY, satiation=torch.full((MANY, 4), 0.8))
    assert came(full).satiation.unique().tolist() == pytest.approx([0.8 * P.rest])


def test_goodwill_moves_towards_satisfaction_by_its_rate_a_video():
    goodwill, satisfaction = torch.tensor([0.5, 0.5]), torch.tensor([[0.9, 0.9]])
    seen = torch.tensor([[1.0, 0.0]])
    after = sessions.feel(goodwill, satisfaction, seen, P)
    assert after.tolist() == pytest.approx([0.5 + P.goodwill_rate * 0.4, 0.5])


def test_goodwill_stays_a_share_whatever_is_seen():
    goodwill, seen = torch.tensor([0.0, 1.0]), torch.ones(10, 2)
    for _ in range(200):
        goodwill = sessions.feel(goodwill, torch.tensor([[1.0, 0.0]] * 10), seen, P)
    assert ((goodwill >= 0) & (goodwill <= 1)).all() and goodwill[0] > 0.99 > 0.01 > goodwill[1]


def test_each_video_takes_its_share_of_appetite():
    topic = torch.tensor([[2], [2], [1], [2], [0]])
    seen = torch.tensor([[1.0], [1.0], [1.0], [0.0], [0.0]])
    after = sessions.sate(torch.zeros(1, 4), topic, seen, P)[:, 0].tolist()
    s = P.satiate
    twice = 1 - (1 - s) ** 2
    assert after == pytest.approx([twice, twice, s, twice, 0], rel=1e-4, abs=1e-7)


def night(day, **changes):
    viewers = people(MANY, **changes)
    mood = moods(MANY, present=torch.arange(MANY) % 2 == 0, goodwill=torch.full((MANY,), USUAL))
    return sessions.close_day(viewers, mood, torch.tensor(day), P, key(1))


def test_nobody_leaves_before_day_0():
    viewers, mood = night(-1, joined=torch.full((MANY,), -1))
    assert viewers.registered.all()
    assert (mood.away == 0).all() and (mood.visits == 30).all()


def test_a_newcomers_first_night_takes_its_share():
    viewers, _ = night(5, joined=torch.full((MANY,), 5))
    gone = int((~viewers.registered).sum())
    assert stats.binomtest(gone, MANY, P.quit_newcomer).pvalue > 1e-3


def test_the_settled_leave_at_the_base_rate():
    viewers, _ = night(5)
    gone = int((~viewers.registered).sum())
    assert stats.binomtest(gone, MANY, P.quit_base).pvalue > 1e-3


def test_days_away_and_visits_are_counted_at_night():
    _, mood = night(5)
    assert mood.away.view(-1, 2).unique(dim=0).tolist() == [[0, 1]]
    assert mood.visits.view(-1, 2).unique(dim=0).tolist() == [[31, 30]]


def test_who_has_left_does_not_come_back():
    viewers, mood = night(5, registered=torch.zeros(MANY) > 0)
    assert not viewers.registered.any()
    assert not sessions.open_day(viewers, mood, torch.tensor(6), P, key(2)).present.any()
