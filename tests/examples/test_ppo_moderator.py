"""The example of a moderator who learns by PPO runs, and is held against the best fixed threshold
on platforms that neither saw."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import ppo_moderator

from sim.world.state import HANDLES


def test_it_runs_in_small_and_tells_both_and_their_difference():
    found = ppo_moderator.compare(
        ppo_moderator.Arguments(steps=8, platforms=1, days=2, judged=2, chosen_on=1, warm_up=0)
    )
    assert found["line"] in ppo_moderator.LINES and found["days"] == 8
    gap = found["ppo"]["mean"] - found["fixed"]["mean"]
    assert found["difference"]["mean"] == pytest.approx(gap)
    assert found["difference"]["ci95"][0] <= gap <= found["difference"]["ci95"][1]


def test_a_fixed_threshold_is_one_line_for_every_kind_and_leaves_the_rest():
    action = dict(zip(HANDLES, ppo_moderator.fixed(0.9).tolist(), strict=True))
    removing = {action[name] for name in HANDLES if name.endswith("_remove")}
    assert removing == {3} and action["A_gate"] == 0 and action["hours"] == 2
    assert np.array_equal(ppo_moderator.fixed(0.9), ppo_moderator.fixed(0.9))
