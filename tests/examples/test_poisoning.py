"""Fakes promote a creator, and a defence undoes most of it: over seeds, with the mechanism off."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sim.lab.stats import mean_and_interval
from sim.presets import config
from sim.seats.viewer.poison import Attack, Poisoned

FILE = Path(__file__).parents[2] / "examples" / "poisoning.py"


@pytest.fixture(scope="module")
def share():
    spec = importlib.util.spec_from_file_location("poisoning_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.share


def arms(share, agent, seeds, days):
    return {
        arm: np.array([share(agent, arm, seed, days) for seed in seeds])
        for arm in ("quiet", "attacked", "defended")
    }


def test_an_attack_promotes_its_target_and_distrust_takes_most_of_it_back(share):
    found = arms(share, "mf", (0, 2), 6)
    gain = found["attacked"] - found["quiet"]
    left = found["defended"] - found["quiet"]
    assert (gain > 0).all()
    assert left.mean() < 0.6 * gain.mean()


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["mf", "ncf"])
def test_over_ten_seeds_both_hold_with_their_intervals(share, agent):
    found = arms(share, agent, range(10, 20), 9)
    gain = mean_and_interval((found["attacked"] - found["quiet"]).tolist())
    undone = mean_and_interval((found["attacked"] - found["defended"]).tolist())
    assert gain["ci95"][0] > 0 and undone["ci95"][0] > 0
    assert undone["mean"] > 0.5 * gain["mean"]


def test_before_the_attack_begins_nothing_is_changed_by_it():
    params = config.resolve("nano")
    one, two = (Poisoned(params, "mf", Attack(start=n), 0).live(3) for n in (2, 99))
    assert one[:2] == two[:2] and one[2] != two[2]
