"""No slot stays empty while a video is at hand that the viewer has not seen."""

import pytest
import torch

from agents.base import ScoreAgent
from agents.check import ContractBroken, check_agent, check_full
from agents.registry import create
from agents.stage import Stage
from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.world.state import Slate

NAMES = [
    "random",
    "popular",
    "oracle",
    "house",
    "mf",
    "bpr",
    "ncf",
    "two_tower",
    "reinforce",
    "bayes",
    "bayes_ts",
    "bayes_ucb",
    "mf_ids",
]


def audited(agent):
    """`agent`, whose every slate is checked; counts places and those left empty."""
    agent.places, agent.empty, act = 0, 0, agent.act

    def checked(observation, slots, **how):
        slate = act(observation, slots, **how)
        check_full(slate, observation)
        agent.places, agent.empty = (
            agent.places + slate.ids.numel(),
            agent.empty + int((slate.ids == 0).sum()),
        )
        return slate

    agent.act = checked
    return agent


@pytest.mark.parametrize("settings", [{}, {"pool_size": 20, "refresh": 6, "depth": 10}])
@pytest.mark.parametrize("name", NAMES)
def test_heavy_viewers_of_a_small_pool_are_served_to_the_last_video(name, settings):
    """They have time for more videos a day than are live."""
    agent = create(name)
    for field, value in settings.items():
        setattr(agent, field, value)
    heavy = {"size.viewers": 40, "size.live": 90, "sessions.scale": 0.5, "size.pages": 12}
    arm = Arm(audited(agent), resolve("nano", settings=heavy), seed=0)
    arm.step()
    assert 0 < arm.agent.empty < arm.agent.places  # some have seen all there is


@pytest.mark.parametrize("retrieved", [10, 30, 64])
@pytest.mark.parametrize("refresh, depth", [(1, 5), (2, 160), (4, 40), (6, 5)])
def test_whatever_is_retrieved_and_kept_for_however_many_pages(retrieved, refresh, depth):
    stage, agent = Stage(viewers=20, capacity=90), create("mf")
    agent.retrieved, agent.refresh, agent.depth = retrieved, refresh, depth
    agent.reset(stage.catalog, viewers=20, seed=0, device=torch.device("cpu"))
    for _ in range(9):  # 75 videos, ten a page
        seen = stage.observe()
        slate = agent.act(seen, 10)
        check_full(slate, seen)
        agent.learn(stage.watch(seen, slate))
    assert stage.seen[:, stage.catalog.eligible].all()


def test_who_was_sent_what_was_kept_for_them_still_gets_a_full_page():
    """What friends send is taken from the videos that wait for the coming pages."""
    stage, agent = Stage(viewers=4, capacity=240), create("mf")
    agent.reset(stage.catalog, viewers=4, seed=0, device=torch.device("cpu"))
    seen = stage.observe()
    stage.watch(seen, agent.act(seen, 10))
    kept = agent.held[0][agent.held[0] > 0].long() - 1
    stage.seen[0, kept] = True
    seen = stage.observe()
    slate = agent.act(seen, 10)
    check_full(slate, seen)
    assert (slate.ids[0] > 0).all()


def test_past_the_pool_there_is_the_catalogue():
    stage, agent = Stage(viewers=6, capacity=2400), create("mf")
    agent.pool_size = 20
    agent.reset(stage.catalog, viewers=6, seed=0, device=torch.device("cpu"))
    stage.seen[:, 3:] = True  # what is left of 2,000 is in no pool of 20 by chance
    slate = agent.act(stage.observe(), 10)
    assert (slate.ids.sort(dim=1).values[:, -3:] == torch.tensor([1, 2, 3])).all()
    assert (slate.logp <= 0).all()


class Short(ScoreAgent):
    """Leaves the last slot empty."""

    def score(self, observation, ids):
        return -observation.catalog.age[(ids - 1) % self.capacity].float()

    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        ids = slate.ids.clone()
        ids[:, -1] = 0
        return Slate(ids)


class Shallow(Short):
    """Looks at the first few of the catalogue only, and gives up."""

    def act(self, observation, slots, *, explore=True):
        return ScoreAgent.act(self, observation, slots, explore=explore)

    def enough(self, observation, offered, ids, slots, **truth):
        return offered, (offered == 0) | observation.shown(offered)

    def pool(self, observation):
        return super().pool(observation)[:40]


@pytest.mark.parametrize("agent", [Short, Shallow])
def test_an_agent_that_leaves_slots_empty_is_told(agent):
    with pytest.raises(ContractBroken, match="no slot is empty while a video"):
        check_agent(agent())


def test_a_slate_is_full_where_nothing_is_left_to_show():
    stage = Stage(viewers=3, capacity=60)
    stage.seen[:, 2:] = True
    slate = Slate(torch.tensor([[1, 2, 0]] * 3))
    check_full(slate, stage.observe())
    stage.seen[1, 7] = False
    with pytest.raises(ContractBroken, match=r"1 empty slots of viewer 2 and 1 such videos"):
        check_full(slate, stage.observe())
    offered = torch.tensor([[1, 2, 0]] * 3)
    check_full(slate, stage.observe(candidates=offered))
    check_full(Slate(slate.ids[:1]), stage.observe(torch.arange(1)))
    with pytest.raises(ContractBroken, match="such videos"):
        check_full(Slate(slate.ids[:1]), stage.observe(torch.arange(1)), repeats=True)
