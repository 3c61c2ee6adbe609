"""Learned agents in a live world: resume to the last bit, the same on any number of threads."""

import io

import pytest
import torch

from sim.lab.arm import Arm, Habits
from sim.lab.config import resolve

NAMES = ["mf", "bpr", "ncf", "two_tower", "reinforce", "popular", "random"]


def arm(name, **habits) -> Arm:
    return Arm(name, resolve("nano"), seed=0, habits=Habits(**habits))


def shown(some: Arm, days: int) -> torch.Tensor:
    return torch.cat([e.ids for day in some.run(days) for e in day.events])


@pytest.mark.parametrize("name", NAMES)
def test_two_days_and_two_more_are_four(name):
    whole, first = arm(name), arm(name)
    four = shown(whole, 4)
    two = shown(first, 2)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = arm(name)
    second.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(four, torch.cat([two, shown(second, 2)]))


@pytest.mark.parametrize("name", NAMES[:5])
def test_slates_are_the_same_on_one_thread_and_on_two(name):
    before, slates = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        slates.append(shown(arm(name), 2))
    torch.set_num_threads(before)
    assert torch.equal(*slates)


@pytest.mark.parametrize("name", NAMES[:5])
def test_who_learns_from_logs_of_several_pages_learns_too(name):
    some = arm(name, learn_every=4)
    days = list(some.run(2))
    assert days[-1].learned["loss"] == days[-1].learned["loss"]  # a number
