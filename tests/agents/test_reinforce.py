"""Top-K off-policy correction, held to what can be proved (Chen et al., 2019)."""

import torch

from agents.recommender.reinforce import importance, surrogate, top_k_factor

THETA = torch.tensor([0.3, -0.2, 0.8, 0.0], dtype=torch.float64)
BETA = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
REWARD = torch.tensor([1.0, 0.2, 0.5, -0.3], dtype=torch.float64)


def gradient(value) -> torch.Tensor:
    theta = THETA.clone().requires_grad_()
    return torch.autograd.grad(value(theta.log_softmax(0)), theta)[0]


def expected_step(k: int, cap: float = 1e9) -> torch.Tensor:
    """The mean over the behaviour's draws, by enumeration of the four videos."""
    return gradient(lambda log_pi: (BETA * -surrogate(log_pi, BETA.log(), REWARD, k, cap)).sum())


def test_with_one_slot_the_corrected_gradient_is_that_of_reinforce():
    exact = gradient(lambda log_pi: (log_pi.exp() * REWARD).sum())
    torch.testing.assert_close(expected_step(k=1), exact)


def test_with_k_slots_it_is_the_gradient_of_the_chance_of_being_in_the_slate():
    for k in (2, 5, 16):
        exact = gradient(lambda log_pi, k=k: ((1 - (1 - log_pi.exp()) ** k) * REWARD).sum())
        torch.testing.assert_close(expected_step(k), exact)


def test_lambda_is_k_times_the_chance_of_being_missed_by_the_others():
    pi = torch.tensor([0.0, 0.1, 0.5, 1.0])
    torch.testing.assert_close(top_k_factor(pi, 1), torch.ones(4))
    torch.testing.assert_close(top_k_factor(pi, 4), 4 * (1 - pi) ** 3)


def test_weights_are_capped_and_only_those_above_the_cap():
    log_beta = torch.tensor([0.001, 0.5]).log()
    weight = importance(torch.tensor([0.5, 0.25]).log(), log_beta, cap=10.0)
    torch.testing.assert_close(weight, torch.tensor([10.0, 0.5]))


def test_a_step_from_capped_weights_is_biased_and_smaller():
    pi = THETA.softmax(0)
    cap = float((pi / BETA).max()) / 2
    assert not torch.allclose(expected_step(1, cap), expected_step(1))
