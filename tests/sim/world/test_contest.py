"""A world with threats in it: one in all ways of living through it, and whole at every setting."""

from dataclasses import replace

import pytest
import torch
from worlds import copy_of, differences, live_through, nano, nano_rules

from sim.lab.run import checkpoint
from sim.seats.recommender.view import truth
from sim.world import platform
from sim.world.rng import key
from sim.world.state.moderation import bit

THREATS = ("threats=high", "size.viewers=120", "size.live=200", "actors.supply=0.1")


def small(*settings, **how):
    return live_through(nano_rules(*THREATS, *settings), days=4, pages=2, **how)


def test_the_same_seed_gives_the_same_world_and_another_future_another():
    one, other = small()[0], small()[0]
    assert differences(one, other) == []
    assert differences(one, small(future=1)[0])


def test_neither_blocks_nor_giving_up_the_old_world_change_anything():
    one = small()[0]
    assert differences(one, small(donate=True)[0]) == []
    blocks = small("size.block=16")[0]
    assert differences(one, blocks) == []


def test_a_page_leaves_the_world_before_it_as_it_was():
    rules, root = nano_rules(*THREATS), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    before = copy_of(world)
    request = platform.ask(world, rules)
    listing = platform.public(world, rules)
    ids = listing.id[listing.eligible][:10].expand(len(request.row), -1)
    platform.answer(world, rules, request, platform.Slate(ids), root)
    assert differences(world, before) == [".memory.shown"]  # written in place, as it says


def test_a_world_with_threats_comes_back_from_a_checkpoint():
    world, _ = small()
    blank = platform.init(nano_rules(*THREATS), key(0))
    assert differences(checkpoint.unpack(blank, checkpoint.pack(world)), world) == []


def test_without_craving_pages_are_as_if_nobody_craved():
    world, _ = small("harms.tempt=0")
    held = world.threats
    assert held.craving.max() > 0  # it is there
    rules = nano_rules(*THREATS, "harms.tempt=0", "harms.crave=[0,0,0,0,0]")
    other, _ = live_through(rules, days=4, pages=2)
    assert torch.equal(other.videos.counts, world.videos.counts)  # and does nothing
    assert other.threats.craving.max() == 0


def test_honest_creators_post_the_same_whoever_does_harm():
    harm, _ = small("harms.tempt=0", "moderation=none")
    honest = nano_rules(*THREATS[1:])
    calm, _ = live_through(honest, days=0)
    start = platform.init(nano_rules(*THREATS), key(0))
    n = honest.params.creator_count
    for name in ("niche", "skill", "flash", "style", "cadence"):
        assert torch.equal(getattr(start.creators, name)[:n], getattr(calm.creators, name))
    assert (harm.threats.actor[:n] == 0).all() and (harm.threats.actor[n:] > 0).all()


def test_more_threats_are_more_of_the_same():
    low, high = nano("threats=low"), nano("threats=high")
    times = low.actors.high
    assert high.supply == pytest.approx(times * low.supply)
    assert high.bot_count == pytest.approx(times * low.bot_count, abs=times)
    none = nano("threats=none")
    assert none.viewer_rows == none.size.viewer_rows and none.creator_count == none.honest_count
    assert none.ring < low.ring and not none.moderated and not nano("moderation=none").moderated


def test_the_oracle_is_told_of_cravings_as_pages_have_them():
    rules, root = nano_rules(*THREATS, "moderation=none"), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    held = world.threats
    world = replace(world, threats=replace(held, craving=torch.ones_like(held.craving)))
    request = platform.ask(world, rules)
    row = (held.harm > 0).nonzero().squeeze(1)[:8]
    want = truth(world, rules, request).appeal(row)
    none = replace(world, threats=replace(held, craving=torch.zeros_like(held.craving)))
    plain = truth(none, rules, request).appeal(row.expand(len(request.row), -1))
    assert want - plain == pytest.approx(torch.full_like(want, rules.params.harms.tempt), abs=1e-4)
    slate = platform.Slate(world.videos.id[row].expand(len(request.row), -1))
    _, events = platform.answer(world, rules, request, slate, root)
    met = events.response.seen & (events.ids == slate.ids)
    assert met.sum() > 50
    assert events.response.appeal[met] == pytest.approx(want[met], abs=1e-4)


def test_a_label_lessens_what_is_craved_and_not_the_harm():
    rules, root = nano_rules(*THREATS), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    request = platform.ask(world, rules)
    ids = world.videos.id[world.threats.harm == 2][:5].expand(len(request.row), -1)
    seen, states = [], world.moderation.state
    for state in (torch.zeros_like(states), torch.full_like(states, bit("labelled"))):
        one = replace(world, moderation=replace(world.moderation, state=state))
        seen.append(platform.answer(one, rules, request, platform.Slate(ids), root)[0].threats)
    plain, warned = seen
    assert torch.equal(plain.harmed, warned.harmed) and plain.craving[:, 1].max() > 0
    less = torch.log1p(-warned.craving[:, 1]) / torch.log1p(-plain.craving[:, 1])
    hit = plain.craving[:, 1] > 0.1
    assert less[hit] == pytest.approx(
        torch.full_like(less[hit], 1 - rules.params.harms.label), abs=0.02
    )
