"""Twins: alike to the digit until something is changed, and apart by nothing else."""

from dataclasses import fields, is_dataclass

import pytest
import torch

from sim.lab.run.arm import Arm
from sim.lab.twins import live, twin
from sim.presets.config import resolve
from sim.presets.errors import BadInput


def params(**sets):
    return resolve("nano", "kuaishou", {"sessions.scale": 0.03, **sets}, 10)


def tensors(thing, path="world"):
    if isinstance(thing, torch.Tensor):
        yield path, thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from tensors(getattr(thing, field.name), f"{path}.{field.name}")


def apart(one, two):
    pairs = zip(tensors(one.world), tensors(two.world), strict=True)
    return [name for (name, a), (_, b) in pairs if not torch.equal(a, b)]


@pytest.fixture
def arm():
    made = Arm("mf", params(), 0)
    made.step()
    return made


@pytest.mark.parametrize("pages", [0, 1, 3])
def test_a_twin_lives_what_its_twin_lives_from_any_page_on(arm, pages):
    if pages:
        arm.clock.turn()
    for _ in range(pages):
        arm.clock.serve()
    days = live({"one": arm, "two": twin(arm)}, 2)
    assert [day.measures for day in days["one"]] == [day.measures for day in days["two"]]
    assert [day.learned for day in days["one"]] == [day.learned for day in days["two"]]


def test_twins_share_nothing(arm):
    other = twin(arm)
    before = [tensor.clone() for _, tensor in tensors(arm.world)]
    other.step()
    assert all(map(torch.equal, before, (tensor for _, tensor in tensors(arm.world))))
    assert arm.day == 1 and other.day == 2 and apart(arm, other)


def test_under_another_recommender_the_same_people_come_and_only_what_follows_differs(arm):
    other = twin(arm, agent="random", seed=5)
    assert not apart(arm, other) and other.agent is not arm.agent
    for each in (arm, other):
        each.clock.turn()
    assert not apart(arm, other)  # the night knows nothing of who will sit there
    mine, theirs = arm.clock.serve(), other.clock.serve()
    assert torch.equal(mine.request.viewer, theirs.request.viewer)
    assert not torch.equal(mine.ids, theirs.ids)
    same = (mine.ids == theirs.ids) & mine.response.seen & theirs.response.seen
    assert same.any()  # one video at one place of one page: the same is done with it
    assert torch.equal(mine.response.watch[same], theirs.response.watch[same])


def test_other_laws_hold_from_the_branch_on(arm):
    other = twin(arm, params=params(feedback="none"))
    live({"one": arm, "two": other}, 2)
    assert "world.viewers.won" in apart(arm, other)
    assert torch.equal(arm.world.viewers.leaning, other.world.viewers.leaning)


@pytest.mark.parametrize("sets", [{"size.viewers": 200}, {"money": "on"}])
def test_what_a_world_is_built_of_cannot_be_changed_on_the_way(arm, sets):
    with pytest.raises(BadInput, match=r"a twin keeps .* as its world was made"):
        twin(arm, params=params(**sets))


def test_an_agent_that_cannot_be_copied_is_named(arm):
    arm.agent.stuck = (x for x in ())
    with pytest.raises(BadInput, match=r"can be copied; got .*generator"):
        twin(arm)
