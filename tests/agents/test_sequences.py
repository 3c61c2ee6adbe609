"""Sequence models read pages in their order: nothing of a video reaches what was wanted of it."""

import pytest
import torch

from agents.registry import create
from agents.stage import Stage
from sim.world.rng import key

NAMES = ["gru", "attention"]


def lived(name, pages=3, viewers=30):
    """An agent that read some pages, and the last of them."""
    stage, agent = Stage(viewers=viewers), create(name)
    agent.reset(stage.catalog, viewers=viewers, seed=1, device=torch.device("cpu"))
    log = None
    for _ in range(pages):
        seen = stage.observe()
        log = stage.watch(seen, agent.act(seen, 6))
        agent.learn(log)
    return stage, agent, log


def page_of(agent, videos, labels):
    row = torch.arange(len(videos))
    batch = {"viewer": row, "video": videos, "label": labels, **agent.before(row)}
    return {**batch, "pooled": agent.pooled(row)}


def wanted(agent, batch):
    _, x, _ = agent.videos_of(batch)
    return agent._all_wanted(batch, x).detach()


@pytest.mark.parametrize("name", NAMES)
def test_a_video_moves_what_is_wanted_after_it_and_not_before(name):
    _, agent, _ = lived(name)
    videos = 1 + key(4).integer(torch.arange(5), 200, agent.steps)
    labels = key(5).normal(torch.arange(5), agent.steps)
    before = wanted(agent, page_of(agent, videos, labels))
    for step in (0, 4, agent.steps - 2):
        other, more = videos.clone(), labels.clone()
        other[:, step], more[:, step] = 1 + (other[:, step] + 7) % 200, labels[:, step] + 1
        after = wanted(agent, page_of(agent, other, more))
        torch.testing.assert_close(after[:, : step + 1], before[:, : step + 1])
        assert ((after[:, step + 1] - before[:, step + 1]).abs().amax(1) > 1e-6).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_held_after_a_page_is_what_its_last_step_came_to(name):
    """A page of `steps`, and the same as a page of one less and its last video alone."""
    _, one, _ = lived(name, pages=0)
    _, two, _ = lived(name, pages=0)
    videos = 1 + key(4).integer(torch.arange(5), 200, one.steps)
    labels, row = key(5).normal(torch.arange(5), one.steps), torch.arange(5)
    with torch.no_grad():
        one.take_in(row, page_of(one, videos, labels))
        cut = videos.clone()
        cut[:, -1] = 0
        two.take_in(row, page_of(two, cut, labels * (cut > 0)))
        last = torch.zeros_like(videos)
        last[:, 0] = videos[:, -1]
        alone = torch.zeros_like(labels)
        alone[:, 0] = labels[:, -1]
        two.take_in(row, page_of(two, last, alone))
        torch.testing.assert_close(one.wants(row), two.wants(row), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_pages_hold_each_impression_once_in_its_order(name):
    stage, agent, _ = lived(name)
    seen = stage.observe()
    log = stage.watch(seen, agent.act(seen, 6))
    page = agent.columns(log)
    for viewer in (0, 9):
        mine = log.video[log.viewer == viewer + 1]
        read = page["video"][page["viewer"] == viewer][0]
        assert read[: len(mine)].tolist() == mine.tolist() and (read[len(mine) :] == 0).all()


def test_attention_looks_past_videos_that_are_gone():
    _, agent, _ = lived("attention")
    row = torch.arange(4)
    agent.last[:4], agent.taken[:4] = 1 + torch.arange(agent.long) % 100, 1.0
    agent.last[:4, 5] = 10_000  # whose row has another video by now
    before = agent.wants(row).detach()
    agent.taken[:4, 5] = -3.0
    assert torch.equal(agent.wants(row).detach(), before)
    agent.taken[:4, 6] = -3.0
    assert not torch.equal(agent.wants(row).detach(), before)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_of_a_page_reaches_network_content_and_biases(name):
    _, agent, log = lived(name)
    batch = agent.columns(log)
    weights = dict(agent.net.named_parameters())
    grads = torch.autograd.grad(agent.loss(batch), list(weights.values()), allow_unused=True)
    flat = {n for n, g in zip(weights, grads, strict=True) if g is None or float(g.norm()) == 0}
    assert flat <= {"place.weight"}
