"""Creators who do one thing otherwise, against twins of their world in which they do not."""

import importlib.util
from pathlib import Path

import pytest

from sim.lab.stats import mean_and_interval

FILE = Path(__file__).parents[2] / "examples" / "phenomena_of_creators.py"
SMALL = {"size.viewers": 300, "size.live": 600}


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("phenomena_of_creators", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_over_posting_wears_a_creator_out_unless_work_does_not(made):
    def energy(**settings):
        arms = [made.trial(arm, "plain", 0, {**SMALL, **settings}, days=4, pairs=8)
                for arm in ("flood", "base")]  # fmt: skip
        return sum(made.gaps(*arms)["energy late"]) / 8

    assert energy() < -0.1
    assert energy(**{"careers.drain": 0.0}) == 0


def test_twins_differ_in_nothing_but_what_was_asked_for(made):
    one, two = (made.trial("base", "plain", 1, SMALL, days=2, pairs=8) for _ in range(2))
    assert (one.row == two.row).all()
    found = made.gaps(one, two)
    assert not any(any(found[f"{name} late"]) for name in ("bond", "loyalty", "followers", "hours"))


def late(made, which, measure, off=False, days=30):
    """Of seeds 0 and 1 in the plain world."""
    one, other, rests = made.WHICH[which]
    found = []
    for seed in (0, 1):
        lived = [made.trial(a, "plain", seed, rests if off else {}, days=days)
                 for a in (one, other)]  # fmt: skip
        found += made.gaps(*lived)[measure]
    return mean_and_interval(found)["ci95"]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["consistent", "replies"])
def test_bonds_grow_by_what_is_said_to_strengthen_them_and_not_without_its_mechanism(made, which):
    low, _ = late(made, which, "bond late")
    assert low > 0
    low, high = late(made, which, "bond late", off=True)
    assert low <= 0 <= high


@pytest.mark.slow
def test_a_bait_title_is_opened_and_costs_bonds(made):
    assert late(made, "bait", "bond late")[1] < 0
    assert late(made, "bait", "first_day early")[0] > 0
