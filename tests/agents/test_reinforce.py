"""Top-K off-policy correction, held to what can be proved (Chen et al., 2019) on five videos."""

from dataclasses import fields, replace

import pytest
import torch

from agents.recommender.reinforce import (
    Reinforce,
    against_baseline,
    importance,
    surrogate,
    top_k_factor,
)
from agents.stage import Stage

THETA = torch.tensor([0.3, -0.2, 0.8, 0.0, -1.0], dtype=torch.float64)
BETA = torch.tensor([0.35, 0.3, 0.1, 0.05, 0.2], dtype=torch.float64)
REWARD = torch.tensor([1.0, 0.2, 0.9, -0.3, 0.5], dtype=torch.float64)
FREE = 1e9  # a cap that is never reached
KS, CAPS = [1, 2, 10], [FREE, 2.0, 0.8]


def gradient(value) -> torch.Tensor:
    theta = THETA.clone().requires_grad_()
    return torch.autograd.grad(value(theta.log_softmax(0)), theta)[0]


def enumerated(k: int, cap: float, baseline: float) -> torch.Tensor:
    """The mean step over the behaviour's draws: each of the five videos with its chance."""
    drawn, many = torch.arange(5), lambda x: x.expand(5, 5)

    def step(log_pi):
        terms = against_baseline(
            many(log_pi), many(BETA.log()), drawn, REWARD, torch.full_like(REWARD, baseline), k, cap
        )
        return -(BETA * terms).sum()

    return gradient(step)


def worth(pi: torch.Tensor, k: int, cap: float) -> torch.Tensor:
    """What is climbed: F(pi) = int_0^pi lambda_K(p) min(1, cap beta / p) dp, by quadrature."""
    edge = torch.minimum(pi, cap * BETA).detach()
    u = torch.linspace(0, 1, 20_001, dtype=torch.float64)[:, None]
    below, above = u * torch.minimum(pi, cap * BETA), edge + u * (pi - edge)
    free = torch.trapezoid(top_k_factor(below, k), below, dim=0)
    held = torch.trapezoid(top_k_factor(above, k) * cap * BETA / above, above, dim=0)
    return free + torch.where(pi > edge, held, 0.0)


@pytest.mark.parametrize("baseline", [0.0, 0.47, -2.0])
@pytest.mark.parametrize("k", KS)
@pytest.mark.parametrize("cap", CAPS)
def test_the_expected_step_is_the_gradient_of_the_stated_objective(k, cap, baseline):
    exact = gradient(lambda log_pi: (REWARD * worth(log_pi.exp(), k, cap)).sum())
    torch.testing.assert_close(enumerated(k, cap, baseline), exact, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("k", KS)
def test_without_a_cap_the_objective_is_what_the_set_of_k_draws_brings(k):
    exact = gradient(lambda log_pi: (REWARD * (1 - (1 - log_pi.exp()) ** k)).sum())
    torch.testing.assert_close(enumerated(k, FREE, 0.47), exact)


def test_with_one_slot_the_step_is_that_of_reinforce():
    exact = gradient(lambda log_pi: (REWARD * log_pi.exp()).sum())
    torch.testing.assert_close(enumerated(1, FREE, 0.47), exact)


@pytest.mark.parametrize("k, cap", [(10, FREE), (1, 2.0)])
def test_a_baseline_that_is_not_given_back_would_be_biased(k, cap):
    """The same enumeration finds it out, so it could find out ours."""

    def naive(log_pi):
        return -(BETA * surrogate(log_pi, BETA.log(), REWARD - 0.47, k, cap)).sum()

    assert not torch.allclose(gradient(naive), enumerated(k, cap, 0.0), rtol=0.1)


def test_a_baseline_makes_the_step_less_noisy():
    def spread(baseline):
        log_pi = THETA.log_softmax(0).requires_grad_()
        steps = []
        for a in range(5):
            one = (x[None] for x in (log_pi, BETA.log(), torch.tensor(a), REWARD[a]))
            term = against_baseline(*one, torch.tensor([baseline]).double(), 1, FREE)
            steps.append(torch.autograd.grad(term.sum(), log_pi, retain_graph=True)[0])
        steps = torch.stack(steps)
        mean = (BETA[:, None] * steps).sum(0)
        return float((BETA[:, None] * (steps - mean).square()).sum())

    assert spread(0.47) < 0.8 * spread(0.0)


def test_lambda_is_k_times_the_chance_of_being_missed_by_the_others():
    pi = torch.tensor([0.0, 0.1, 0.5, 1.0])
    torch.testing.assert_close(top_k_factor(pi, 1), torch.ones(4))
    torch.testing.assert_close(top_k_factor(pi, 4), 4 * (1 - pi) ** 3)


def test_weights_are_capped_and_only_those_above_the_cap():
    log_beta = torch.tensor([0.001, 0.5]).log()
    weight = importance(torch.tensor([0.5, 0.25]).log(), log_beta, cap=10.0)
    torch.testing.assert_close(weight, torch.tensor([10.0, 0.5]))


def started(stage: Stage, **settings) -> Reinforce:
    agent = Reinforce()
    for name, value in settings.items():
        setattr(agent, name, value)
    agent.reset(stage.catalog, viewers=len(stage.names), seed=1, device=torch.device("cpu"))
    return agent


def lived(agent: Reinforce, stage: Stage, pages: int) -> None:
    for _ in range(pages):
        seen = stage.observe()
        agent.learn(stage.watch(seen, agent.act(seen, 5)))


def test_the_policy_that_is_trained_is_the_one_that_acts():
    stage = Stage()
    agent = started(stage)
    lived(agent, stage, 3)
    before = agent.replay.filled
    agent.train = lambda newest: 0.0  # the towers stay as they were
    seen = stage.observe()
    slate = agent.act(seen, 5)
    agent.learn(stage.watch(seen, slate))
    batch = {name: x[before : before + 48] for name, x in agent.replay.columns.items()}
    log_pi, log_beta = agent.log_policies(batch)
    drawn = log_pi.gather(2, batch["place"][..., None]).squeeze(2)
    torch.testing.assert_close(drawn, slate.logp, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(log_pi, log_beta, rtol=1e-3, atol=1e-3)  # all the candidates
    chances = log_pi.exp().sum(2)
    torch.testing.assert_close(chances, torch.ones_like(chances))


def test_the_policy_over_the_behaviour_is_one_on_average_and_its_spread_grows():
    """On pages that were drawn before, and not learned from."""
    stage = Stage(viewers=400)
    fast = {"learning_rate": 0.05, "dense_rate": 0.003}  # so that the two policies differ
    agent = started(stage, temperature=1.0, passes=20.0, **fast)
    lived(agent, stage, 2)
    kept, agent.train = agent.train, lambda newest: 0.0
    seen = stage.observe()
    agent.learn(stage.watch(seen, agent.act(seen, 5)))
    batch = {name: x[800:1200].clone() for name, x in agent.replay.columns.items()}
    agent.replay.filled = agent.replay.head = 800  # as if it had never been seen
    agent.train = kept
    lived(agent, stage, 6)
    stage.night(videos=40)  # and some of its candidates are gone since
    agent.on_catalog(stage.catalog, torch.arange(40))
    log_pi, log_beta = agent.log_policies(batch)
    own, used = batch["place"][..., None], agent.used(batch)
    ratio = (log_pi - log_beta).gather(2, own).squeeze(2).exp()[used]
    assert ratio.std() > 0.2 and 500 < len(ratio) < 2000
    assert abs(ratio.mean() - 1) < 3 * ratio.std() / len(ratio) ** 0.5


def test_a_page_shown_without_exploration_is_not_learned_from():
    stage = Stage()
    agent = started(stage)
    seen = stage.observe()
    report = agent.learn(stage.watch(seen, agent.act(seen, 5, explore=False)))
    assert agent.replay.filled == 0 and report["loss"] == 0.0


def test_what_was_not_seen_of_a_page_pays_and_costs_nothing():
    stage = Stage()
    agent = started(stage)
    seen = stage.observe()
    slate = agent.act(seen, 5)
    log = stage.watch(seen, slate)
    first, each = log.slot < 2, {f.name: getattr(log, f.name) for f in fields(log)}
    each = {k: x for k, x in each.items() if isinstance(x, torch.Tensor) and len(x) == len(log)}
    agent.learn(replace(log, **{k: x[first] for k, x in each.items()}))  # who left after two videos
    columns = agent.replay.columns
    assert (columns["seen"][:48] == torch.tensor([True, True, False, False, False])).all()
    assert (columns["reward"][:48, 2:] == 0).all()


def test_it_learns_whom_to_show_what():
    """Half of the viewers like what the other half do not."""
    stage = Stage(viewers=200, capacity=120)
    stage.taste = (torch.arange(200)[:, None] + torch.arange(120)) % 2 == 0
    fast = {"learning_rate": 0.05, "dense_rate": 0.003, "temperature": 0.2}
    agent = started(stage, passes=10.0, **fast)
    for _ in range(30):
        stage.seen[:] = False
        lived(agent, stage, 1)
    stage.seen[:] = False
    slate = agent.act(stage.observe(), 5, explore=False)
    liked = stage.taste.gather(1, slate.ids - 1)
    assert liked.float().mean() > 0.8
