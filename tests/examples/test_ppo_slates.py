"""The examples for Stable-Baselines3 run, and what they are made of does what it says."""

import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
import ppo_slates
from adapters import ends_of
from sb3_slates import PlackettLuce, SeatsVecEnv, SharedScorerPolicy

TINY = {"settings": {"size.viewers": 60, "size.live": 400}, "candidates": 12, "days": 3}


def test_a_slate_has_the_chance_of_drawing_it_place_by_place():
    scores = torch.tensor([[0.3, -1.0, 2.0, 0.7]])
    pairs = torch.tensor(list(permutations(range(4), 2)))
    luce = PlackettLuce(4, 2).proba_distribution(scores.expand(len(pairs), -1))
    chance = luce.log_prob(pairs).exp()
    weight = scores[0].exp()
    by_hand = [
        weight[i] / weight.sum() * weight[j] / (weight.sum() - weight[i]) for i, j in pairs.tolist()
    ]
    assert chance.tolist() == pytest.approx([float(p) for p in by_hand], rel=1e-5)
    assert chance.sum().item() == pytest.approx(1, rel=1e-5)


def test_slates_are_drawn_with_those_chances_and_the_mode_is_the_top():
    torch.manual_seed(0)
    scores = torch.tensor([[0.3, -1.0, 2.0, -1e9]]).expand(20_000, -1)
    luce = PlackettLuce(4, 2).proba_distribution(scores)
    drawn = luce.sample()
    assert not (drawn == 3).any()  # what is not offered
    pairs = torch.tensor(list(permutations(range(3), 2)))
    luce.proba_distribution(scores[: len(pairs)])
    expected = luce.log_prob(pairs).exp() * len(drawn)
    found = [(drawn == pair).all(1).sum().item() for pair in pairs]
    assert stats.chisquare(found, expected.numpy(), sum_check=False).pvalue > 1e-3
    assert luce.mode()[0].tolist() == [2, 0]


def model(**task) -> PPO:
    seats = VecMonitor(SeatsVecEnv(4, **{**TINY, **task}))
    return PPO(SharedScorerPolicy, seats, n_steps=16, batch_size=32, seed=0, device="cpu")


def test_scores_follow_their_candidates_wherever_they_stand():
    made = model()
    seen = made.env.reset()
    turned = {**seen, "candidates": seen["candidates"].reshape(4, 12, -1)[:, ::-1].reshape(4, -1)}
    turned["candidate_mask"] = seen["candidate_mask"][:, ::-1].copy()
    scores = []
    for some in (seen, turned):
        tensors, _ = made.policy.obs_to_tensor(some)
        scores.append(made.policy.get_distribution(tensors).scores)
    torch.testing.assert_close(scores[0], scores[1].flip(1))
    assert scores[0].std() > 0


def test_the_adapter_tells_ends_as_stable_baselines3_reads_them():
    ends = ends_of(SeatsVecEnv(6, **TINY), steps=25)
    assert sum(info["TimeLimit.truncated"] for info in ends) > 6
    for info in ends:
        assert info["episode"]["r"] == pytest.approx(info["measures"]["r"], abs=1e-4)


def test_masks_are_told_a_row_a_seat():
    seats = SeatsVecEnv(3, **TINY, slots=1)
    seats.reset()
    masks = np.stack(seats.env_method("action_masks"))
    assert masks.shape == (3, 12) and masks.dtype == bool and masks.all()


@pytest.mark.parametrize("slots", [10, 1])
def test_it_learns_a_rollout_of_slates_and_of_single_places(slots):
    made = model(slots=slots)
    before = [p.clone() for p in made.policy.parameters()]
    made.learn(64)
    assert any(not torch.equal(a, b) for a, b in zip(before, made.policy.parameters(), strict=True))
    actions, _ = made.predict(made.env.reset(), deterministic=True)
    assert actions.shape == ((4, 10) if slots == 10 else (4,))


@pytest.mark.slow
def test_ppo_beats_random_within_100_000_steps_over_five_seeds():
    """Same settings for all; the interval is Student's, over seeds."""
    found = [ppo_slates.compare(ppo_slates.Arguments(seed=seed)) for seed in range(5)]
    gain = np.array([run["ppo"] - run["random"] for run in found])
    low, high = stats.t.interval(0.95, 4, gain.mean(), stats.sem(gain))
    print({"gain": gain.round(3).tolist(), "ci95": (low, high), "runs": found})
    assert low > 0  # a tenth of the steps tells nothing yet: viewers differ, and pages with them
