from dataclasses import replace

import torch
from worlds import authors, copy_of, differences, live_through, nano_rules, stock, with_parts

from sim.world import careers, platform
from sim.world.careers.ladder import BAIT, TOP
from sim.world.rng import key
from sim.world.state import (
    ARMS,
    FORMATS,
    HOUSE,
    Conduct,
    Decisions,
    Posts,
    blank_brand,
    by_habit,
    row_of,
)

RULES = nano_rules("money=on")
P = RULES.params.careers
ROOT = key(0)


def worked(count=1, hours=4.0, energy=1.0, replies=float("nan"), waiting=0, **changes):
    params = with_parts(RULES.params, careers=changes).careers
    n = 3
    posts, conduct = (
        by_habit(Posts, n),
        replace(by_habit(Conduct, n), replies=torch.full((n,), replies)),
    )
    held = replace(blank_brand(n, 4, 2, "cpu"), waiting=torch.full((n,), waiting))
    crowd = authors(n, budget=torch.full((n,), hours), energy=torch.full((n,), energy))
    return careers.work(crowd, torch.full((n,), count), posts, conduct, held, params)


def test_hours_beyond_those_there_are_wear_out_and_rest_brings_energy_back():
    mean = sum(P.post_hours) / len(FORMATS)
    fair, over = worked(1, hours=mean), worked(2, hours=mean)
    torch.testing.assert_close(over.hours, torch.full((3,), 2 * mean))
    assert (fair.energy == 1).all()
    torch.testing.assert_close(over.energy, torch.full((3,), 1 - P.drain))
    assert (over.burnout > 0).all() and (worked(2, hours=mean, drain=0.0).energy == 1).all()
    rested = worked(0, energy=0.5)
    torch.testing.assert_close(rested.energy, torch.full((3,), 0.5 + P.recover * 0.5))


def test_an_answer_takes_minutes_and_nobody_answers_what_was_not_written():
    one, none = worked(0, replies=60.0, waiting=60), worked(0, replies=60.0)
    torch.testing.assert_close(one.hours, torch.full((3,), P.reply_minutes))
    assert (none.hours == 0).all()


def test_who_is_tired_makes_weaker_videos_unless_that_is_switched_off():
    def posted(rules, energy):
        eve = platform.init(rules, ROOT)
        tired = replace(eve.creators, energy=torch.full_like(eve.creators.energy, energy))
        world = platform.turn_day(replace(eve, creators=tired), rules, ROOT)
        return world.videos.quality[(world.videos.uploaded == 0) & (world.videos.id > 0)]

    low, high = posted(RULES, 0.0), posted(RULES, 1.0)
    torch.testing.assert_close(high - low, torch.full_like(low, P.tired))
    flat = nano_rules("money=on", "careers.tired=0.0")
    assert torch.equal(posted(flat, 0.0), posted(flat, 1.0))


def after_days(views, days, first=100.0):
    crowd = authors(1, usual=torch.tensor([first]), hoped=torch.tensor([first]))
    for _ in range(days):
        crowd = careers.reflect(replace(crowd, usual=torch.tensor([views])), P)
    return crowd


def test_the_unseen_lose_heart_post_less_and_leave_and_a_small_loss_discourages_nobody():
    assert float(after_days(100.0, 60).morale) == 1.0
    assert float(after_days(70.0, 60).morale) == 1.0  # within the slack
    unseen = after_days(0.0, 30)
    assert float(unseen.morale) < 0.4
    assert float(careers.will(unseen, P)) < float(careers.will(after_days(100.0, 30), P))
    crowd = authors(50_000)
    gone = [
        1
        - float(
            careers.leave(replace(crowd, morale=torch.full((50_000,), m)), torch.tensor(9), P, ROOT)
            .active.float()
            .mean()
        )
        for m in (1.0, 0.2)
    ]
    assert abs(gone[0] - P.leave) < 5 * (P.leave / 50_000) ** 0.5
    assert gone[1] > 3 * gone[0]
    hope = after_days(0.0, 400)
    assert float(hope.morale) > float(unseen.morale)  # what stays away is hoped for no more


def test_a_seated_creator_leaves_by_its_own_decision_alone():
    certain = with_parts(RULES.params, careers={"leave": 1.0}).careers
    seated = torch.tensor([True, False, False])
    left = careers.leave(authors(3), torch.tensor(5), certain, ROOT, seated)
    assert left.active.tolist() == [True, False, False] and left.left.tolist()[1:] == [5, 5]


def test_somebody_new_begins_in_an_empty_row_under_a_new_id_and_unknown():
    rules = nano_rules("money=on", "careers.leave=0.2", "careers.arrive=1.0", "catalog.life=2")
    world, _ = live_through(rules, days=9, pages=1)
    c, n = world.creators, len(world.creators.id)
    assert torch.equal(row_of(c.id, n), torch.arange(n))
    new = c.id > n
    assert int(new.sum()) > 10 and (c.joined[new] > 0).all() and (c.joined[~new] < 0).all()
    today = c.joined == world.day
    assert today.any() and not c.followers[today].any() and not world.brand.seen[today].any()
    here = world.videos.id > 0
    of = world.videos.creator[here & (world.day - world.videos.uploaded < 2)]
    assert (c.id[row_of(of, n)] == of).all()  # what may be shown is by whom it says
    held = world.memory.follows[world.memory.follows > 0]
    assert (c.id[row_of(held, n)] == held).all()
    key_of = world.videos.key[here]
    assert len(key_of.unique()) == len(key_of)


def test_kinds_are_mixed_by_setting_and_a_larger_share_moves_few():
    few = platform.init(nano_rules("money=on"), ROOT).creators.kind
    more = platform.init(nano_rules("money=on", "careers.imitators=0.5"), ROOT).creators.kind
    assert set(few.tolist()) == {0, 1, 2, 3}
    moved = few != more
    assert (few[moved] == HOUSE.index("habit")).all() and (more[moved] == 1).all()
    none = {f"careers.{name}s=0.0" for name in HOUSE[1:]}
    assert not platform.init(nano_rules("money=on", *sorted(none)), ROOT).creators.kind.any()


def decided(kind, board_topic=3, day=0, **parts):
    crowd = authors(400, kind=torch.full((400,), HOUSE.index(kind)), **parts)
    board = careers.Board(torch.full((TOP,), board_topic), torch.full((TOP,), 1))
    return careers.decide(crowd, board, P, key(5).fold(day))


def test_each_kind_of_the_ladder_decides_in_its_own_way():
    _, posts, conduct = decided("habit")
    assert differences(posts, by_habit(Posts, 400)) == []
    assert differences(conduct, by_habit(Conduct, 400)) == []
    _, posts, _ = decided("imitator")
    copies = float((posts.topic == 3).float().mean())
    assert abs(copies - P.imitate) < 5 * (0.25 / 400) ** 0.5
    _, posts, conduct = decided("planner", niche=torch.full((400,), 2))
    assert (posts.topic == 2).all() and (posts.honesty == 1).all() and (conduct.replies > 0).all()


def test_a_bandit_tries_each_arm_once_and_then_mostly_the_best():
    worth = torch.zeros(400, ARMS)
    tried = torch.ones(400, ARMS, dtype=torch.int64)
    crowd, posts, _ = decided("bandit", tried=tried * (torch.arange(ARMS) != 2))
    assert float((crowd.arm == 2).float().mean()) > 0.85
    worth[:, 6] = 3.0
    crowd, posts, _ = decided("bandit", worth=worth, tried=tried)
    most = crowd.arm == 6
    assert float(most.float().mean()) > 0.85
    assert (posts.format[most] == 6 % len(FORMATS)).all()
    assert torch.equal(posts.honesty[most], torch.full((int(most.sum()),), BAIT))


def test_a_bandit_learns_what_its_posts_brought_on_their_first_day():
    views = torch.tensor([9, 9, 0, 50])
    shown = stock(
        4,
        creator=torch.tensor([1, 1, 2, 2]),
        views_today=views,
        uploaded=torch.tensor([0, 0, 0, -3]),
    )
    crowd = authors(3, arm=torch.tensor([4, 1, 0]))
    after = careers.reward(crowd, shown, torch.tensor(0))
    torch.testing.assert_close(after.worth[0, 4], torch.log1p(torch.tensor(9.0)))
    assert after.worth.count_nonzero() == 1 and after.tried.sum() == 2
    assert after.tried[1, 1] == 1  # nobody saw it: that is known too


def test_a_seat_overrides_its_house_creator_and_leaves_the_rest_to_it():
    told = by_habit(Posts, 3)
    told.topic[1] = 7
    house = replace(by_habit(Posts, 3), topic=torch.tensor([4, 4, -1]), honesty=torch.ones(3))
    both = careers.merged(told, house)
    assert both.topic.tolist() == [4, 7, -1] and both.honesty.tolist() == [1, 1, 1]
    assert careers.merged(None, house) is house


def test_with_brands_off_money_stays_and_nobody_has_a_career():
    rules = nano_rules("money=on", "brands=off")
    world, _ = live_through(rules, days=3, pages=2)
    assert world.brand is None and world.money is not None
    assert (world.creators.energy == 1).all() and not world.creators.hours.any()


def test_days_go_on_from_a_copy_as_they_would_have():
    """All that careers and brands remember lies in the world."""

    def lived(world):
        for _ in range(2):
            world = platform.turn_day(world, RULES, ROOT, Decisions())
        return world

    world, _ = live_through(RULES, days=3, pages=2)
    assert differences(lived(copy_of(world)), lived(copy_of(world))) == []
