"""The posterior of every viewer is the exact one, and the prior is what people are like."""

from itertools import pairwise

import pytest
import torch

from agents.posterior import People
from sim.world.rng import key

WIDTH, NOISE = 4, 0.7


def crowd(people=300, each=12, seed=0):
    """Whose, x, y of a crowd whose w is N(mean, cov), and what these are."""
    draw, row = key(seed), torch.arange(people).repeat(each)
    mean = torch.tensor([0.5, -0.2, 0.0, 0.1])
    root = 0.3 * torch.tensor([[1.0, 0, 0, 0], [0.9, 0.5, 0, 0], [0, 0, 1, 0], [0, 0, -0.7, 0.4]])
    w = mean + draw.fold(0).normal(torch.arange(people), WIDTH) @ root.T
    x = draw.fold(1).normal(torch.arange(len(row)), WIDTH)
    y = (x * w[row]).sum(1) + NOISE**0.5 * draw.fold(2).normal(torch.arange(len(row)))
    return row, x, y, mean, root @ root.T


def known(people, **how):
    row, x, y, *_ = crowd(people, **how)
    found = People(people, torch.full((WIDTH,), 0.4), NOISE, weight=1.0)
    found.add(row, x, y)
    return found


def test_each_posterior_is_that_of_a_dense_computation():
    """By hand, in double precision, one person at a time; persons had unlike numbers of rows."""
    row, x, y, *_ = crowd(40, each=9)
    some = torch.arange(len(row)) % 7 > row % 5  # none of some people
    row, x, y = row[some], x[some], y[some]
    people = People(40, torch.full((WIDTH,), 0.4), NOISE, weight=1.0)
    people.mean = torch.tensor([0.5, -0.2, 0.0, 0.1])
    for part in torch.arange(len(row)).split(50):
        people.add(row[part], x[part], y[part])
    belief = people.belief(torch.arange(40))
    for one in range(40):
        mine = (row == one).nonzero().squeeze(1)
        a, b = x[mine].double(), y[mine].double()
        precision = torch.eye(WIDTH).double() / 0.4**2 + a.T @ a / NOISE
        told = people.mean.double() / 0.4**2 + a.T @ b / NOISE
        exact = torch.linalg.solve(precision, told)
        torch.testing.assert_close(belief.mean[one].double(), exact, rtol=1e-4, atol=1e-5)
        mine = belief.factor[one] @ belief.factor[one].T
        torch.testing.assert_close(mine.double(), precision, rtol=1e-4, atol=1e-4)


def test_draws_and_spreads_are_those_of_the_posterior():
    people = known(3)
    one = people.belief(torch.zeros(20_000, dtype=torch.int64))
    cov = torch.linalg.inv(one.factor[0] @ one.factor[0].T)
    drawn = one.draw(key(1).normal(torch.arange(20_000), WIDTH))
    torch.testing.assert_close(drawn.T.cov(), cov, atol=0.05 * float(cov.diag().max()), rtol=0)
    x = key(2).normal(torch.arange(5), WIDTH)
    spread = people.belief(torch.zeros(1, dtype=torch.int64)).spread(x[None])
    torch.testing.assert_close(spread[0].square(), torch.einsum("ki,ij,kj->k", x, cov, x))


def test_the_prior_is_learnt_from_what_people_did():
    """3,000 people: to within five standard errors of what 12 rows tell of each."""
    *_, mean, cov = crowd()
    people = known(3000)
    for _ in range(40):
        people.learn(torch.arange(3000))
    told = float(cov.diag().max()) + NOISE / 12  # variance of one person's own estimate
    assert (people.mean - mean).abs().max() < 5 * (told / 3000) ** 0.5
    assert (people.cov - cov).abs().max() < 5 * told * (2 / 3000) ** 0.5
    assert float(people.noise) == pytest.approx(NOISE, rel=0.03)


def evidence(people, row, x, y):
    """ln p(y) by the dense covariance of each person's rows."""
    total = 0.0
    for one in row.unique():
        a, b = x[row == one].double(), y[row == one].double()
        cov = a @ people.cov.double() @ a.T + float(people.noise) * torch.eye(len(b)).double()
        mean = a @ people.mean.double()
        total += float(torch.distributions.MultivariateNormal(mean, cov).log_prob(b))
    return total


def test_no_step_makes_what_was_seen_less_likely():
    row, x, y, *_ = crowd(30)
    people = People(30, torch.full((WIDTH,), 0.4), 2.0, weight=0.0)
    people.add(row, x, y)
    told = [evidence(people, row, x, y)]
    for _ in range(6):
        people.learn(torch.arange(30))
        told.append(evidence(people, row, x, y))
    assert all(b > a - 1e-3 for a, b in pairwise(told))
    assert told[-1] > told[0] + 1


def test_who_is_forgotten_is_as_people_are():
    people = known(5)
    people.learn(torch.arange(5))
    people.forget(torch.tensor([2]))
    torch.testing.assert_close(people.belief(torch.tensor([2])).mean[0], people.mean)
    assert float(people.count[2]) == 0 and float(people.count[1]) == 12
