"""Learned agents find what there is to be found: known answers on made-up platforms."""

from dataclasses import replace

import pytest
import torch

from agents.nets import Replay, RowAdagrad, against, pairs
from agents.recommender.mf import MF
from agents.recommender.ncf_ids import IdTowers
from agents.recommender.two_tower import TwoTower
from agents.registry import create
from agents.stage import Stage
from sim.world.rng import key


def started(name, stage, **settings):
    agent = create(name) if isinstance(name, str) else name
    for field, value in settings.items():
        setattr(agent, field, value)
    agent.reset(stage.catalog, viewers=len(stage.names), seed=1, device=torch.device("cpu"))
    return agent


def checkerboard(n: int) -> Stage:
    """Even viewers like even videos, odd like odd; nothing but the ids tells them apart."""
    stage = Stage(n, n)
    place = torch.arange(n)
    stage.taste = (place[:, None] + place) % 2 == 0
    stage.catalog = replace(
        stage.catalog,
        id=place + 1,
        eligible=torch.ones(n, dtype=torch.bool),
        topic=torch.zeros_like(place),
        topic2=torch.zeros_like(place),
    )
    return stage


@pytest.mark.parametrize("name", ["mf", "bpr", "ncf", "ncf_ids", "gmf", "mlp"])
def test_a_checkerboard_of_tastes_is_learned_from_ids(name):
    stage = checkerboard(50)
    agent = started(name, stage, passes=60.0, most_updates=60, batch=512)
    random = started("random", stage)
    for _ in range(3):  # each viewer sees 30 of the 50
        seen = stage.observe()
        agent.learn(stage.watch(seen, random.act(seen, 10)))
    slate = agent.act(stage.observe(), 5, explore=False)
    right = (slate.ids - 1 + torch.arange(50)[:, None]) % 2 == 0
    assert right.float().mean() > 0.97


def test_the_written_out_step_of_mf_is_the_one_that_torch_derives():
    """Bit for bit it cannot be: sums are taken in another order."""

    class Derived(MF):
        def loss(self, batch):  # the same one, but a subclass's own is always derived
            return super().loss(batch)

    stage = Stage(viewers=40, capacity=120)
    agents = [started(kind(), stage, batch=256) for kind in (MF, Derived)]
    random = started("random", stage)
    before = {k: v.clone() for k, v in agents[0].net.state_dict().items()}
    for _ in range(2):  # the second log holds videos of the first, and some that are gone
        seen = stage.observe()
        log = stage.watch(seen, random.act(seen, 10))
        losses = [agent.learn(log)["loss"] for agent in agents]
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)
        stage.night(videos=30)
    one, two = (agent.net.state_dict() for agent in agents)
    for name, weight in one.items():
        torch.testing.assert_close(weight, two[name], rtol=1e-4, atol=1e-5)
        assert not torch.equal(weight, before[name])


@pytest.mark.parametrize("name", ["mf", "ncf", "two_tower", "bayes", "gru", "attention"])
def test_a_video_never_seen_is_ranked_by_its_features(name):
    stage = Stage(viewers=60, capacity=240)
    lean = torch.where(torch.arange(60) % 2 == 0, 1.0, -1.0)  # what each viewer likes to look at
    stage.taste = lean[:, None] * stage.catalog.feature[:, 3] > 0.3
    cold = torch.arange(240) % 4 == 0
    open_ = stage.catalog.eligible
    stage.catalog = replace(stage.catalog, eligible=open_ & ~cold)
    agent = started(name, stage, passes=40.0, most_updates=40, batch=512, components=44)
    random = started("random", stage)
    for _ in range(8):
        seen = stage.observe()
        agent.learn(stage.watch(seen, random.act(seen, 10)))
    stage.catalog = replace(stage.catalog, eligible=open_ & cold)
    assert stage.catalog.counts[stage.catalog.eligible].sum() == 0
    seen = stage.observe()
    slate = agent.act(seen, 5, explore=False)
    liked = stage.taste.gather(1, (slate.ids - 1) % 240)
    usual = stage.taste[:, stage.catalog.eligible].float().mean()
    assert liked.float().mean() > usual + 0.3


def test_popular_shows_what_held_most_viewers():
    stage = Stage()
    stage.taste[:] = torch.arange(stage.capacity) >= 100
    agent = started("popular", stage)
    for _ in range(12):
        seen = stage.observe()
        agent.learn(stage.watch(seen, agent.act(seen, 8)))
    stage.seen[:] = False
    slate = agent.act(stage.observe(), 5, explore=False)
    assert (slate.ids > 100).all()


@pytest.mark.parametrize("name", ["mf", "two_tower"])
def test_a_row_that_gets_a_new_video_forgets_the_old_one(name):
    stage = Stage()
    agent = started(name, stage)
    seen = stage.observe()
    agent.learn(stage.watch(seen, agent.act(seen, 8)))
    reborn = stage.night(videos=20)
    agent.on_catalog(stage.catalog, reborn)
    for table in agent.video_tables():
        assert (table[reborn] == 0).all() and (table[reborn[-1] + 1 :] != 0).any()


def test_a_new_viewer_starts_without_the_history_of_the_old_one():
    stage = Stage()
    agent: TwoTower = started("two_tower", stage)
    seen = stage.observe()
    agent.learn(stage.watch(seen, agent.act(seen, 8)))
    assert (agent.mass.sum(1) > 0).all()
    stage.night(viewers=5)
    agent.act(stage.observe(), 8)
    assert (agent.mass[:5] == 0).all() and (agent.mass[5:].sum(1) > 0).all()


def test_an_objective_replaces_the_label():
    stage = Stage()
    agent = started("mf", stage, objective=lambda log: -log.watch)
    seen = stage.observe()
    log = stage.watch(seen, agent.act(seen, 8))
    assert torch.equal(agent.label(log).argsort(), (-log.watch).argsort())


def test_a_replay_keeps_the_newest_and_draws_half_from_them():
    replay = Replay(10, torch.device("cpu"))
    for start in (0, 8):
        replay.add(x=torch.arange(start, start + 8))
    drawn = replay.sample(key(0), 400, newest=2)["x"]
    assert drawn.min() >= 6 and set(drawn[::2].tolist()) == {14, 15}
    again = Replay(10, torch.device("cpu"))
    again.load_state_dict(replay.state_dict())
    assert torch.equal(drawn, again.sample(key(0), 400, newest=2)["x"])


def test_rows_not_met_do_not_move_and_doubles_add_up():
    net = torch.nn.ParameterDict({"embed": torch.nn.Parameter(torch.ones(4, 2))})
    optimizer = RowAdagrad(net, rate=0.1)
    table = net["embed"]
    row = torch.tensor([1, 1, 3])
    optimizer.step(torch.nn.functional.embedding(row, table, sparse=True).sum())
    assert (table[[0, 2]] == 1).all()
    torch.testing.assert_close(
        optimizer.state["embed"]["sum"].squeeze(), torch.tensor([0.0, 4, 0, 1])
    )
    torch.testing.assert_close(table[[1, 3]], torch.full((2, 2), 0.9))  # a first step is the rate


@pytest.mark.parametrize("width", [9, 33])
def test_scores_do_not_depend_on_blocks_of_viewers_or_on_threads(width):
    users, items = (key(i).normal(torch.arange(n), width) for i, n in ((0, 200), (1, 1003)))
    row = key(2).integer(torch.arange(200), 1003, 40)
    whole = against(users, items), pairs(users, items, row)
    for threads, block in ((1, 1), (1, 7), (2, 3), (2, 64)):
        torch.set_num_threads(threads)
        cuts = [slice(i, i + block) for i in range(0, 200, block)]
        assert torch.equal(whole[0], torch.cat([against(users[c], items) for c in cuts]))
        assert torch.equal(whole[1], torch.cat([pairs(users[c], items, row[c]) for c in cuts]))


def test_ncf_ids_is_the_network_of_the_paper():
    """GMF and MLP side by side: its first layer is the one on both vectors side by side."""
    net = IdTowers(5, 7, factors=3)
    net.gmf_out.data = torch.tensor([0.5, -1.0, 2.0])
    viewer, video = torch.tensor([0, 4, 2]), torch.tensor([6, 6, 1])
    p, q = net.viewer_table(viewer), net.video_table(video)
    weight = torch.cat([net.first_viewer.weight, net.first_video.weight], dim=1)
    first = torch.cat([p[:, 3:], q[:, 3:]], dim=1) @ weight.T + net.first_viewer.bias
    last = torch.cat([p[:, :3] * q[:, :3], torch.relu(net.second(torch.relu(first)))], dim=1)
    exact = last @ torch.cat([net.gmf_out, net.out.weight[0]]) + net.out.bias
    agent = create("ncf_ids")
    agent.net = net
    torch.testing.assert_close(agent.join(net.viewers(viewer), net.videos(video)), exact)


def test_ncf_ids_draws_four_videos_not_interacted_with_for_every_interaction():
    stage = Stage()
    agent = started("ncf_ids", stage)
    for _ in range(3):
        seen = stage.observe()
        agent.learn(stage.watch(seen, agent.act(seen, 30)))
    met = torch.zeros_like(stage.taste)
    kept = {name: column[: agent.replay.filled] for name, column in agent.replay.columns.items()}
    met[kept["viewer"], kept["video"] - 1] = True
    assert torch.equal(met, stage.seen & stage.taste)  # interactions are what was watched long
    count = torch.zeros(stage.capacity)
    for _ in range(40):
        who, other = agent.drawn(kept["viewer"])
        assert len(other) == 4 * len(kept["viewer"])
        assert torch.equal(agent.met(who, other), met[who, other - 1])
        count += torch.bincount(other - 1, minlength=stage.capacity)
        agent.optimizer.steps += 1  # drawn anew in every batch
    assert (count[~stage.catalog.eligible] == 0).all()
    live = count[stage.catalog.eligible]
    assert (live - live.mean()).square().mean() / live.mean() == pytest.approx(1, abs=0.3)


def test_ncf_ids_learns_from_ids_alone():
    stage = Stage()
    agent = started("ncf_ids", stage)
    seen = stage.observe()
    agent.learn(stage.watch(seen, agent.act(seen, 8)))
    before = agent.act(seen, 8, explore=False)
    stage.catalog = replace(
        stage.catalog, topic=stage.catalog.topic * 0, feature=stage.catalog.feature * 0 + 7
    )
    assert torch.equal(
        agent.act(replace(seen, catalog=stage.catalog), 8, explore=False).ids, before.ids
    )
