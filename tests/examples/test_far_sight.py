"""Where far sight pays: who also looks at satisfaction is watched for longer, as they come back."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from agents.check import check_agent
from sim.lab.run.arm import Arm
from sim.presets.config import resolve

FILE = Path(__file__).parents[2] / "examples" / "far_sight.py"


@pytest.fixture(scope="module")
def far():
    spec = importlib.util.spec_from_file_location("far_sight_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FarOracle


def test_the_far_oracle_keeps_the_contract(far):
    check_agent(far())


def test_a_platform_where_far_sight_pays_is_kuaishou_with_another_weight_of_goodwill():
    usual, other = (resolve("nano", name) for name in ("kuaishou", "far_sight"))
    weighed = replace(other.sessions, goodwill_gain=usual.sessions.goodwill_gain)
    weighed = replace(weighed, quit_goodwill=usual.sessions.quit_goodwill)
    assert replace(other, sessions=weighed) == usual
    assert other.sessions.goodwill_gain == 4 * usual.sessions.goodwill_gain
    assert other.sessions.quit_goodwill == 3 * usual.sessions.quit_goodwill


def minutes(agent, platform, seed):
    """A day and viewer, over the last twenty of thirty days."""
    days = list(Arm(agent, resolve("nano", platform), seed).run(30))[10:]
    told = [{n: v for n, g, v in day.measures if g == "all"} for day in days]
    return sum(day["watch_minutes"] for day in told) / len(told)


@pytest.mark.slow
def test_far_sight_pays_there_more_than_elsewhere(far):
    """Measured: 3.1 % (2.2 to 3.8) (seeds 0 to 3), and over 8 seeds 10.7 % (5.8 to 17.7)."""
    gain = {
        platform: [minutes(far(), platform, s) / minutes("oracle", platform, s) - 1 for s in (0, 4)]
        for platform in ("kuaishou", "far_sight")
    }
    assert all(0.01 < one < 0.07 for one in gain["kuaishou"])
    assert all(0.04 < one < 0.22 for one in gain["far_sight"])
    assert sum(gain["far_sight"]) > 2 * sum(gain["kuaishou"])
