"""The example of a moderator who learns by PPO runs, goes on from what it kept, and is held against
the best fixed threshold on platforms that neither saw."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import moderators_judged
import ppo_moderator

from sim.world.state import HANDLES

SMALL = ppo_moderator.Arguments(
    steps=8,
    platforms=1,
    days=1,
    judged=2,
    chosen_on=1,
    warm_up=0,
    agents=("middle", "cost_sensitive"),
    processes=1,
)


def test_it_runs_in_small_and_tells_all_and_their_difference(tmp_path):
    kept = tmp_path / "moderator.zip"
    args = replace(SMALL, save=kept, lines=tmp_path)
    found = ppo_moderator.compare(args)
    assert found["line"] in ppo_moderator.LINES and found["days"] == 8
    table = found["against"]
    base = table[str(found["line"])]
    assert base["difference"]["mean"] == 0
    for who in ("ppo", "middle", "cost_sensitive"):
        gap = table[who]["pay"]["mean"] - base["pay"]["mean"]
        assert table[who]["difference"]["mean"] == pytest.approx(gap)
    again = ppo_moderator.compare(replace(args, judge=True))  # read, not sat again
    assert again["against"] == table


def test_what_was_kept_learns_on(tmp_path):
    kept = tmp_path / "moderator.zip"
    args = replace(SMALL, save=kept, judged=0)
    ppo_moderator.compare(args)
    more = ppo_moderator.compare(replace(args, resume=kept, steps=16))
    assert more["days"] == 16
    assert ppo_moderator.compare(replace(args, resume=kept, steps=16))["days"] == 16


def test_learning_ends_in_time(tmp_path):
    args = replace(SMALL, save=tmp_path / "moderator.zip", judged=0, steps=80, seconds=0.0)
    assert ppo_moderator.compare(args)["days"] < 80


def test_a_fixed_threshold_is_one_line_for_every_kind_and_leaves_the_rest():
    action = dict(zip(HANDLES, moderators_judged.fixed(0.9).tolist(), strict=True))
    removing = {action[name] for name in HANDLES if name.endswith("_remove")}
    assert removing == {3} and action["A_gate"] == 0 and action["hours"] == 2
    assert np.array_equal(moderators_judged.fixed(0.9), moderators_judged.fixed(0.9))
