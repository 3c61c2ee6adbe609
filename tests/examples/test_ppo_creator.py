"""The example of a creator who learns by PPO runs, and is held against the account's habit."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import creators_judged as judging
import ppo_creator
from adapters import ends_of
from sb3_creators import AccountsVecEnv
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

TINY = {"days": 3, "warm_up": 0, "house": "popular"}


def test_the_adapter_tells_ends_as_stable_baselines3_reads_them():
    ends = ends_of(AccountsVecEnv(4, **TINY), steps=7)
    assert len(ends) == 8
    for info in ends:
        assert info["TimeLimit.truncated"]
        assert info["episode"]["r"] == pytest.approx(info["measures"]["r"], abs=1e-4)


def test_a_difference_is_paired_by_world():
    found = judging.paired(np.array([11.0, 105.0, 7.0]), np.array([10.0, 103.0, 4.0]))
    assert found["mean"] == pytest.approx(2.0)
    assert found["high"] - 2.0 == pytest.approx(4.302653 / 3**0.5, rel=1e-5)


def test_a_scale_read_from_text_is_the_one_that_was_learnt():
    learnt = VecNormalize(AccountsVecEnv(4, **TINY))
    learnt.seed(0)
    learnt.reset()
    for _ in range(3):
        learnt.step(np.stack([learnt.action_space.sample() for _ in range(4)]))
    scale = json.loads(json.dumps(judging.scale_of(learnt)))
    seen = learnt.get_original_obs()
    for name, told in learnt.normalize_obs(seen).items():
        assert np.array_equal(judging.scaled(seen, scale)[name], told), name


SMALL = ppo_creator.Arguments(house="popular", days=2, accounts=4, worlds=1, seats=3, steps=8)


def test_what_was_kept_is_learned_on_from_with_its_scale(tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    ppo_creator.learned(SMALL, first)
    ppo_creator.learned(replace(SMALL, steps=16, resume=first), second)
    counts = [judging.scale_in(kept)["returns"]["count"] for kept in (first, second)]
    assert counts[1] == pytest.approx(counts[0] + 8)
    assert PPO.load(second, device="cpu").num_timesteps == 16


def test_lives_are_of_the_same_accounts_and_those_written_are_not_lived_again(tmp_path):
    lines = tmp_path / "lives.jsonl"
    args = replace(SMALL, judge=(301, 302), who=("habit", "random"), lines=lines, processes=1)
    found = ppo_creator.judge(args, None)
    before, written = judging.told(lines), lines.read_text(encoding="utf-8")
    assert found == ppo_creator.judge(args, None)
    assert written == lines.read_text(encoding="utf-8")
    assert len(before) == 2 * 2 * 3
    accounts = {who: [(x["seed"], x["creator"]) for x in before if x["who"] == who]
                for who in args.who}  # fmt: skip
    assert sorted(accounts["habit"]) == sorted(accounts["random"])
    assert found["worlds"]["seeds"] == [301, 302]


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["income", "brand_equity"])
def test_ppo_beats_the_habit_in_twenty_worlds_that_it_never_saw(objective):
    found = ppo_creator.compare(ppo_creator.Arguments(objective=objective))
    measure = {"income": "net_income"}.get(objective, objective)
    print(found)
    assert found["against_habit"]["ppo"][measure]["low"] > 0
    assert not found["against_habit"]["random"][measure]["low"] > 0
