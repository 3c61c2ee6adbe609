"""Chance is not re-dealt: a draw is one's own, whatever else is drawn, and a future changes what
happens and never who exists."""

import ast
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import torch
from worlds import copy_of, differences, live_through, nano, nano_rules, with_parts

from sim.world import page, platform, sessions
from sim.world.rng import Key, key, streams
from sim.world.rng.streams import NAMES
from sim.world.state import Slate, rows

RULES = nano_rules()
ROOT = Path(__file__).parents[3]
LOTTERY = streams("lottery of the tests", "ticket", "prize radius", "prize angle")
# what a morning draws of a mood
LUCKY = ("present", "hour", "time_left", "patience_left", "fancy", "wants")


def morning(rules=RULES, **seeds):
    root = key(seeds.pop("seed", 0), **seeds)
    return platform.turn_day(platform.init(rules, root), rules, root), root


def watched(world, rules, root, slots=10):
    """A page in which everybody awake meets the same videos."""
    request = platform.ask(world, rules)
    ids = world.videos.id[world.videos.id > 0][:slots].expand(len(request.row), -1)
    return platform.answer(copy_of(world), rules, request, Slate(ids), root)


@pytest.fixture
def with_a_lottery(monkeypatch):
    """A further law, which draws in the page and in the night, before all others."""
    swipe, open_day = page.swipe_through, sessions.open_day
    drawn = []

    def swiping(slate, rules, dice):
        dice_now = dice.cast(slate.viewers.id)
        drawn.append(dice_now.uniform(LOTTERY[0]))
        drawn.append(dice_now.normal(*LOTTERY[1:]))
        return swipe(slate, rules, dice)

    def opening(viewers, mood, day, params, draw):
        drawn.append(draw.fold(LOTTERY[0]).uniform(viewers.id, 3))
        return open_day(viewers, mood, day, params, draw)

    monkeypatch.setattr(platform, "STREAMS", (*LOTTERY, *page.STREAMS))
    monkeypatch.setattr(sessions, "open_day", opening)
    return drawn, swiping


def test_a_law_with_streams_of_its_own_re_deals_nothing(with_a_lottery, monkeypatch):
    drawn, swiping = with_a_lottery
    richer = live_through(RULES, days=2, pages=2, swipe=swiping)
    assert len(drawn) > 8 and all(x.isfinite().all() for x in drawn)
    monkeypatch.undo()
    plain = live_through(RULES, days=2, pages=2)
    assert differences(plain[0], richer[0]) == []
    assert [differences(a, b) for a, b in zip(plain[1], richer[1], strict=True)] == [[]] * 4
    assert int(plain[1][0].response.seen.sum()) > 500


def test_streams_may_stand_in_any_order(monkeypatch):
    plain = live_through(RULES, days=1, pages=2)
    monkeypatch.setattr(platform, "STREAMS", page.STREAMS[::-1])
    turned = live_through(RULES, days=1, pages=2)
    assert [differences(a, b) for a, b in zip(plain[1], turned[1], strict=True)] == [[]] * 2


def test_a_law_switched_off_re_deals_no_others_draws():
    """No surveys, trends or hides: who comes, and every watch of the first page, is as it was."""
    quiet = with_parts(
        nano(),
        reactions={"survey_rate": 0.0, "hide_by_ratio": (0.0,) * 5},
        community={"trend_spark": 0.0},
    )
    quiet_rules = platform.rules(quiet)
    (one, root), (other, _) = morning(), morning(quiet_rules)
    assert differences(one.mood, other.mood) == [] and differences(one.videos, other.videos) == []
    other = replace(other, trends=one.trends)
    loud, hushed = (watched(one, r, root)[1].response for r in (RULES, quiet_rules))
    assert torch.equal(loud.watch, hushed.watch) and torch.equal(loud.seen, hushed.seen)
    for flag in ("like", "comment", "share", "follow", "collect", "report"):
        assert torch.equal(loud.did(flag), hushed.did(flag)), flag
    assert int(loud.survey.count_nonzero()) > 0 == int(hushed.survey.count_nonzero())


def test_a_slot_meets_the_same_luck_in_a_page_of_any_width():
    world, root = morning()
    wide = watched(world, RULES, root, 12)[1].response
    for slots in (1, 5, 11):
        narrow = watched(world, RULES, root, slots)[1].response
        first = rows(wide, lambda field, n=slots: field[:, :n])
        assert differences(replace(narrow, left=first.left), first) == []


def test_a_further_topic_style_or_creator_leaves_everybody_elses_traits():
    """Columns are added at the end; what was drawn before stays."""
    small, large = nano_rules(), nano_rules("size.styles=9", "size.live=900")
    one, two = (platform.init(rules, key(0)) for rules in (small, large))
    for trait in ("activity", "like_odds", "talk", "minutes", "patience", "evening", "region"):
        assert torch.equal(getattr(one.viewers, trait), getattr(two.viewers, trait)), trait
    assert torch.equal(one.viewers.leaning, two.viewers.leaning[:, :8])
    n = len(one.creators.id)
    assert len(two.creators.id) > n
    assert torch.equal(one.creators.skill, two.creators.skill[:n])
    cameras = (rules.tables.videos.cameras for rules in (small, large))
    few, more = (c / c[0, 0] for c in cameras)  # each is scaled by the number of its signals
    torch.testing.assert_close(few[:20], more[:20])  # topics and the old styles
    torch.testing.assert_close(few[-2:], more[-2:])  # quality and hook


def test_a_normal_takes_two_streams_and_no_neighbours():
    a, b, names = key(0).fold(5), key(0).fold(6), torch.arange(20_000)
    drawn = [a.normal(names), b.normal(names), a.uniform(names), b.uniform(names)]
    drawn += [k.fold(i).uniform(names) for k in (a, b) for i in (1, 2)]
    for one, two in combinations(drawn, 2):
        assert abs(float(torch.corrcoef(torch.stack([one, two]))[0, 1])) < 4.5 / 20_000**0.5


def test_every_law_names_its_streams_once_in_the_whole_project():
    laws = [
        node.args[0].value
        for folder in ("sim", "agents")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "streams"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(laws) == len(set(laws)) > 10
    assert len(set(NAMES.values())) == len(NAMES) > 60


def test_a_double_stream_is_an_error(monkeypatch):
    with pytest.raises(ValueError, match=r"number of its own; got 'twins\.one' twice"):
        streams("twins", "one", "two", "one")
    with pytest.raises(ValueError, match=r"in one list, those of 'sessions' are"):
        streams("sessions", "nap")
    monkeypatch.setitem(NAMES, streams("crowd", "a")[0], "crowd.b")  # as if two hashes were one
    with pytest.raises(ValueError, match=r"'crowd\.a' twice, or with the number of 'crowd\.b'"):
        streams("crowd", "a")


def test_dice_tell_of_a_stream_they_do_not_have():
    dice = key(0).dice(page.STREAMS, 3).cast(torch.arange(9))
    with pytest.raises(ValueError, match="Name it among the page's STREAMS"):
        dice.uniform(LOTTERY[0])


def futures(*numbers, days=3):
    return [live_through(RULES, days=days, pages=2, future=n) for n in numbers]


def test_future_0_is_the_plain_world():
    plain, zero = live_through(RULES), live_through(RULES, future=0)
    assert differences(plain[0], zero[0]) == []
    assert [differences(a, b) for a, b in zip(plain[1], zero[1], strict=True)] == [[]] * 6


def test_a_future_has_the_same_people_the_same_stock_and_the_same_culture():
    worlds = [platform.init(RULES, key(4, future=n)) for n in (0, 1, (1 << 63) - 1)]
    assert differences(worlds[0], worlds[1]) == [] == differences(worlds[0], worlds[2])


def test_another_future_deals_what_happens_anew():
    (one, root), (two, other) = (morning(future=n) for n in (0, 1))
    assert list(differences(one.mood, two.mood)) == [f".{name}" for name in LUCKY]
    assert set(differences(one.viewers, two.viewers)) == {
        ".taste",
        ".interests",
        ".leaning",
    }  # a night's drift
    assert (one.viewers.taste - two.viewers.taste).abs().mean() < 0.2  # and no more than that
    pages = [watched(one, RULES, r)[1].response for r in (root, other)]
    assert {".watch", ".flags", ".satisfaction"} <= set(differences(*pages))


def test_who_arrives_and_what_a_creators_next_video_is_do_not_hang_on_the_future():
    (one, _), (two, _) = futures(0, 1)
    new = (one.viewers.joined >= 0) & (one.viewers.id == two.viewers.id)
    assert int(new.sum()) >= 3
    for trait in ("age_band", "region", "activity", "talk", "minutes"):
        assert torch.equal(getattr(one.viewers, trait)[new], getattr(two.viewers, trait)[new])
    fates = {}
    for world in (one, two):
        posted = world.videos.uploaded >= 0
        fates[len(fates)] = {
            int(k): (float(q), float(d))
            for k, q, d in zip(
                world.videos.key[posted],
                world.videos.quality[posted],
                world.videos.duration[posted],
                strict=True,
            )
        }
    both = fates[0].keys() & fates[1].keys()
    assert len(both) > 30 and fates[0].keys() != fates[1].keys()  # as many posts as luck gave
    assert all(fates[0][k] == fates[1][k] for k in both)


def test_futures_of_one_seed_tell_nothing_of_each_other():
    """As many come in each, and who comes, habit taken out, is drawn independently."""
    eve = platform.init(RULES, key(0))
    mornings = [platform.turn_day(copy_of(eve), RULES, key(0, future=n)) for n in range(40)]
    came = torch.stack([world.mood.present[:300].float() for world in mornings])
    chance = came.mean(0)
    spread = float((chance * (1 - chance)).sum()) ** 0.5  # of how many come
    assert float((came.sum(1) - came.sum(1).mean()).abs().max()) < 4 * spread
    alike = torch.corrcoef(came - chance)
    assert float((alike - torch.eye(40)).abs().max()) < 5 / 300**0.5


def test_in_one_future_two_agents_meet_the_same_noise():
    world, root = morning(future=9)
    one, two = (watched(world, RULES, root)[1].response for _ in range(2))
    assert differences(one, two) == []


def test_no_two_seeds_and_futures_share_a_key():
    roots = [key(s, future=f) for s in range(20) for f in range(20)]
    assert len({int(r.luck.bits) for r in roots} | {int(r.bits) for r in roots}) == 400 + 20
    assert isinstance(key(3).luck, Key) and int(key(3).past.luck.bits) == int(key(3).bits)
