from dataclasses import replace

import pytest
import torch
from worlds import copy_of, differences, nano_rules, random_slate

from sim.world import platform
from sim.world.rng import key
from sim.world.state import FORMATS, HABIT, Decisions, Posts, by_habit, rows

RULES = nano_rules()
ROOT = key(0)
SEAT, IDLE = 3, 5  # rows of the creators who decide


def morning(decisions=HABIT):
    return platform.turn_day(platform.init(RULES, ROOT), RULES, ROOT, decisions)


def asking(count=4, **how) -> Decisions:
    """One creator decides how to post `count` videos."""
    posts = by_habit(Posts, RULES.params.creator_count)
    posts.count[SEAT] = count
    for name, value in how.items():
        getattr(posts, name)[SEAT] = value
    return Decisions(posts=posts)


def own(world):
    """The seated creator's posts of the day."""
    at = (world.videos.creator == SEAT + 1) & (world.videos.uploaded == world.day)
    return rows(world.videos, lambda field: field[at])


def test_creators_who_decide_post_as_they_say_and_all_others_by_habit():
    eve = platform.init(RULES, ROOT)
    asked = asking(4)
    asked.posts.count[IDLE] = 0
    habit, decided = (platform.turn_day(copy_of(eve), RULES, ROOT, d) for d in (HABIT, asked))
    posted = decided.creators.posts - eve.creators.posts
    assert posted[SEAT] == 4 and posted[IDLE] == 0
    others = torch.ones_like(posted, dtype=torch.bool)
    others[[SEAT, IDLE]] = False
    assert torch.equal(posted[others], (habit.creators.posts - eve.creators.posts)[others])
    assert len(own(decided).id) == 4


def test_decisions_by_habit_are_habit_to_the_digit():
    asked = Decisions(posts=by_habit(Posts, RULES.params.creator_count))
    assert differences(morning(), morning(asked)) == []


def test_what_one_creator_decides_re_deals_nobodys_draws():
    """Its own posts change; everybody else's videos, and all viewers, are as they were."""
    plain = morning(asking(4))
    other = morning(asking(4, topic=7, format=0, honesty=0.0, effort_quality=1.0, hour=3.0))
    assert differences(plain.viewers, other.viewers) == []
    assert differences(plain.mood, other.mood) == []
    theirs = plain.videos.creator != SEAT + 1
    for name in ("id", "key", "topic", "duration", "quality", "hook", "feature", "sheet"):
        one, two = getattr(plain.videos, name), getattr(other.videos, name)
        assert torch.equal(one[theirs], two[theirs]), name
    assert not torch.equal(own(plain).quality, own(other).quality)


def test_a_post_has_the_topic_format_length_and_hour_that_were_decided():
    plain, made = own(morning(asking())), own(morning(asking(topic=7, topic2=9, hour=21.5)))
    assert made.topic.tolist() == [7] * 4 and made.topic2.tolist() == [9] * 4
    assert made.hour.tolist() == [21.5] * 4
    assert torch.equal(plain.duration, made.duration)  # what nobody decides stays
    long, short = (own(morning(asking(format=FORMATS.index(f)))) for f in ("tutorial", "story"))
    assert long.duration.min() > short.duration.max()
    assert own(morning(asking(duration=33.0))).duration.tolist() == [33.0] * 4


def test_effort_pays_less_and_less_and_an_honest_hook_disappoints_nobody():
    low, mid, high = (own(morning(asking(effort_quality=e))).quality for e in (0.0, 0.5, 1.0))
    torch.testing.assert_close(mid, own(morning(asking())).quality)
    assert (mid - low).min() > (high - mid).max() > 0
    plain, honest, lies = (
        own(morning(asking(effort_hook=e, honesty=h))) for e, h in ((0.5, 1), (1, 1), (1, 0))
    )
    assert (lies.hook > honest.hook).all() and (honest.hook > plain.hook).all()
    lie = RULES.params.craft.lie
    torch.testing.assert_close(lies.hook - honest.hook, torch.full((4,), lie))
    assert (lies.bait >= lie).all()
    torch.testing.assert_close(lies.bait - honest.bait, torch.full((4,), lie))


@pytest.mark.parametrize("trending", [True, False])
def test_a_post_joins_the_strongest_trend_where_there_is_one(trending):
    eve = platform.init(RULES, ROOT)
    strength = torch.zeros_like(eve.trends.strength)
    strength[[11, 13]] = torch.tensor([0.2, 0.3]) * trending
    eve = replace(eve, trends=replace(eve.trends, strength=strength))
    world = platform.turn_day(eve, RULES, ROOT, asking(topic=7, trend=1.0))
    strongest = int(world.trends.strength.argmax())
    expected = (strongest, 7) if world.trends.strength.max() > 0 else (7, None)
    made = own(world)
    assert set(made.topic.tolist()) == {expected[0]}
    if expected[1] is not None:
        assert set(made.topic2.tolist()) == {7}
    assert not trending or strongest in (11, 13)


def test_what_a_moderator_removes_is_shown_no_more():
    root = ROOT
    world = platform.turn_day(platform.init(RULES, root), RULES, root)
    request, listing = platform.ask(world, RULES), platform.public(world, RULES)
    gone = listing.id[listing.eligible][:3]
    removals = torch.cat([gone, torch.tensor([0, int(listing.id.max()) + 10**9])])
    slate = random_slate(world, RULES, request, root)
    after, events = platform.answer(
        world, RULES, request, slate, root, Decisions(removals=removals)
    )
    plain, same = platform.answer(world, RULES, request, slate, root)
    assert differences(events, same) == []  # what lies on the phones already is watched
    here, before = platform.public(after, RULES), platform.public(plain, RULES)
    lost = before.id[before.eligible & ~here.eligible]
    assert sorted(lost.tolist()) == sorted(gone.tolist())
    night = platform.turn_day(plain, RULES, root, Decisions(removals=gone))
    assert bool(night.videos.removed[(gone - 1) % len(night.videos.id)].all())
