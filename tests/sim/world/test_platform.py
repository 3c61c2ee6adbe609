from dataclasses import fields, replace

import pytest
import torch
from worlds import (
    blank_memory,
    copy_of,
    differences,
    live_through,
    nano,
    nano_rules,
    random_slate,
    tensors,
    tiny,
    with_parts,
)

from sim.world import platform
from sim.world.rng import key
from sim.world.state import COUNTS, EVENT_FLAGS, Slate, sheet_of, take

RULES = nano_rules()
VIEWS = COUNTS.index("views")


@pytest.fixture(scope="module")
def lived():
    """A world after some days, and all that happened in it."""
    return live_through(RULES, days=4, pages=3)


def test_the_same_seed_gives_the_same_world_and_another_another():
    one, events = live_through(RULES)
    two, again = live_through(RULES)
    other, _ = live_through(RULES, seed=5)
    assert differences(one, two) == []
    assert [differences(a, b) for a, b in zip(events, again, strict=True)] == [[]] * len(events)
    assert ".viewers.taste" in differences(one, other)


def test_the_block_size_changes_no_bit():
    small, large = (live_through(nano_rules(f"size.block={b}")) for b in (64, 4096))
    assert len(small[1][0].ids) > 128  # more than two blocks
    assert differences(small[0], large[0]) == []
    assert [differences(a, b) for a, b in zip(small[1], large[1], strict=True)] == [[]] * 6


def test_threads_change_no_bit():
    rules = nano_rules("size.viewers=4000", "size.block=4096")  # enough for torch to split
    worlds = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        worlds.append(live_through(rules, days=1, pages=2))
    assert differences(worlds[0][0], worlds[1][0]) == []
    assert differences(worlds[0][1][1], worlds[1][1][1]) == []


def first_morning(rules):
    root = key(0)
    return platform.turn_day(platform.init(rules, root), rules, root), root


def test_more_viewers_change_nobody_else():
    few, root = first_morning(RULES)
    rules = nano_rules("size.viewers=500")
    many, _ = first_morning(rules)
    some = torch.arange(300)
    assert differences(take(few.viewers, some), take(many.viewers, some)) == []
    assert differences(take(few.mood, some), take(many.mood, some)) == []
    assert torch.equal(few.memory.follows[:300], many.memory.follows[:300])
    assert differences(few.videos, many.videos) == []

    ids = few.videos.id[few.videos.id > 0][:10]
    responses = []
    for world, by in ((few, RULES), (many, rules)):
        request = platform.ask(world, by)
        old = request.row < 300
        slate = Slate(ids.expand(len(request.row), -1))
        _, events = platform.answer(world, by, request, slate, root)
        responses.append(take(events.response, old.nonzero().squeeze(1)))
    assert differences(*responses) == []


def test_two_agents_on_one_seed_meet_the_same_noise():
    """Their first pages differ; a page they then show alike to rested viewers ends alike."""
    world, root = first_morning(RULES)
    request = platform.ask(world, RULES)
    calm = replace(world, page=world.page + 1)  # the second page of the day, nothing seen before
    ids = world.videos.id[world.videos.id > 0][:10].expand(len(request.row), -1)
    watched = []
    for flip in (False, True):
        first = random_slate(world, RULES, request, key(9 + flip))
        platform.answer(copy_of(world), RULES, request, first, root)
        _, events = platform.answer(copy_of(calm), RULES, request, Slate(ids), root)
        watched.append(events.response)
    assert differences(*watched) == []


def test_a_viewers_first_video_meets_the_same_noise_in_a_wider_slate():
    world, root = first_morning(RULES)
    request = platform.ask(world, RULES)
    ids = world.videos.id[world.videos.id > 0][:10].expand(len(request.row), -1)
    narrow, wide = (
        platform.answer(copy_of(world), RULES, request, Slate(ids[:, :k]), root)[1].response
        for k in (1, 10)
    )
    assert torch.equal(narrow.watch[:, 0], wide.watch[:, 0])
    assert torch.equal(narrow.flags[:, 0], wide.flags[:, 0])


def test_counts_of_videos_are_the_sums_over_events(lived):
    world, events = lived
    got = dict.fromkeys(COUNTS, 0)
    for e in events:
        r = e.response
        got["views"] += int(r.seen.sum())
        got["watch_ms"] += int((r.watch * 1000).round().long().sum())
        for i, flag in enumerate(EVENT_FLAGS):
            got[COUNTS[4 + i]] += int(r.did(flag).sum())
    held = dict(zip(COUNTS, world.videos.counts.sum(0).tolist(), strict=True))
    for name in ("views", "watch_ms", *COUNTS[4:]):
        assert held[name] == got[name]
    assert 0 < held["finishes"] < held["long_views"] <= held["views"]


def test_views_of_creators_are_those_of_their_videos(lived):
    world, _ = lived
    after = platform.turn_day(copy_of(world), RULES, key(0))
    assert after.creators.views.sum() == world.videos.counts[:, VIEWS].sum()


def test_every_post_is_a_video_with_a_number_of_its_own(lived):
    world, _ = lived
    names, used = world.videos.id, world.videos.id > 0
    assert len(names[used].unique()) == int(used.sum())
    assert int(world.creators.posts.sum()) == int(names.max())
    row = torch.arange(len(names))
    assert ((names[used] - 1) % len(names) == row[used]).all()


def test_the_sheet_says_what_the_fields_say(lived):
    videos = lived[0].videos
    used = videos.id > 0
    assert torch.equal(sheet_of(videos)[used], videos.sheet[used])


def test_time_left_falls_by_exactly_the_seconds_watched():
    world, root = first_morning(RULES)
    request = platform.ask(world, RULES)
    slate = random_slate(world, RULES, request, key(1))
    after, events = platform.answer(world, RULES, request, slate, root)
    spent = world.mood.time_left - after.mood.time_left
    watched = events.response.watch.sum(1)
    torch.testing.assert_close(spent[request.row], watched, rtol=1e-5, atol=1e-3)
    asleep = torch.ones(len(spent), dtype=torch.bool).index_fill(0, request.row, False)
    assert (spent[asleep] == 0).all()


def test_the_old_world_stands_unchanged_but_for_what_was_shown():
    world, root = first_morning(RULES)
    before = copy_of(world)
    request = platform.ask(world, RULES)
    slate = random_slate(world, RULES, request, key(1))
    platform.answer(world, RULES, request, slate, root)
    assert differences(world, before) == [".memory.shown"]
    platform.turn_day(copy_of(before), RULES, root)
    assert differences(world, before) == [".memory.shown"]


def test_a_world_that_is_given_up_becomes_the_same_world():
    world, root = first_morning(RULES)
    request, listing = platform.ask(world, RULES), platform.public(world, RULES)
    slate = random_slate(world, RULES, request, key(1))
    kept, events = platform.answer(copy_of(world), RULES, request, slate, root)
    given, same = platform.answer(world, RULES, request, slate, root, donate=True)
    assert differences(kept, given) == [] and differences(events, same) == []
    assert given.mood.satiation is world.mood.satiation  # written over, not copied
    assert int(given.videos.counts.sum()) > 0 == int(listing.counts.sum())  # agents keep theirs


def test_a_night_keeps_every_shape_and_kind(lived):
    world, _ = lived
    after = platform.turn_day(copy_of(world), RULES, key(0))
    kinds = [[(path, t.shape, t.dtype) for path, t in tensors(w)] for w in (world, after)]
    assert kinds[0] == kinds[1]
    assert int(after.day) == int(world.day) + 1 and int(after.page) == 0


def test_the_first_day_is_day_0_and_no_resident_has_left_by_then():
    world, _ = first_morning(RULES)
    size = nano().size
    assert int(world.day) == 0
    arrived = size.arrivals(nano().viewers.arrivals)
    assert int(world.viewers.registered.sum()) == size.viewers + arrived
    assert world.viewers.registered[: size.viewers].all()


def test_on_the_first_day_about_as_many_videos_are_live_as_the_size_says():
    live = []
    for seed in range(12):
        world = platform.init(RULES, key(seed))
        live.append(float(platform.public(world, RULES).eligible.sum()))
    live = torch.tensor(live)
    assert abs(float(live.mean()) - nano().size.live) < 4 * float(live.std()) / len(live) ** 0.5


def test_only_those_present_with_time_and_patience_are_asked():
    world = tiny(4)
    mood = replace(
        world.mood,
        present=torch.tensor([True, True, True, False]),
        time_left=torch.tensor([9.0, 0.0, 9.0, 9.0]),
        patience_left=torch.tensor([9.0, 9.0, -1.0, 9.0]),
    )
    assert platform.ask(replace(world, mood=mood), RULES).row.tolist() == [0]


def test_a_page_for_nobody_changes_the_page_number_alone():
    world = tiny(3)
    asleep = replace(world, mood=replace(world.mood, present=torch.zeros(3) > 0))
    request = platform.ask(asleep, RULES)
    slate = Slate(torch.zeros(0, 5, dtype=torch.int64))
    after, events = platform.answer(asleep, RULES, request, slate, key(0))
    assert differences(after, asleep) == [".page"] and events.ids.shape == (0, 5)


def test_propensities_are_kept_for_the_feed_and_unknown_for_shares():
    memory = replace(blank_memory(2, 12), inbox=torch.tensor([7, 0]))
    world = tiny(memory=memory)
    request = platform.ask(world, RULES)
    slate = Slate(torch.tensor([[1, 2]] * 2), torch.tensor([[-1.0, -2.0]] * 2))
    _, events = platform.answer(world, RULES, request, slate, key(0))
    assert events.logp[1].tolist() == [-1, -2] and events.logp[0, 0] == -1
    assert events.logp[0, 1].isnan()


def test_viewers_keep_names_of_their_own_as_some_leave_and_others_come():
    rules = platform.rules(
        with_parts(nano(), sessions={"quit_base": 0.2}, viewers={"arrivals": 0.2})
    )
    world, _ = live_through(rules, days=6, pages=1)
    names = world.viewers.id
    assert len(names.unique()) == len(names)
    assert (names > len(names)).any()  # rows were taken over
    assert ((names - 1) % len(names) == torch.arange(len(names))).all()
    morning = platform.turn_day(world, rules, key(0))
    fresh = morning.viewers.registered & (morning.viewers.joined == morning.day)
    assert fresh.any() and (morning.mood.visits[fresh] == 0).all()
    assert (morning.memory.shown[fresh] == 0).all() and (morning.memory.history[fresh] == 0).all()


def test_no_number_of_a_world_is_nan_or_infinite(lived):
    world, events = lived
    for path, value in tensors(world):
        assert value.isfinite().all(), path
    for field in fields(events[-1].response):
        assert getattr(events[-1].response, field.name).isfinite().all(), field.name


def test_nobody_is_shown_a_video_twice_by_an_agent_that_asks(lived):
    _, events = lived
    met = []
    for e in events:
        who, slot = e.response.seen.nonzero(as_tuple=True)
        met.append(torch.stack([e.request.viewer[who], e.ids[who, slot]]))
    pairs = torch.cat(met, dim=1)
    assert pairs.shape[1] == pairs.unique(dim=1).shape[1] > 1000
