"""What all agents share: the slate's draw, its propensities, the two stages."""

import itertools
from dataclasses import replace

import pytest
import torch

from agents.base import ScoreAgent
from agents.ranking import best_places, top_slate
from agents.stage import Stage
from sim.world.rng import key


class Fixed(ScoreAgent):
    """Ranks by a table of scores."""

    def __init__(self, table: torch.Tensor):
        self.table = table

    def score(self, observation, ids):
        row = (ids - 1) % self.capacity
        return self.table[row]


def started(agent, stage):
    agent.reset(stage.catalog, viewers=len(stage.names), seed=0, device=torch.device("cpu"))
    return agent


def test_a_greedy_slate_holds_the_best_in_order():
    scores = torch.tensor([[0.1, 0.9, 0.5, -torch.inf]])
    slate = top_slate(scores, torch.tensor([11, 12, 13, 14]), 3, 0.0, 40, key(0), torch.tensor([1]))
    assert slate.ids.tolist() == [[12, 13, 11]]
    assert slate.logp.tolist() == [[0.0, 0.0, 0.0]]


def test_a_slate_ends_in_nothing_where_too_few_are_left():
    scores = torch.tensor([[0.1, -torch.inf, 0.5]])
    for temperature in (0.0, 1.0):
        slate = top_slate(
            scores, torch.tensor([11, 12, 13]), 5, temperature, 40, key(0), torch.tensor([1])
        )
        assert sorted(slate.ids[0].tolist()) == [0, 0, 0, 11, 13]
        assert (slate.logp[slate.ids == 0] == 0).all()
        assert slate.logp.isfinite().all() and (slate.logp <= 0).all()


def test_propensities_are_those_of_plackett_and_luce_by_enumeration():
    scores, slots, temperature = torch.tensor([[1.0, 0.2, -0.4, 2.0]]), 2, 0.7
    spread = (scores - scores.mean()).square().mean().sqrt()
    weight = (scores / (temperature * spread)).exp()[0]
    many = 40_000
    viewer = torch.arange(1, many + 1)
    slate = top_slate(
        scores.expand(many, -1), torch.arange(1, 5), slots, temperature, 40, key(3), viewer
    )
    for one, two in itertools.permutations(range(4), 2):
        exact = weight[one] / weight.sum() * weight[two] / (weight.sum() - weight[one])
        drawn = (slate.ids == torch.tensor([one + 1, two + 1])).all(1)
        assert abs(drawn.float().mean() - exact) < 4 * (exact * (1 - exact) / many) ** 0.5
        if drawn.any():
            torch.testing.assert_close(slate.logp[drawn][0].sum().exp(), exact)


def test_propensities_stay_exact_where_one_video_dwarfs_the_rest():
    scores = torch.tensor([[60.0, 0.0, -1.0, -2.0]])
    slate = top_slate(scores, torch.arange(1, 5), 4, 0.05, 4, key(0), torch.tensor([1]))
    assert slate.logp.isfinite().all() and (slate.logp <= 0).all()
    assert slate.logp[0, -1] == 0  # the last one left is sure


@pytest.mark.parametrize("count", [1, 7, 50, 300])
def test_the_quick_search_finds_the_same_best_as_a_full_one(count):
    scores = key(1).normal(torch.arange(9), 1001)
    best = scores.topk(count).indices.sort(dim=1).values
    torch.testing.assert_close(best_places(scores, count), best)


def test_a_beginner_writes_score_alone():
    stage = Stage()
    agent = started(Fixed(torch.arange(stage.capacity).float()), stage)
    slate = agent.act(stage.observe(), 3)
    top = stage.catalog.id.max()
    assert (slate.ids == torch.stack([top, top - 1, top - 2])).all()


def test_whoever_has_used_up_the_best_is_shown_the_rest():
    stage = Stage()
    agent = started(Fixed(torch.arange(stage.capacity).float()), stage)
    agent.depth = agent.retrieved = 8
    used = stage.catalog.eligible.sum()
    stage.seen[0, used - 50 :] = True
    slate = agent.act(stage.observe(), 3)
    assert slate.ids[0].tolist() == [used - 50, used - 51, used - 52]
    assert slate.ids[1].tolist() == [used, used - 1, used - 2]


def test_a_pool_larger_than_the_limit_is_cut_to_it():
    stage = Stage()
    agent = started(Fixed(torch.zeros(stage.capacity)), stage)
    agent.pool_size = 40
    stage.catalog = replace(stage.catalog, heat=torch.arange(stage.capacity).float())
    pool = agent.pool(stage.observe())
    assert 20 <= len(pool) <= 40 and len(pool.unique()) == len(pool)
    hottest = stage.catalog.id[stage.catalog.eligible][-20:]
    assert torch.isin(hottest, pool).all()


def test_a_score_of_the_wrong_shape_is_refused_with_the_cure():
    class Wrong(ScoreAgent):
        def score(self, observation, ids):
            return torch.zeros(len(observation.viewer), 2)

    stage = Stage()
    with pytest.raises(ValueError, match=r"one score per id.*got \(48, 2\)"):
        started(Wrong(), stage).act(
            stage.observe(candidates=stage.catalog.id[:12].expand(48, -1)), 3
        )
