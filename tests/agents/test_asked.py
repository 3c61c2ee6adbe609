"""Answers of the few who are asked tell of content what acts do not."""

from dataclasses import replace

import pytest
import torch
from worlds import nano

from agents.asked import Asked, added
from agents.registry import create
from agents.stage import Stage
from sim.lab.run.arm import Arm, Habits
from sim.seats.recommender import reward as objectives
from sim.world.rng import key

WIDTH, CPU = 5, torch.device("cpu")


def answers(n=4000, tells=0.5):
    """Content, scores, and what answers add: known weights of both, and luck."""
    draw, row = key(3), torch.arange(n)
    x, score = draw.fold(0).normal(row, WIDTH), draw.fold(1).normal(row)
    weight = torch.tensor([1.0, -0.6, 0.0, 0.3, 0.0])
    return x, score, x @ weight + tells * score + 0.7 + draw.fold(2).normal(row), weight


@pytest.mark.parametrize("tells", [0.0, 0.5, 2.0])
def test_the_bonus_of_content_is_what_answers_add_in_units_of_the_score(tells):
    """To five standard errors of 4,000 answers whose luck has a deviation of 1."""
    x, score, more, weight = answers(tells=tells)
    asked = Asked(WIDTH, CPU)
    for some in torch.arange(len(x)).split(100):
        asked.add(x[some], score[some], more[some])
    alone = torch.eye(WIDTH)
    error = (asked.bonus(alone) - weight / (1 + tells)).abs().max()
    assert error < 5 / (4000**0.5)


def test_nobody_asked_no_bonus():
    asked = Asked(WIDTH, CPU)
    assert torch.equal(asked.bonus(torch.eye(WIDTH)), torch.zeros(WIDTH))


def learning(name, objective):
    """An agent and a log in which every third viewer was asked."""
    stage, agent = Stage(viewers=100), create(name)
    agent.objective = objectives.label(objectives.parse(objective))
    agent.reset(stage.catalog, viewers=100, seed=1, device=CPU)
    seen = stage.observe()
    log = stage.watch(seen, agent.act(seen, 10))
    survey = torch.where(log.viewer % 3 == 0, 1 + log.video % 5, 0).float()
    return agent, replace(log, survey=survey), stage


def test_answers_add_where_they_are_paid_for_and_nowhere_else():
    agent, log, _ = learning("mf", "satisfaction")
    more = added(agent.objective, log)
    assert bool((more[log.survey == 0] == 0).all()) and bool((more != 0).any())
    agent, log, _ = learning("mf", "completion")
    assert not bool(added(agent.objective, log).any())


@pytest.mark.parametrize(
    "name", ["mf", "bpr", "ncf", "gmf", "two_tower", "gru", "attention", "bayes"]
)
def test_scores_count_answers_under_an_objective_that_pays_for_them(name):
    """With and without what was answered, the same agent: its scores differ by the bonus alone,
    the same for all viewers."""
    agent, log, stage = learning(name, "satisfaction")
    agent.learn(log)
    stage.seen[:] = False
    seen = stage.observe()
    ids = stage.catalog.id[stage.catalog.eligible]
    with torch.no_grad():
        agent.act(seen, 5, explore=False)
        heard = agent.score(seen, ids)
        agent.heard = Asked(agent.content.width, CPU)
        agent.prepare(seen.catalog)
        deaf = agent.score(seen, ids)
    gap = heard - deaf
    assert float(gap.std(0).max()) < 1e-4 < float(gap[0].std())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mf", "bayes"])
def test_satisfaction_is_raised_by_who_is_paid_for_it(name):
    """The true one, which nobody sees; three seeds, each against itself under watch time."""
    for seed in (31, 32, 33):
        told = []
        for objective in ("watch_time", "satisfaction"):
            paid = Habits(objective=objectives.label(objectives.parse(objective)))
            days = Arm(name, nano(), seed, "cpu", paid).run(14)
            all_ = [{m: v for m, g, v in day.measures if g == "all"} for day in days]
            told.append(sum(day["satisfaction"] for day in all_[4:]) / 10)
        assert told[1] > told[0], (name, seed, told)
