"""What viewers made of content: sums of surprises, held by row, and what agents make of them."""

import pytest
import torch

from agents.content import Content
from agents.registry import create
from agents.stage import Stage
from sim.lab.run import pools
from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.world.rng import key

FEATURED = ["mf", "ncf", "two_tower"]


def started(name, stage):
    agent = create(name)
    agent.reset(stage.catalog, viewers=len(stage.names), seed=1, device=torch.device("cpu"))
    return agent


@pytest.mark.parametrize("name", FEATURED)
def test_a_history_is_the_sum_of_surprises_by_content(name):
    stage = Stage()
    agent = started(name, stage)
    agent.memory = 1.0
    seen = stage.observe()
    log = stage.watch(seen, agent.act(seen, 8))
    columns = agent.columns(log)
    surprise = columns["label"] - agent.usual(columns)
    x = agent.about((log.video - 1) % stage.capacity)
    for viewer in (1, 7):
        mine = log.viewer == viewer
        level = surprise[mine].sum() / (mine.sum() + 5)  # the viewer's own
        total = ((surprise[mine, None] - level) * x[mine]).sum(0)
        torch.testing.assert_close(agent.past[viewer - 1], total, rtol=1e-4, atol=1e-5)
        pooled = total / (x[mine].square().sum(0) + agent.shrink)
        row = torch.tensor([viewer - 1])
        torch.testing.assert_close(agent.pooled(row)[0], pooled, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", FEATURED)
def test_no_label_leaks_into_the_history_that_it_is_learned_with(name):
    stage = Stage()
    agent = started(name, stage)
    seen = stage.observe()
    columns = agent.columns(stage.watch(seen, agent.act(seen, 8)))
    assert (columns["pooled"] == 0).all() and (agent.past != 0).any()


def test_components_are_of_one_size_and_say_nothing_that_topics_say():
    stage = Stage(capacity=3000)
    content, catalog = Content(10), stage.catalog
    content.fit(catalog)
    row = (catalog.id > 0).nonzero().squeeze(1)
    style = content.style(catalog, row)
    assert style.mean(0).abs().max() < 1e-4
    torch.testing.assert_close(style.T @ style / len(row), torch.eye(10), atol=1e-3, rtol=0)
    for topic in catalog.topic.unique():
        assert style[catalog.topic[row] == topic].mean(0).abs().max() < 1e-4
    assert (content.tags(catalog, row).sum(1) == 1).all()


def test_components_find_what_videos_differ_in():
    """Two directions of a feature vary thrice as much as all others."""
    stage = Stage(capacity=3000)
    signal = key(3).normal(torch.arange(3000), 2)
    stage.catalog.feature[:, :2] += 3 * signal
    content = Content(2)
    content.fit(stage.catalog)
    row = (stage.catalog.id > 0).nonzero().squeeze(1)
    both = torch.cat([content.style(stage.catalog, row), signal[row]], dim=1).T.corrcoef()[:2, 2:]
    assert both.square().sum(1).min() > 0.8


def test_content_stays_as_it_was_when_something_was_learnt_by_it():
    stage = Stage()
    agent = started("bayes", stage)
    seen = stage.observe()
    agent.learn(stage.watch(seen, agent.act(seen, 8)))
    axes = agent.content.axes.clone()
    reborn = stage.night(videos=60)
    agent.on_catalog(stage.catalog, reborn)
    assert torch.equal(agent.content.axes, axes)


def known(name):
    arm = Arm(name, resolve("nano", settings={"size.viewers": 500}), seed=3)
    for _ in arm.run(6):
        pass
    rows, note = pools.measure(arm)
    assert note is None
    return rows[-1]["within"]


def test_content_and_a_posterior_know_people_where_ids_do_not():
    ids, content, posterior = (known(name) for name in ("mf_ids", "mf", "bayes"))
    assert ids < 0.08 < 0.12 < content and posterior > ids + 0.1
