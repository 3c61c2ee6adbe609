"""A learning agent is told by the types of what it builds, never by its names."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from agents.check import ContractBroken, check_agent
from agents.learned import LearnedAgent
from agents.nets import RowAdagrad, SmallLinear, seeded
from agents.recommender.mf import MF
from agents.registry import built_in, create
from agents.stage import Stage
from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.seats.recommender import view
from sim.world.rng import key


class Plain(LearnedAgent):
    """Inner products of two plain embeddings, called what MF calls its sparse ones."""

    sparse = False

    def build(self, catalog):
        net = nn.Module()
        net.viewer_embed = nn.Embedding(self.viewers, 4, sparse=self.sparse)
        net.video_embed = nn.Embedding(self.capacity, 4, sparse=self.sparse)
        return net

    def tables(self):
        return self.net.viewer_embed, self.net.video_embed

    def viewer_tables(self):
        return [self.tables()[0].weight]

    def video_tables(self):
        return [self.tables()[1].weight]

    def user_vectors(self, observation):
        return self.tables()[0](observation.row)

    def item_vectors(self, catalog, row):
        return self.tables()[1](row)

    def loss(self, batch):
        users, items = self.tables()
        video = (batch["video"] - 1) % self.capacity
        logits = (users(batch["viewer"]) * items(video)).sum(1)
        loss = F.binary_cross_entropy_with_logits(logits, batch["label"], reduction="none")
        return (loss * self.alive(batch["video"])).mean()


class Sparse(Plain):
    sparse = True


class Renamed(Plain):
    """Sparse tables that no name tells of."""

    def build(self, catalog):
        net = nn.Module()
        net.users = nn.Embedding(self.viewers, 4, sparse=True)
        net.things = nn.Embedding(self.capacity, 4, sparse=True)
        return net

    def tables(self):
        return self.net.users, self.net.things


class Mixed(Plain):
    """A sparse table, a plain one, a frozen weight and a bare parameter."""

    def build(self, catalog):
        net = super().build(catalog)
        net.viewer_embed = nn.Embedding(self.viewers, 4, sparse=True)
        net.still = nn.Linear(4, 4)
        net.still.requires_grad_(False)
        net.embed_gain = nn.Parameter(torch.ones(4))
        return net

    def item_vectors(self, catalog, row):
        return self.net.embed_gain * super().item_vectors(catalog, row)


class Weighted(MF):
    """MF whose replay keeps one more column."""

    def columns(self, log):
        return {"hour": log.day.float(), **super().columns(log), "slot": log.slot}


class Global(Plain):
    """A parameter that no layer owns, from torch's own draws."""

    def build(self, catalog):
        net = super().build(catalog)
        net.bare = nn.Parameter(torch.randn(self.capacity, 4))
        return net

    def item_vectors(self, catalog, row):
        return self.net.bare[row] + super().item_vectors(catalog, row)


@pytest.mark.parametrize("kind", [Plain, Sparse, Renamed, Mixed, Weighted])
def test_an_agent_may_call_its_tables_and_columns_what_it_likes(kind):
    check_agent(kind)


def test_names_change_nothing_that_is_learned():
    agents = []
    for kind in (Sparse, Renamed):
        stage, agent = Stage(), kind()
        agent.reset(stage.catalog, viewers=48, seed=0, device=torch.device("cpu"))
        before = agent.item_vectors(stage.catalog, torch.arange(240)).detach().clone()
        for _ in range(2):
            seen = stage.observe()
            agent.learn(stage.watch(seen, agent.act(seen, 8)))
        agents.append(agent.item_vectors(stage.catalog, torch.arange(240)))
        assert not torch.equal(agents[-1], before)
    assert torch.equal(*agents)


def test_draws_of_torchs_own_state_are_found_out_in_a_network_too():
    with pytest.raises(ContractBroken, match="same seed gives the same slates"):
        check_agent(Global)


def test_layers_are_drawn_from_the_key_and_all_else_stays_as_built():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.small_embed = nn.Linear(8, 500)
            self.norm = nn.Embedding(500, 8, padding_idx=3)
            self.less = SmallLinear(8, 500)
            self.embed = nn.LayerNorm(8)
            self.walk = nn.GRU(8, 64)
            self.bare = nn.Parameter(torch.full((6, 8), 7.0))
            self.held = nn.ParameterDict({"embed": nn.Parameter(torch.full((3,), 7.0))})

    one, two = seeded(Net(), key(1)), seeded(Net(), key(1))
    for (name, a), b in zip(one.named_parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b), name
    assert one.small_embed.weight.std().item() == pytest.approx((2 / 8) ** 0.5, rel=0.1)
    assert one.less.weight.std().item() == pytest.approx(0.1 * (2 / 8) ** 0.5, rel=0.1)
    assert one.norm.weight.std().item() == pytest.approx(0.1, rel=0.1)
    assert (one.norm.weight[3] == 0).all() and (one.small_embed.bias == 0).all()
    assert (one.embed.weight == 1).all() and (one.embed.bias == 0).all()
    assert (one.walk.bias_ih_l0 == 0).all()
    assert (one.bare == 7).all() and (one.held["embed"] == 7).all()


def test_one_weight_may_have_sparse_gradients_and_dense_ones_in_turn():
    net = nn.ParameterDict({"w": nn.Parameter(torch.ones(4, 2))})
    optimizer = RowAdagrad(net, rate=0.1, dense_rate=0.01)
    optimizer.step(F.embedding(torch.tensor([1]), net["w"], sparse=True).sum())
    optimizer.step(net["w"].sum())
    assert sorted(optimizer.state["w"]) == ["m", "sum", "v"]
    again = RowAdagrad(net, rate=0.1, dense_rate=0.01)
    again.load_state_dict(optimizer.state_dict())
    again.forget(net["w"], torch.tensor([1]))
    assert (again.state["w"]["sum"][1] == 0).all() and (again.state["w"]["m"][1] == 0).all()
    assert (again.state["w"]["m"][0] != 0).all() and optimizer.state["w"]["sum"][1] == 1


@pytest.mark.parametrize("name", sorted(built_in()))
def test_one_more_public_viewer_feature_breaks_no_agent(name, monkeypatch):
    old = view.profile
    wider = lambda *a: F.pad(old(*a), (0, 1), value=0.5)  # noqa: E731
    monkeypatch.setattr(view, "profile", wider)
    arm = Arm(name, resolve("nano", settings={"size.pages": 2}), seed=0)
    for day in arm.run(2):
        assert len(day.events) == 2


def test_a_feature_counts_where_it_stands_whoever_else_is_told():
    """Two-tower's scores with features that are all nought are those without them."""
    stage, agent = Stage(), create("two_tower")
    agent.reset(stage.catalog, viewers=48, seed=0, device=torch.device("cpu"))
    seen = stage.observe()
    wider = replace(seen, profile=F.pad(seen.profile, (0, 3)))
    assert torch.equal(agent.user_vectors(seen), agent.user_vectors(wider))
    with pytest.raises(ValueError, match="at most 64 public viewer features; got 65"):
        agent.user_vectors(replace(seen, profile=torch.zeros(48, 65)))
