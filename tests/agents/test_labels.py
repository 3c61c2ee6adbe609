"""Labels: one scale for good, on which what pays more on average is worth more on average."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from worlds import nano, watchers

from agents.registry import create
from agents.stage import Stage
from sim.seats.recommender import reward as objectives
from sim.seats.recommender.pay import PARTS
from sim.world import watching
from sim.world.rng import key
from sim.world.state import EVENT_FLAGS

OUTCOMES, VIDEOS = 400, 60
MIXED = [
    "mix",
    {"satisfaction": 0.5, "watch_time": 0.5},
    {"reactions": 30.0, "completion": 0.01},
    {"completion": 1.0, "retention": -2.0},
    {"watch_time": -1.0},
    {"reactions": 1.0, "watch_time": 0.0},
]


def started(name="mf", objective=None, stage=None):
    stage, agent = stage or Stage(), create(name)
    agent.objective = objective
    agent.reset(stage.catalog, viewers=len(stage.names), seed=1, device=torch.device("cpu"))
    return agent


def log_of(**columns):
    """Impressions of a stage with some columns set; all of them seen by somebody."""
    n, stage = len(next(iter(columns.values()))), Stage(viewers=1000)
    agent = create("random")
    agent.reset(stage.catalog, viewers=1000, seed=0, device=torch.device("cpu"))
    seen = stage.observe(torch.arange(n))
    log = stage.watch(seen, agent.act(seen, 1))
    assert len(log) == n
    return replace(log, **columns)


def outcomes(spare: float = 0.0):
    """All kinds of things that may come of an impression, the rare and the extreme among them."""
    row, draw = torch.arange(OUTCOMES), key(5)
    u = draw.uniform(row, 6)
    duration = torch.exp(1 + 5 * u[:, 0])
    flags = torch.zeros(OUTCOMES, dtype=torch.int32)
    for i, flag in enumerate(EVENT_FLAGS):
        rare = 0.02 if flag in ("hide", "report") else 0.1
        flags |= (draw.fold(i).uniform(row) < rare).int() << i
    watch = duration * (3 * u[:, 1] ** 3 + spare)
    survey = torch.where(u[:, 2] < 0.1, (5 * u[:, 3]).ceil().clamp(1, 5), 0.0)
    return log_of(watch=watch, duration=duration, flags=flags, survey=survey, left=u[:, 4] < 0.05)


def chances() -> torch.Tensor:
    """(videos, outcomes): each video's own chances of them, each as uneven as can be."""
    sharp = 1 + 30 * key(7).uniform(torch.arange(VIDEOS), 1)
    return (sharp * key(6).normal(torch.arange(VIDEOS), OUTCOMES)).double().softmax(1)


@pytest.mark.parametrize("weights", [*PARTS, *MIXED], ids=str)
def test_what_pays_more_on_average_has_the_higher_label_on_average(weights):
    objective = objectives.label(objectives.parse(weights))
    if objective is None:
        pytest.skip("watch time alone is stood for by long views, held to their own order below")
    log, chance = outcomes(), chances()
    label = started(objective=objective).label(log).double()
    worth, reward = chance @ label, chance @ objective(log).double()
    assert torch.equal(worth.argsort(), reward.argsort())
    assert reward.std() > 1e-3


@pytest.mark.parametrize(
    "name", ["mf", "bpr", "ncf", "ncf_ids", "two_tower", "reinforce", "bayes", "gru", "attention"]
)
@pytest.mark.parametrize("weights", [*PARTS, *MIXED], ids=str)
def test_a_reward_has_one_label_whatever_else_its_log_holds(name, weights):
    agent = started(name, objectives.label(objectives.parse(weights)))
    log = outcomes()
    whole, tenth = agent.label(log), torch.arange(0, OUTCOMES, 10)
    columns = ("watch", "duration", "flags", "survey", "left")
    some = log_of(**{name: getattr(log, name)[tenth] for name in columns})
    assert torch.equal(agent.label(some), whole[tenth])


@pytest.mark.parametrize("duration", [8.0, 15.0, 30.0, 60.0, 150.0, 400.0])
def test_long_views_order_videos_of_one_duration_as_watch_time_does(duration):
    """Under the law of watching: from what repels to what holds everybody."""
    people = torch.arange(1, 40_001)
    length = torch.full((1, len(people)), duration)
    params = nano().watch
    video = watching.describe(length, watching.tables(params, "cpu"))
    agent, worth, reward = started(), [], []
    crowd = watchers(len(people), params)
    for appeal in torch.arange(-1.0, 2.5, 0.5):
        dice = key(3).dice(watching.STREAMS, 1).cast(people)
        want = appeal.expand(1, len(people))
        watch = watching.watch(want, length, video, crowd, params, dice)[0]
        seen = SimpleNamespace(watch=watch, duration=length[0])
        worth.append(float(agent.label(seen).mean()))
        reward.append(float(PARTS["watch_time"](seen).mean()))
    assert worth == sorted(worth) and reward == sorted(reward)
    assert worth[-1] > worth[0] + 0.05


def test_only_watch_time_that_is_paid_for_is_stood_for_by_long_views():
    assert objectives.label({"watch_time": 2.0, "completion": 0.0}) is None
    less = objectives.label({"watch_time": -1.0})
    log = outcomes()
    label = started(objective=less).label(log)
    assert label[log.watch.argmax()] < label[log.watch.argmin()]


def test_a_plain_function_of_a_log_is_taken_as_it_is():
    log = outcomes()
    assert torch.equal(started(objective=lambda log: -log.watch).label(log), -log.watch)


def rewards(stage: Stage, rare: float):
    """Every third video pays 1 but for a rare `rare`, which makes it the worst; others .5 or .2."""

    def objective(log):
        kind = log.video % 3
        pays = torch.tensor([1.0, 0.5, 0.2])[kind]
        struck = (kind == 0) & (key(11).uniform(log.viewer * 1000 + log.video) < 0.05)
        return torch.where(struck, rare, pays)

    return objective


@pytest.mark.parametrize("name", ["mf", "bpr", "ncf", "two_tower", "bayes"])
def test_what_pays_well_but_for_a_rare_disaster_ranks_last(name):
    """1 in 20 costs 20: on average -.05, beside .5 and .2."""
    stage = Stage(viewers=400, capacity=90)
    objective = rewards(stage, rare=-20.0)
    agent = create(name)
    agent.passes, agent.most_updates, agent.batch = 5.0, 60, 1024
    agent.objective = objective
    agent.reset(stage.catalog, viewers=400, seed=1, device=torch.device("cpu"))
    random = started("random", stage=stage)
    random.reset(stage.catalog, viewers=400, seed=1, device=torch.device("cpu"))
    for _ in range(6):
        seen = stage.observe()
        agent.learn(stage.watch(seen, random.act(seen, 10)))
    stage.seen[:] = False
    seen = stage.observe()
    ids = stage.catalog.id[stage.catalog.eligible]
    agent.prepare(seen.catalog)
    score = agent.score(seen, ids.expand(400, -1)).detach().mean(0)
    means = [score[ids % 3 == kind].mean() for kind in range(3)]
    assert means[1] > means[0]
    if name != "bpr":  # a chain of pairs need not agree with each of them
        assert means[1] > means[2] > means[0]
