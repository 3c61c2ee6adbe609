"""Learned agents in a live world: resume to the last bit, the same on any number of threads."""

import io
import math

import pytest
import torch
from worlds import copy_of, differences

from sim.lab.run.arm import Arm, Habits
from sim.presets.config import resolve

NAMES = ["mf", "bpr", "ncf", "two_tower", "bayes", "reinforce", "popular", "random"]


def arm(name, pages: int = 6, **habits) -> Arm:
    params = resolve("nano", settings={"size.pages": pages})
    return Arm(name, params, seed=0, habits=Habits(**habits))


def shown(some: Arm, days: int) -> torch.Tensor:
    return torch.cat([e.ids for day in some.run(days) for e in day.events])


@pytest.mark.parametrize("name", NAMES)
def test_a_day_and_another_are_two_days(name):
    whole, first, second = arm(name), arm(name), arm(name)
    both = shown(whole, 2)
    one = shown(first, 1)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(both, torch.cat([one, shown(second, 1)]))


def test_the_world_of_a_day_stands_while_the_next_is_lived():
    """But for what was shown, which is written in place everywhere."""
    some = arm("random")
    world = some.step().world
    before = copy_of(world)
    some.step()
    assert differences(world, before) == [".memory.shown"]


@pytest.mark.parametrize("name", ["mf", "ncf", "two_tower", "bayes"])
def test_slates_are_the_same_on_one_thread_and_on_two(name):
    slates = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        slates.append(shown(arm(name, pages=3), 1))
    assert torch.equal(*slates)


@pytest.mark.parametrize("name", NAMES[:6])
def test_who_learns_from_logs_of_several_pages_learns_too(name):
    day = arm(name, learn_every=4).step()
    assert math.isfinite(day.learned["loss"])
