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
    """Over the accounts of seed 0 in the plain world, as docs/creators.md tells it."""
    one, other, rests = made.WHICH[which]
    sets = rests if off else {}
    lived = [made.trial(arm, "plain", 0, sets, days=days) for arm in (one, other)]
    return mean_and_interval(made.gaps(*lived)[measure])["ci95"]


@pytest.mark.slow
def test_a_bait_title_is_opened_and_costs_bonds_unless_nobody_minds(made):
    assert late(made, "bait", "bond late")[1] < 0
    assert late(made, "bait", "first_day early")[0] > 0
    low, high = late(made, "bait", "bond late", off=True)
    assert low <= 0 <= high
