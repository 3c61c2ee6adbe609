"""The quick ways to look many videos up give what the plain ways give."""

import pytest
import torch

from agents.recommender.oracle import Oracle
from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.seats.recommender.view import observe, truth
from sim.world import platform

LIVED = 3  # days


@pytest.fixture(scope="module")
def lived():
    """A world some days old, its rules and a page asked for in it."""
    params = resolve("nano", settings={"size.pages": 4, "appeal.followed": 0.7})
    arm = Arm("popular", params, seed=0)
    for _ in arm.run(LIVED):
        pass
    world = platform.turn_day(arm.world, arm.clock.rules, arm.clock.root)
    return world, arm.clock.rules, platform.ask(world, arm.clock.rules)


def pool_of(world, rules):
    return platform.public(world, rules).eligible.nonzero().squeeze(1)


def test_appeal_of_a_pool_is_appeal_of_its_pairs(lived):
    world, rules, request = lived
    video, felt = pool_of(world, rules), truth(world, rules, request).appeal
    assert len(request.row) > 100
    pairs = felt(video.expand(len(request.row), -1))
    torch.testing.assert_close(felt(video), pairs, atol=1e-5, rtol=0)
    some = torch.arange(5, 60)
    torch.testing.assert_close(felt(video, some), pairs[some], atol=1e-5, rtol=0)
    followed = (world.memory.follows[request.row] > 0).any(1)
    assert followed.any()


def test_the_oracle_shows_the_ten_best_of_all_that_are_unseen(lived):
    world, rules, request = lived
    agent = Oracle()
    listing, secret = platform.public(world, rules), truth(world, rules, request)
    agent.reset(listing, viewers=len(world.viewers.id), seed=0, device=torch.device("cpu"))
    seen = observe(world, rules, request, LIVED, 0, listing)
    slate = agent.act(seen, 10, truth=secret)
    video = pool_of(world, rules).expand(len(request.row), -1)
    exact = secret.appeal(video).masked_fill(seen.shown(listing.id[video]), -torch.inf)
    best = exact.topk(10, dim=1)
    assert torch.equal(slate.ids, listing.id[video.gather(1, best.indices)])
    agent.depth, agent.retrieved = 12, 10  # who used up the best is searched for anew
    assert torch.equal(agent.act(seen, 10, truth=secret).ids, slate.ids)
