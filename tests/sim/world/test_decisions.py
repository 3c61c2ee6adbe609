import torch
from worlds import copy_of, differences, nano_rules, random_slate

from sim.world import platform
from sim.world.rng import key
from sim.world.state import HABIT, Decisions

RULES = nano_rules()


def test_creators_who_decide_post_as_they_say_and_all_others_by_habit():
    root = key(0)
    eve = platform.init(RULES, root)
    asked = torch.full_like(eve.creators.id, -1)
    asked[3], asked[5] = 4, 0
    habit, decided = (
        platform.turn_day(copy_of(eve), RULES, root, d) for d in (HABIT, Decisions(posts=asked))
    )
    posted = decided.creators.posts - eve.creators.posts
    assert posted[3] == 4 and posted[5] == 0
    others = torch.ones_like(posted, dtype=torch.bool)
    others[[3, 5]] = False
    assert torch.equal(posted[others], (habit.creators.posts - eve.creators.posts)[others])
    assert (decided.videos.creator[decided.videos.uploaded == 0] == eve.creators.id[3]).sum() == 4


def test_what_a_moderator_removes_is_shown_no_more():
    root = key(0)
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
