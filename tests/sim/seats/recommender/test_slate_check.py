"""Slates: a good one passes in silence; a bad one is told to whom, where, why, and what to do."""

from dataclasses import replace

import pytest
import torch

from agents.registry import create
from sim.presets.config import resolve
from sim.seats.recommender.slate_check import BadSlate, check_slate
from sim.seats.recommender.view import observe
from sim.world import platform
from sim.world.rng import key
from sim.world.state import Slate

SLOTS = 4


@pytest.fixture(scope="module")
def seen():
    """The first page of the second day: some videos were shown, some are long gone."""
    rules = platform.rules(resolve("nano", settings={"size.viewers": 80}, slots=SLOTS))
    root = key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    agent = create("random")
    listing = platform.public(world, rules)
    viewers = rules.params.size.viewer_rows
    agent.reset(listing, viewers=viewers, seed=1, device=torch.device("cpu"))
    for page in range(3):
        request = platform.ask(world, rules)
        view = observe(world, rules, request, 0, page, platform.public(world, rules))
        world, _ = platform.answer(world, rules, request, agent.act(view, SLOTS), root)
    videos = world.videos
    videos = replace(videos, removed=videos.removed.index_fill(0, torch.tensor([5]), True))
    world = replace(world, videos=videos)
    request = platform.ask(world, rules)
    return observe(world, rules, request, 1, 0, platform.public(world, rules))


def slate_of(seen, repeats=False):
    """Four videos that each viewer may be shown, all different."""
    ids = seen.catalog.id[seen.catalog.eligible]
    free = ~seen.shown(ids)
    first = free.float().topk(SLOTS, dim=1).indices
    assert free.gather(1, first).all()
    return Slate(ids[first], torch.full(first.shape, -0.5))


def told(seen, slate, repeats=False):
    with pytest.raises(BadSlate) as error:
        check_slate(slate, seen, SLOTS, "mine", 7, repeats)
    assert str(error.value).startswith("agent 'mine', day 7, viewer ")
    return str(error.value)


def test_a_good_slate_passes_with_propensities_without_and_with_empty_places(seen):
    good = slate_of(seen)
    check_slate(good, seen, SLOTS, "mine", 7)
    check_slate(Slate(good.ids), seen, SLOTS, "mine", 7)
    check_slate(Slate(good.ids, torch.full(good.ids.shape, torch.nan)), seen, SLOTS, "mine", 7)
    empty = good.ids.clone()
    empty[:, 1:] = 0
    check_slate(Slate(empty, good.logp), seen, SLOTS, "mine", 7)
    check_slate(Slate(torch.zeros_like(empty)), seen, SLOTS, "mine", 7)


def test_a_propensity_beside_an_empty_place_is_not_looked_at(seen):
    good = slate_of(seen)
    ids, logp = good.ids.clone(), good.logp.clone()
    ids[0, 3], logp[0, 3] = 0, torch.nan
    check_slate(Slate(ids, logp), seen, SLOTS, "mine", 7)


@pytest.mark.parametrize(
    "form, rule",
    [
        (lambda s: s.ids, "act returns a Slate; got Tensor"),
        (lambda s: Slate(s.ids.numpy()), "ids is a tensor; got ndarray"),
        (lambda s: Slate(s.ids[:, :3]), "ids has shape (awake, slots)"),
        (lambda s: Slate(s.ids[1:]), "ids has shape (awake, slots)"),
        (lambda s: Slate(s.ids.int()), "ids are int64; got torch.int32"),
        (lambda s: Slate(s.ids.float()), "ids are int64; got torch.float32"),
        (lambda s: Slate(s.ids.to("meta")), "ids is on cpu; got meta"),
        (lambda s: Slate(s.ids, s.logp[:, :1]), "logp has shape (awake, slots)"),
        (lambda s: Slate(s.ids, s.ids), "logp is of floats; got torch.int64"),
    ],
)
def test_the_form_of_a_slate_is_told_for_all_viewers(seen, form, rule):
    text = told(seen, form(slate_of(seen)))
    assert "viewer all: " + rule in text


def changed(seen, value, row=6, slot=2):
    slate = slate_of(seen)
    ids = slate.ids.clone()
    ids[row, slot] = value
    return Slate(ids, slate.logp), f"viewer {int(seen.viewer[row])}, slot {slot}: "


def test_an_id_that_never_was_is_out_of_range(seen):
    newest = int(seen.catalog.id.max())
    for value in (-3, newest + 1, 10**15):
        slate, where = changed(seen, value)
        assert f"{where}ids are between 1 and {newest}; got {value}." in told(seen, slate)


def test_an_id_whose_row_took_another_video_is_told_so(seen):
    capacity = seen.catalog.capacity
    catalog = replace(seen.catalog, id=seen.catalog.id.clone())
    row = int(seen.catalog.eligible.nonzero()[0])
    old = int(catalog.id[row])
    catalog.id[row] = old + capacity  # a new video in the old one's place
    slate = slate_of(seen)
    kept = slate.ids.masked_fill(slate.ids == old, 0)
    kept[6, 2] = old
    slate, where = Slate(kept), f"viewer {int(seen.viewer[6])}, slot 2: "
    text = told(replace(seen, catalog=catalog), slate)
    assert f"{where}the catalogue still holds the video; got {old}" in text
    assert f"now holds {old + capacity}" in text


def test_a_removed_video_may_not_be_shown(seen):
    gone = int(seen.catalog.id[5])
    assert gone and not seen.catalog.eligible[5]
    slate, where = changed(seen, gone)
    text = told(seen, slate)
    assert f"{where}the video may be shown today; got {gone}, removed or expired" in text


def test_a_video_twice_in_a_slate_is_told_at_its_second_place(seen):
    slate, where = changed(seen, int(slate_of(seen).ids[6, 0]))
    assert f"{where}no video twice in a slate; got {int(slate.ids[6, 0])}." in told(seen, slate)


def test_a_video_shown_before_is_refused_unless_the_agent_repeats(seen):
    ids = seen.catalog.id[seen.catalog.eligible]
    row, place = seen.shown(ids).nonzero()[0].tolist()
    slate, where = changed(seen, int(ids[place]), row=row)
    text = told(seen, slate)
    assert f"{where}no video that the viewer was shown before" in text and "repeats = True" in text
    check_slate(slate, seen, SLOTS, "mine", 7, repeats=True)


@pytest.mark.parametrize("value", [0.3, float("nan"), float("inf"), float("-inf")])
def test_a_propensity_that_cannot_be_one_is_refused(seen, value):
    slate = slate_of(seen)
    slate.logp[2, 1] = value
    text = told(seen, slate)
    who = int(seen.viewer[2])
    assert f"viewer {who}, slot 1: logp is at most 0 and finite, or NaN for all; got " in text


def test_built_in_agents_keep_the_rules_for_days():
    from sim.lab.run.arm import Arm

    params = resolve("nano", settings={"size.viewers": 80, "sessions.scale": 0.1})
    for name in ("random", "popular", "mf"):
        assert len(list(Arm(name, params, 0).run(9))) == 9  # beyond a video's life of 7 days


def test_one_slate_for_all_may_be_expanded(seen):
    ids = seen.catalog.id[seen.catalog.eligible]
    unseen = ids[~seen.shown(ids).any(0)][:SLOTS]
    every = (len(seen.viewer), -1)
    check_slate(Slate(unseen.expand(every)), seen, SLOTS, "mine", 7)
    assert not seen.shown(unseen.expand(every)).any()
    old = ids[seen.shown(ids).any(0)][:SLOTS]
    assert "shown before" in told(seen, Slate(old.expand(every)))
